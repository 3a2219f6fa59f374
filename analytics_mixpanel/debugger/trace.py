"""Which property of a record came from where in the message.

It is tried, not guessed: one value of the message after the other is replaced by another of its kind, the
mapping is run on that, and what differs in the record came from there. So a link is true for every directive,
however it computes, and a constant of the mapping has none. What differs between two runs on the same message
as well, as the present time does, is not linked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from analytics_mixpanel.debugger.paths import Keys, leaves, member_of, members_of, path_text, replaced
from analytics_mixpanel.debugger.variations import variations

#: How a property got its value: as it is in the message, as a part of a text, computed from it; ``equal`` is
#: a value that stands in the message once and is found again, where no mapping at hand explains it.
How: TypeAlias = Literal["copied", "part", "computed", "equal"]
Send: TypeAlias = Callable[[Any], Mapping[str, Any]]

#: Values of a message that are looked at; those after them have no links.
MOST_VALUES: Final = 400
_ALWAYS: Final = 'type != "no such type"'
_RANK: Final = {"copied": 0, "part": 1, "computed": 2, "equal": 3}
_NOWHERE: Final = object()


@frozen(order=True)
class Link:
    """Where a property came from: a path of the message, and how it got from there."""

    path: str
    how: How


Links: TypeAlias = dict[str, list[Link]]


@frozen
class Traced:
    """A record that a mapping made.

    Attributes:
        endpoint: ``import``, ``track``, ``engage`` or ``groups``.
        body: the record.
        preset: name of the mapping.
        action: as ``trackEvent``.
        links: by the path of a value in the record, where that came from.
    """

    endpoint: str
    body: dict[str, Any]
    preset: str
    action: str
    links: Links = field(factory=dict)


@frozen
class Made:
    """What one mapping made of a message; an error has preset, action, message and field."""

    records: list[Traced]
    errors: list[dict[str, str]]


@frozen
class Tracer:
    """Traces messages through a list of mappings.

    Args:
        mappings: in Segment's JSON form and checked.
        as_sent: from a token and mappings to a function of messages; see the destination's ``as_sent``.
        token: of the project.
    """

    _mappings: Sequence[Mapping[str, Any]]
    _as_sent: Callable[[str, Any], Send] = field(repr=False)
    _token: str = field(default="", repr=False)
    _sends: dict[tuple[int, bool], Send] = field(factory=dict, repr=False, init=False)

    def of_mapping(self, index: int, message: Any) -> Made:
        """Run one mapping, if its condition holds, and link what it makes to the message."""
        answer = self._send(index, always=False)(message)
        if not answer["records"]:
            return Made([], list(answer["errors"]))
        try:
            found = _Trial(self._send(index, always=True), message).links()
        except RecursionError:  # it was not too deep to be sent, and is to be compared
            found = [{} for _ in answer["records"]]
        records = [
            Traced(**record, links=links) for record, links in zip(answer["records"], found, strict=True)
        ]
        return Made(records, list(answer["errors"]))

    def records(self, message: Any) -> list[Traced]:
        """Run every mapping that is enabled."""
        enabled = [at for at, mapping in enumerate(self._mappings) if mapping.get("enabled", True)]
        return [record for at in enabled for record in self.of_mapping(at, message).records]

    def trace(self, message: Any, record: Mapping[str, Any]) -> Links:
        """Link a record that was kept to the message that it was made of.

        Args:
            message: in Segment's form.
            record: an event, with ``event`` and ``properties``, or an update of a profile; what ingestion
                takes out of it or puts in may be missing or there.
        """
        twin = max(self.records(message), key=lambda made: _likeness(made.body, record), default=None)
        if twin is None or not _likeness(twin.body, record):
            return _equal_values(message, leaves(record))
        made = {path_text(keys): value for keys, value in leaves(twin.body)}
        links: Links = {}
        strange = []
        for keys, value in leaves(record):
            path = path_text(keys)
            if path in made and _same(made[path], value):
                links |= {path: twin.links[path]} if path in twin.links else {}
            else:
                strange.append((keys, value))
        return links | _equal_values(message, strange)

    def _send(self, index: int, *, always: bool) -> Send:
        """Compile one mapping, with its condition or for any message: another value may not meet it."""
        known = self._sends.get((index, always))
        if known is None:
            condition = {"subscribe": _ALWAYS} if always else {}
            known = self._as_sent(self._token, [{**self._mappings[index], **condition, "enabled": True}])
            self._sends[index, always] = known
        return known


@frozen(slots=False)
class _Trial:
    """One mapping run on a message, and on its variations."""

    send: Send
    message: Any

    @cached_property
    def first(self) -> list[dict[str, Any]]:
        """The records of the message as it is."""
        return list(self.send(self.message)["records"])

    def links(self) -> list[Links]:
        """Find the links of each record."""
        found: list[dict[str, dict[str, How]]] = [{} for _ in self.first]
        for keys, value in list(leaves(self.message))[:MOST_VALUES]:
            for other in variations(value):
                for at, place, how in self._differences(keys, value, other):
                    paths = found[at].setdefault(place, {})
                    paths[path_text(keys)] = min(how, paths.get(path_text(keys), how), key=_RANK.__getitem__)
        by_itself = self._unsteady()
        return [
            {
                place: sorted((Link(path, how) for path, how in paths.items()), key=_order)
                for place, paths in each.items()
                if (at, place) not in by_itself
            }
            for at, each in enumerate(found)
        ]

    def _differences(self, keys: Keys, value: Any, other: Any) -> Iterator[tuple[int, str, How]]:
        """Run the message with another value: which records differ, where, and how."""
        after = self.send(replaced(self.message, keys, other))["records"]
        if [each["endpoint"] for each in after] != [each["endpoint"] for each in self.first]:
            return  # another record altogether, or none: it says nothing of this one's properties
        for at, (first, second) in enumerate(zip(self.first, after, strict=True)):
            for place, was, is_now in _differing(first["body"], second["body"]):
                how = _how(value, other, was, is_now)
                if how is not None:
                    yield at, path_text(place), how

    def _unsteady(self) -> set[tuple[int, str]]:
        """Find what differs though the message does not."""
        again = self.send(self.message)["records"]
        pairs = enumerate(zip(self.first, again, strict=True))
        return {
            (at, path_text(place))
            for at, (first, second) in pairs
            for place, _, _ in _differing(first["body"], second["body"])
        }


def _order(link: Link) -> tuple[int, str]:
    return _RANK[link.how], link.path


def _differing(first: Any, second: Any) -> Iterator[tuple[Keys, Any, Any]]:
    """Walk through the values of one record that another has not; what is equal is passed by at once."""
    stack: list[tuple[Keys, Any, Any]] = [((), first, second)]
    while stack:
        place, was, is_now = stack.pop()
        if was is is_now or was == is_now:
            continue
        members = list(members_of(was))
        if not members:
            yield place, was, is_now
        stack += [((*place, key), member, member_of(is_now, key, _NOWHERE)) for key, member in members]


def _how(value: Any, other: Any, was: Any, is_now: Any) -> How | None:
    if _is(was, value) and _is(is_now, other):
        return "copied"
    if value is None or value in ({}, []):
        return None  # what is made of nothing is the mapping's own
    if isinstance(value, str) and isinstance(was, str) and isinstance(is_now, str):
        return "part" if value in was and other in is_now else "computed"
    return "computed"


def _is(one: Any, other: Any) -> bool:
    """Compare as JSON: ``true`` is not ``1``, yet ``1`` is ``1.0``."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _same(made: Any, kept: Any) -> bool:
    """Tell whether a value was kept as it was made; long texts are cut."""
    if isinstance(made, str) and isinstance(kept, str) and len(kept) < len(made):
        return len(kept) >= 255 and made.startswith(kept)
    return _is(made, kept)


def _likeness(made: Mapping[str, Any], kept: Mapping[str, Any]) -> int:
    """Count the values that two records share; 0 where they cannot be the same one."""
    if made.get("event") != kept.get("event"):
        return 0
    updates = {name for name in made if name.startswith("$")} - {"$token", "$ip"}
    if not updates <= set(kept):
        return 0
    values = {path_text(keys): value for keys, value in leaves(made)}
    return sum(_same(values.get(path_text(keys), _NOWHERE), value) for keys, value in leaves(kept))


def _equal_values(message: Any, values: Any) -> Links:
    """Link values that stand in the message just once, and are too peculiar to be there by chance."""
    places: dict[Any, list[str]] = {}
    for keys, value in leaves(message):
        if _is_peculiar(value):
            places.setdefault(value, []).append(path_text(keys))
    found = {path_text(keys): places.get(value, []) for keys, value in values if _is_peculiar(value)}
    return {path: [Link(at[0], "equal")] for path, at in found.items() if len(at) == 1}


def _is_peculiar(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) >= 6
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1000
