"""Whether a plugin keeps the rules: put through what a client would put it through."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from analytics_mixpanel.delivery import Batch, Rejection
from analytics_mixpanel.errors import PluginError
from analytics_mixpanel.hooks import Hook
from analytics_mixpanel.hookspecs import Drop
from analytics_mixpanel.journal import place_of
from analytics_mixpanel.lanes.attempt import misfit
from analytics_mixpanel.plugins import Destination, Plugins, plugin_name
from analytics_mixpanel.testing.recording import recording_client

SECONDS: Final = 10.0

_COMMON: Final[dict[str, Any]] = {
    "messageId": "00000000-check-plugin",
    "timestamp": "2026-01-02T03:04:05.678+00:00",
    "userId": "user-1",
    "anonymousId": None,
    "context": {"library": {"name": "check_plugin", "version": "1"}},
    "integrations": {},
}
# One of each call, and what other libraries may send besides.
_MESSAGES: Final[list[dict[str, Any]]] = [
    {**_COMMON, "type": "track", "event": "Checked", "properties": {"list": [1, {"a": None}], "text": "ä"}},
    {**_COMMON, "type": "identify", "traits": {"email": "user-1@example.com"}},
    {**_COMMON, "type": "group", "groupId": "group-1", "traits": {"name": "Group"}},
    {**_COMMON, "type": "page", "category": None, "name": "Home", "properties": {}},
    {**_COMMON, "type": "screen", "category": None, "name": None, "properties": {}},
    {**_COMMON, "type": "alias", "previousId": "user-0"},
    {"type": "track", "event": "Bare"},
    {"type": "identify", "traits": None, "context": None},
]


def check_plugin(plugin: object) -> None:
    """Raise a PluginError that lists what is wrong with a plugin, if anything.

    It is registered, every hook that it has is called with messages of every kind, also bare ones, and what
    comes back is checked. A destination is really asked to deliver: give it an address to test with.
    """
    client, _ = recording_client()
    plugins = Plugins(client)
    destination = plugins.register(plugin)
    problems = [
        *_transforming("capture", plugins.capture),
        *_transforming("redact", plugins.redact, None),
        *_transforming("enrich", plugins.enrich, "Recording"),
        *(_delivering(destination) if destination else ()),
        *_observing(plugins),
        *_ending(plugins),
    ]
    client.shutdown()
    if problems:
        raise PluginError("\n".join([f"{plugin_name(plugin)} breaks {len(problems)} rules:", *problems]))


def _calling(what: str, call: Callable[..., Any], *arguments: Any) -> tuple[Any, list[str]]:
    """What a hook answers, and what is wrong with how it does."""
    started = time.monotonic()
    try:
        answer = call(*arguments)
    except Exception as error:  # noqa: BLE001 - found out and said
        return None, [f"{what} raised {place_of(error)}"]
    took = time.monotonic() - started
    return answer, [f"{what} took {took:.1f} seconds"] if took > SECONDS else []


def _transforming(name: str, hooks: tuple[Hook, ...], *rest: Any) -> Iterator[str]:
    for hook in hooks:
        for original in _MESSAGES:
            what = f"{name}({original['type']})"
            # As from a call: the outer dicts are the message's own, what is inside them is the caller's.
            message = {
                key: dict(value) if isinstance(value, dict) else value for key, value in original.items()
            }
            before = copy.deepcopy(original)
            answer, problems = _calling(what, hook.call, message, *rest)
            yield from problems
            if name != "enrich" and original != before:
                yield f"{what} changed a nested value, which is the caller's own; copy it first"
                original.update(before)
            if not (answer is None or isinstance(answer, (dict, Drop))):
                yield f"{what} returned a {type(answer).__name__}; return the message, None or Drop"
            elif isinstance(answer, dict):
                yield from _well_formed(what, answer)


def _well_formed(what: str, message: dict[str, Any]) -> Iterator[str]:
    if not isinstance(message.get("type"), str):
        yield f"{what} returned a message without its type"
    for field in ("properties", "traits", "context", "integrations"):
        if not isinstance(message.get(field, {}), (dict, type(None))):
            yield f"{what} made {field} a {type(message[field]).__name__}; it must stay a dict"


def _delivering(destination: Destination) -> Iterator[str]:
    batch = Batch(copy.deepcopy(_MESSAGES), attempt=1, deadline=time.monotonic() + SECONDS)  # type: ignore[arg-type]
    outcome, problems = _calling("deliver", destination.deliver, batch)
    yield from problems
    if outcome is not None and (problem := misfit(outcome, len(_MESSAGES))):
        yield f"deliver returned {problem}; return an Outcome, or None when all was delivered"


def _observing(plugins: Plugins) -> Iterator[str]:
    message = _MESSAGES[0]
    for hook in plugins.captured:
        yield from _calling("captured", hook.call, copy.deepcopy(message))[1]
    for name, hooks, reason in (
        ("delivered", plugins.delivered, ()),
        ("rejected", plugins.rejected, (Rejection("checked", "properties.time"),)),
        ("dropped", plugins.dropped, ("checked",)),
    ):
        for hook in hooks:
            yield from _calling(name, hook.call, copy.deepcopy(message), "Recording", *reason)[1]


def _ending(plugins: Plugins) -> Iterator[str]:
    for name, hooks in (("flush", plugins.flush), ("shutdown", plugins.shutdown)):
        for hook in hooks:
            yield from _calling(name, hook.call, SECONDS)[1]
