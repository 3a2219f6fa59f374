"""A client as JSON."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import orjson

from analytics_mixpanel import Client, hookimpl
from analytics_mixpanel.reporting.mailbox import Mailbox
from analytics_mixpanel.reporting.snapshot import snapshot


class Stamp:
    """A plugin of the test."""

    @hookimpl(tryfirst=True)
    def capture(self, message: Any) -> None:
        """Do nothing."""


def test_plugins_and_hooks_are_in_their_order(make_client: Callable[..., Client], answering: Any) -> None:
    """A plugin that goes first is first at its hook, though it was registered last."""
    shown = snapshot(make_client(answering(), Stamp()), 1, Mailbox())
    assert [plugin["name"] for plugin in shown["plugins"]] == ["Shop", "Stamp"]
    assert shown["plugins"][1]["hooks"] == ["capture"]
    assert shown["plugins"][1]["type"].endswith(".Stamp")
    assert shown["hooks"]["deliver"] == ["Shop"]
    assert shown["hooks"]["capture"] == ["Stamp"]


def test_it_says_what_became_of_messages(make_client: Callable[..., Client], answering: Any) -> None:
    """The counts are those of ``stats()``, and the lane's thread is alive."""
    client = make_client(answering())
    client.track("u", "A")
    client.flush()
    (lane,) = snapshot(client, 1, Mailbox())["lanes"]
    assert (lane["destination"], lane["pending"], lane["stats"]["delivered"]) == ("Shop", 0, 1)
    assert [thread["alive"] for thread in lane["threads"]] == [True]


def test_it_holds_no_secret(make_client: Callable[..., Client], answering: Any) -> None:
    """Settings that hold some are said to be given, no more; an address loses its user."""
    client = make_client(
        answering(),
        write_key="S3CRET-TOKEN",
        host="https://me:S3CRET@proxy.example:8443/p?key=S3CRET",
        proxies={"https": "http://me:S3CRET@proxy"},
        oauth_client_key="S3CRET",
    )
    shown = snapshot(client, 1, Mailbox())
    assert "S3CRET" not in orjson.dumps(shown).decode()
    assert shown["settings"]["write_key"] == "given"
    assert shown["settings"]["host"] == "https://proxy.example:8443"


def test_it_names_the_process(make_client: Callable[..., Client], answering: Any) -> None:
    """Number, program and versions."""
    process = snapshot(make_client(answering()), 1, Mailbox())["process"]
    assert process["pid"] == os.getpid()
    assert {"analytics-mixpanel", "orjson", "pluggy"} <= set(process["versions"])


def test_the_health_of_a_destination_is_told(make_client: Callable[..., Client], answering: Any) -> None:
    """How it is doing is told in its own words."""
    (lane,) = snapshot(make_client(answering()), 1, Mailbox())["lanes"]
    assert lane["health"]["state"] == "ok"


def test_it_is_json(make_client: Callable[..., Client], answering: Any) -> None:
    """It can be sent as it is."""
    orjson.dumps(snapshot(make_client(answering()), 1, Mailbox()))
