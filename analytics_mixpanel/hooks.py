"""Running hooks: in order, each by itself, none able to stop a message or the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import frozen

from analytics_mixpanel.hookspecs import Drop
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.message import Message

NOT_REDACTED: Final = "could not be redacted"
_OURS: Final = ("type", "messageId", "timestamp", "integrations")


# A message, and why it is given up, or None.
Fate: TypeAlias = tuple[Message, str | None]


@frozen
class Hook:
    """One plugin's implementation of one hook; ``call`` takes all of the hook's arguments."""

    plugin: str
    call: Callable[..., Any]


def fold(hooks: tuple[Hook, ...], message: Message, *rest: object) -> Message | Drop:
    """Pass a message through hooks, each seeing what the one before made of it.

    A hook that raises, or returns something that is no message, is skipped: the message goes on as it was.
    """
    for hook in hooks:
        try:
            # An unpacked call costs twice as much as a plain one, and a message passes hooks on every call.
            answer = hook.call(message, *rest) if rest else hook.call(message)
        except Exception as error:  # noqa: BLE001 - isolation is the point
            _skipped(hook, place_of(error))
            continue
        if answer is None:
            continue
        if isinstance(answer, Drop):
            return answer
        if isinstance(answer, dict):
            message = answer  # type: ignore[assignment]  # a plugin's dict is the message from here on
        else:
            _skipped(hook, f"a {type(answer).__name__}; return the message, None or Drop")
    return message


def redacted(hooks: tuple[Hook, ...], answer: Message | Drop, message: Message, seen: Message | None) -> Fate:
    """Have hooks take out of a message what nobody may see, whether it goes on or is given up.

    A hook that raises, or returns something that is no message, costs the message and all that is in it:
    unlike after ``fold``, it cannot go on as it was.

    Args:
        hooks: implementations of ``redact``.
        answer: what ``fold`` made of the message.
        message: what ``fold`` was given, which goes on where the answer is that it is given up.
        seen: the message as it was redacted before, if it was.
    """
    reason = None
    if isinstance(answer, Drop):
        reason = answer.reason
    else:
        message = answer
    for hook in hooks:
        try:
            answer = hook.call(message, seen)
        except Exception as error:  # noqa: BLE001 - isolation is the point
            return _not_redacted(hook, place_of(error), message)
        if isinstance(answer, Drop):
            reason = answer.reason
        elif isinstance(answer, dict):
            message = answer
        elif answer is not None:
            return _not_redacted(
                hook, f"a {type(answer).__name__}; return the message, None or Drop", message
            )
    return message, reason


def _not_redacted(hook: Hook, what: str, message: Message) -> Fate:
    log_seldom(
        f"redact {hook.plugin}",
        "plugin %s gave %s: messages that it could not redact are dropped",
        hook.plugin,
        what,
    )
    return bare(message), NOT_REDACTED


def bare(message: Message) -> Message:
    """What is the client's own of a message: neither the application's values nor whom it is about."""
    return {name: value for name, value in message.items() if name in _OURS}  # type: ignore[return-value]


def tell(hooks: tuple[Hook, ...], *arguments: object) -> None:
    """Call observing hooks; what they return is ignored and what they raise is logged."""
    for hook in hooks:
        try:
            hook.call(*arguments)
        except Exception as error:  # noqa: BLE001 - isolation is the point
            _skipped(hook, place_of(error))


def finish(hooks: tuple[Hook, ...], remaining: Callable[[], float]) -> None:
    """Call ``flush`` or ``shutdown`` hooks, each with the seconds that are left."""
    for hook in hooks:
        tell((hook,), max(0.0, remaining()))


def _skipped(hook: Hook, what: str) -> None:
    log_seldom(f"hook {hook.plugin}", "plugin %s was skipped: it gave %s", hook.plugin, what)
