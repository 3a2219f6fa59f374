"""The settings: upstream's, in its order, and what they refuse."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from segment.analytics.client import Client as Upstream

from analytics_mixpanel import Client
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel.settings import Settings

_THEIRS = list(inspect.signature(Upstream.__init__).parameters.values())[1:]
# What this client does better by default, and why it may: none of them changes what a call means.
_OUR_DEFAULTS = {
    "max_queue_size": 100_000,  # messages waiting are compressed
    "gzip": True,
    "upload_size": 2_000,  # what Mixpanel takes in one request
}


def test_the_constructor_begins_with_upstream_s_parameters() -> None:
    """Positional arguments mean what they mean to upstream's constructor."""
    ours = list(inspect.signature(Client).parameters.values())[: len(_THEIRS)]
    assert [each.name for each in ours] == [each.name for each in _THEIRS]
    assert all(each.kind is each.POSITIONAL_OR_KEYWORD for each in ours)


def test_our_own_parameters_are_by_keyword() -> None:
    """What upstream does not have cannot be hit by a positional argument."""
    own = list(inspect.signature(Client).parameters.values())[len(_THEIRS) :]
    assert own
    assert all(each.kind is each.KEYWORD_ONLY for each in own)


@pytest.mark.parametrize("parameter", _THEIRS, ids=lambda each: each.name)
def test_defaults_are_upstream_s(parameter: inspect.Parameter) -> None:
    """A setting that is not given is as upstream has it, save the few that are better here."""
    ours = inspect.signature(Client).parameters[parameter.name].default
    assert ours == _OUR_DEFAULTS.get(parameter.name, parameter.default)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("write_key", 5),
        ("write_key", b"key"),
        ("host", 5),
        ("on_error", "function"),
        ("max_queue_size", 0),
        ("max_queue_size", "many"),
        ("max_retries", -1),
        ("max_retries", None),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("thread", 0),
        ("thread", True),
        ("upload_size", 0),
        ("upload_interval", -0.1),
        ("max_total_backoff_duration", None),
        ("max_total_backoff_duration", -1),
        ("max_rate_limit_duration", -1),
        ("max_queue_bytes", 0),
        ("max_message_bytes", 0),
        ("flush_timeout", -1),
        ("shutdown_timeout", None),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: Any) -> None:
    """A wrong setting is an error that names it, also for who expects upstream's kinds of error."""
    with pytest.raises(ConfigurationError, match=f"^{name} must be ") as caught:
        Settings(**{name: value})
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, ValueError)


def test_a_wrong_write_key_is_not_shown() -> None:
    """The error says the type that was given, never the value."""
    with pytest.raises(ConfigurationError) as caught:
        Settings(write_key=b"secret-canary")  # type: ignore[arg-type]
    assert "secret-canary" not in str(caught.value)


@pytest.mark.parametrize("nobody", [None, False])
def test_on_error_may_be_nobody(nobody: Any) -> None:
    """Whatever is false is no callback."""
    assert Settings(on_error=nobody).on_error is nobody


def test_the_retry_policy_follows_upstream_s_settings() -> None:
    """Upstream's three settings are the policy, unless one is given."""
    assert Settings(
        max_retries=3, max_total_backoff_duration=60, max_rate_limit_duration=30
    ).retry_policy() == RetryPolicy(3, 60, 30)
    given = RetryPolicy(first_wait=9)
    assert Settings(max_retries=3, retry=given).retry_policy() is given


def test_every_setting_is_described() -> None:
    """The docstring has a line for each setting."""
    described = inspect.getdoc(Settings) or ""
    missing = [name for name in inspect.signature(Settings).parameters if f"\n    {name}:" not in described]
    # Segment's other oauth settings are described with the first.
    assert [name for name in missing if not name.startswith("oauth_")] == []
