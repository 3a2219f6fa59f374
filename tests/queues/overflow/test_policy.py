"""The setting ``when_full``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.overflow import WhenFull

MakeClient = Callable[..., Client]


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("drop-new", WhenFull("drop-new")),
        ("drop-old", WhenFull("drop-old")),
        ("raise", WhenFull("raise")),
        ("spill", WhenFull("spill")),
        ("block:5", WhenFull("block", 5.0)),
        ("block:0.25", WhenFull("block", 0.25)),
        ("block:0", WhenFull("block", 0.0)),
    ],
)
def test_each_policy_is_read(text: str, policy: WhenFull) -> None:
    """Every documented spelling is understood."""
    assert WhenFull.parse(text) == policy


@pytest.mark.parametrize(
    "text",
    ["drop", "DROP-NEW", "block", "block:", "block:-1", "block:nan", "block:inf", "block:x", "raise:1"],
)
def test_anything_else_is_refused(text: str) -> None:
    """A misspelt policy is an error that names the setting and the choices."""
    with pytest.raises(ConfigurationError, match=r"when_full must be .*drop-old.*block:SECONDS"):
        WhenFull.parse(text)


def test_a_client_refuses_a_misspelt_one(make_client: MakeClient, answering: Any) -> None:
    """The error comes where the client is made, not with the first full queue."""
    with pytest.raises(ConfigurationError, match="when_full"):
        make_client(answering(), when_full="drop")


def test_the_environment_chooses(
    make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ANALYTICS_MIXPANEL_WHEN_FULL counts where the client is not told; the default is ``drop-new``."""
    assert make_client(answering()).when_full == "drop-new"
    monkeypatch.setenv("ANALYTICS_MIXPANEL_WHEN_FULL", "block:2")
    assert make_client(answering()).when_full == "block:2"
    assert make_client(answering(), when_full="raise").when_full == "raise"
