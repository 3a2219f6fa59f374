"""The plugin: Redact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.message import Message
from analytics_mixpanel_redact.actions import MASK, Action, Keyed, action_name, mask
from analytics_mixpanel_redact.glancing import glance
from analytics_mixpanel_redact.names import Names
from analytics_mixpanel_redact.values import REMOVED, Pattern, Values
from analytics_mixpanel_redact.walking import UNSEEN, Encode, Walk

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

T = TypeVar("T")

_NO_VALUES: Final = Values({})
_CONTENT: Final = ("properties", "traits", "context")
_TITLES: Final = ("event", "name", "category")
_IDS: Final = ("userId", "anonymousId", "previousId", "groupId", "messageId")
_OURS: Final = ("type", "timestamp", "integrations")
_KNOWN: Final = frozenset({*_CONTENT, *_TITLES, *_IDS, *_OURS})


class Redact:
    """Keep what nobody may see out of queues, logs, reports and destinations.

    It sees each message after every other plugin's ``capture``, whatever the order of registration, and
    also those that a plugin gave up. Looked through are ``properties``, ``traits`` and ``context``, however
    deep; for ``values`` also the names of events and pages. Ids are left as they are, as events are joined
    by them, unless ``ids`` is given.

    Args:
        keys: names of keys, or patterns like ``"password*"``, in upper or lower case; as a list, or with what
            is to be done with the value of each.
        values: EMAILS, CARDS, PHONES, IPS, or regular expressions, which are searched for in every text; as a
            list, or with what is to be done with each. Where they are found within a text, the rest of it
            stays, unless they are to be dropped.
        action: what is done where ``keys`` or ``values`` is a list: mask, drop, hash_with(key), or a function
            from a text to another, or to None for none.
        ids: what is done with ``values`` in ids: hash_with(key).

    Raises:
        ConfigurationError: an argument is wrong, or there is nothing to redact.
    """

    name: ClassVar[str] = "Redact"

    def __init__(
        self,
        *,
        keys: Collection[str] | Mapping[str, Action] = (),
        values: Collection[Pattern] | Mapping[Pattern, Action] = (),
        action: Action = mask,
        ids: Keyed | None = None,
    ) -> None:
        if not (keys or values):
            raise ConfigurationError('Redact needs keys, values or both: Redact(keys=["password*"])')
        if ids is not None and not isinstance(ids, Keyed):
            raise ConfigurationError("ids must be hash_with(key): otherwise users would become one, or none")
        self._keys = _actions("keys", keys, action)
        self._values = Values(_actions("values", values, action))
        self._ids = ids
        self._parts = (*_CONTENT, *_TITLES, *(_IDS if ids is not None else ()))
        self._names = Names(self._keys, self._values.are_in)
        self._encode_as(Encoder().encode)

    def __repr__(self) -> str:
        keys = ", ".join(f"{name!r}: {action_name(action)}" for name, action in self._keys.items())
        return f"Redact(keys={{{keys}}}, values={self._values!r}, ids={self._ids!r})"

    @hookimpl
    def startup(self, client: Client) -> None:
        """Take over how the client encodes values of the application's own types."""
        self._encode_as(client.encoded)

    def _encode_as(self, encode: Encode) -> None:
        self._thorough = Walk(self._names, self._values, encode)
        self._by_names = Walk(self._names, _NO_VALUES, encode)

    @hookimpl
    def redact(self, message: Message, seen: Message | None) -> None:
        """Redact a message; one that was redacted before only where it is another now."""
        fields: dict[str, Any] = message  # type: ignore[assignment]  # other libraries have further ones
        walk = self._thorough if seen is not None else self._walk_for(fields)
        if walk is None:
            return
        before: Mapping[str, Any] = {} if seen is None else seen
        for field, value in list(fields.items()):
            if value and field not in _OURS:
                new = self._redacted(walk, field, value, before.get(field, UNSEEN))
                if new is not REMOVED:
                    fields[field] = new
                else:
                    del fields[field]

    def _walk_for(self, fields: Mapping[str, Any]) -> Walk | None:
        """How thoroughly a message is to be looked through; None for one with nothing to redact."""
        seen = None
        if _KNOWN.issuperset(fields):
            parts = [fields[field] for field in self._parts if field in fields]
            try:
                seen = glance(parts, self._names.ordinary, self._values.numbers_from)
            except RuntimeError:
                pass  # another thread changes a dict: the walk copies it first
        if seen is None or self._values.may_be_in(seen[0]):
            return self._thorough
        return None if seen[1] else self._by_names

    def _redacted(self, walk: Walk, field: str, value: Any, seen: Any) -> Any:
        if field in _CONTENT:
            return walk.value(value, (), seen)
        if field in _IDS:
            unasked = self._ids is None or value == seen
            return value if unasked else self._values.text(str(value), self._ids)
        if field in _TITLES:
            new = walk.value(value, (), seen)
            return MASK if new is REMOVED else new  # an event without a name would be refused
        return walk.entry(field, value, (), seen)


def _actions(field: str, given: Collection[T] | Mapping[T, Action], action: Action) -> dict[T, Action]:
    """What is to be done, by pattern."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Collection):
        raise ConfigurationError(f"{field} must be a list, or a dict of what is to be done with each")
    try:
        actions = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, action)
    except TypeError:
        raise ConfigurationError(f"{field} must be a list of patterns, not of lists or dicts") from None
    for each in actions.values():
        if not callable(each):
            raise ConfigurationError(f"{field}: what is to be done must be drop, mask or hash_with(key)")
    return actions
