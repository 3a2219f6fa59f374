"""One mapping at work: when it runs, and what it makes of a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED, compile_condition, compile_mapping
from analytics_mixpanel_destination.actions import ACTIONS, Action, ActionError, Part, Project, action_named

# What Segment says of a null ``context`` or ``context.personas``, after the schema and before the action.
_NULL_CONTEXT: Final = "Cannot destructure property 'personas' of '{}' as it is null."
_NULL_PERSONAS: Final = "Cannot destructure property 'computation_class' of '{}' as it is null."
_TYPE_FIRST: Final = re.compile(r'type = "(\w+)"(?= and |$)')
_OR: Final = re.compile(r"\bor\b")


@frozen
class Subscription:
    """One mapping, compiled: when it runs, what it resolves to, and the action that takes it.

    Attributes:
        resolve_plain: answers the payload of a message whose values need no coercing; else UNDEFINED.
        only_type: the one type of message that its condition may hold for; None if there may be several.
    """

    name: str
    action: Action
    matches: Callable[[Any], bool]
    resolve: Callable[[Any], Any]
    resolve_plain: Callable[[Any], Any] | None = None
    only_type: str | None = None

    def parts(self, message: dict[str, Any], project: Project) -> list[Part]:
        """Make the records of one message.

        Raises:
            MappingError, PayloadError, ActionError: nothing can be made of it.
        """
        payload = self.resolve_plain(message) if self.resolve_plain else UNDEFINED
        if payload is UNDEFINED:
            payload = self.action.schema.coerce(self.resolve(message))
        _check_context(message)
        return list(self.action.perform(payload, project))


def _check_context(message: Mapping[str, Any]) -> None:
    """Raise ActionError where Segment stumbles over the message's context."""
    context = message.get("context", UNDEFINED)
    if context is None:
        raise ActionError(_NULL_CONTEXT, "context")
    if isinstance(context, dict) and context.get("personas", UNDEFINED) is None:
        raise ActionError(_NULL_PERSONAS, "context.personas")


def compile_subscription(mapping: Mapping[str, Any], path: str = "") -> Subscription:
    """Compile a mapping in Segment's JSON form: ``name``, ``subscribe``, ``partnerAction``, ``mapping``.

    Raises:
        MappingError: it cannot work; the error names the place below ``path``.
    """
    if not isinstance(mapping, Mapping):
        raise MappingError("a mapping must be an object with subscribe, partnerAction and mapping", path)
    action = mapping.get("partnerAction")
    if not isinstance(action, str) or action not in ACTIONS:
        raise MappingError(f"partnerAction must be one of {', '.join(ACTIONS)}", f"{path}/partnerAction")
    for key in ("name", "subscribe"):
        if not isinstance(mapping.get(key), str):
            raise MappingError(f"{key} must be given as text", f"{path}/{key}")
    fields = mapping.get("mapping", {})
    return Subscription(
        name=mapping["name"],
        action=action_named(action),
        matches=compile_condition(mapping["subscribe"], f"{path}/subscribe"),
        resolve=compile_mapping(fields, f"{path}/mapping"),
        resolve_plain=action_named(action).schema.compile_plain(fields),
        only_type=_only_type(mapping["subscribe"]),
    )


def _only_type(condition: str) -> str | None:
    match = _TYPE_FIRST.match(condition)
    return match[1] if match and not _OR.search(condition) else None


@define
class Candidates:
    """The subscriptions whose condition a message's type does not rule out, in their order."""

    subscriptions: list[Subscription]
    _by_type: dict[str, list[Subscription]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for type_ in {each.only_type for each in self.subscriptions if each.only_type is not None}:
            self._by_type[type_] = [each for each in self.subscriptions if each.only_type in (None, type_)]

    def of(self, type_: Any) -> list[Subscription]:
        """Answer those for a message of a type."""
        return self._by_type.get(type_, self.subscriptions) if isinstance(type_, str) else self.subscriptions


def compile_subscriptions(mappings: Sequence[Mapping[str, Any]]) -> list[Subscription]:
    """Compile the mappings that are enabled."""
    return [
        compile_subscription(mapping, f"/{index}")
        for index, mapping in enumerate(mappings)
        if not isinstance(mapping, Mapping) or mapping.get("enabled", True)
    ]
