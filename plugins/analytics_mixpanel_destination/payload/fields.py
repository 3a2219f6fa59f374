"""The fields of a payload: how each is emptied, coerced and checked.

Most values are what they should be already, so each object first looks at their Python types alone; only what
that does not settle is coerced.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from attrs import define, field

from analytics_mixpanel.mapping import Guard
from analytics_mixpanel_destination.payload.coercion import coerce, json_type
from analytics_mixpanel_destination.payload.errors import FieldError, problem, wrong_choice, wrong_type
from analytics_mixpanel_destination.times.clock import is_date_like

#: Beyond it, a number is looked at closely: JavaScript has no whole numbers there.
_LARGE: Final = 2**53
_PLAIN: Final = {"string": str, "boolean": bool, "object": dict}


class Empties(Enum):
    """Which empty members of an object are removed before it is checked."""

    ALL = "null, and every empty string"
    UNFIT = "null, and empty strings where no string is wanted"
    KEPT = "none"


class Field(Protocol):
    """One field."""

    @property
    def types(self) -> tuple[str, ...]:
        """The JSON types that its values may have."""
        ...

    @property
    def plain(self) -> type | None:
        """The Python type of which every value but an empty string needs no coercing, if there is one."""
        ...

    def passes(self, value: Any) -> bool:
        """Tell quickly whether a value needs no coercing though it is not plain; False when in doubt."""
        ...

    def coerce(self, value: Any, pointer: str, empties: Empties, errors: list[FieldError]) -> Any:
        """Answer a value as it should be, and add what is wrong to ``errors``; ``pointer`` is its place."""
        ...


Passes: TypeAlias = dict[str, Callable[[Any], bool]]


@define(kw_only=True)
class ObjectField:
    """An object whose members are known; the others are dropped unless it is open."""

    label: str
    fields: dict[str, Field]
    required: tuple[str, ...]
    is_open: bool
    types: tuple[str, ...] = ("object",)
    plain: type | None = None
    _plain: dict[str, type] = field(init=False)
    _passes: Passes = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._plain = {name: each.plain for name, each in self.fields.items() if each.plain is not None}
        self._passes = {name: each.passes for name, each in self.fields.items() if each.plain is None}

    def guards(self, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Guard]]:
        """Say of each member, by its place, which values pass without a second look."""
        for name, each in self.fields.items():
            if isinstance(each, ObjectField):
                yield from each.guards((*place, name))
            else:
                passes = each.passes if each.plain is None else partial(_is_plain, each.plain)
                yield (*place, name), Guard(each.plain, passes, "null" not in each.types)

    def passes(self, value: Any) -> bool:
        """Tell whether a value is an object of which every member passes."""
        if type(value) is not dict or self.required:
            return False
        plain, passes = self._plain, self._passes
        for name, member in value.items():
            kind = plain.get(name)
            fits = type(member) is kind and (member or kind is not str)
            if not fits and not (name in passes and passes[name](member)):
                return False
        return True

    def coerce(self, value: Any, pointer: str, empties: Empties, errors: list[FieldError]) -> Any:
        """Coerce the members; the errors come in the schema's order, missing members first."""
        if not isinstance(value, dict):
            errors.append(problem(self.label, pointer, wrong_type(self.types, value)))
            return value
        found: dict[str, list[FieldError]] = {}
        result = self._coerce_members(value, pointer, empties, found)
        for name in self.required:
            if name not in result:
                errors.append(problem(self.label, pointer, f"is missing the required field '{name}'."))
        if found:
            errors.extend(error for name in self.fields for error in found.get(name, ()))
        return result

    def _coerce_members(
        self, value: dict[str, Any], pointer: str, empties: Empties, found: dict[str, list[FieldError]]
    ) -> dict[str, Any]:
        plain, passes = self._plain, self._passes
        result = value.copy()
        for name, member in value.items():
            kind = plain.get(name)
            if type(member) is kind and (member or kind is not str):
                continue
            if name in passes and passes[name](member):
                continue
            if name not in self.fields:
                if not self.is_open:
                    del result[name]
            elif _is_removed(member, self.fields[name].types, empties):
                del result[name]
            else:
                wrong: list[FieldError] = []
                # Below the payload itself, empty strings stay even where a message is sent alone.
                below = Empties.UNFIT if empties is Empties.ALL else empties
                result[name] = self.fields[name].coerce(member, f"{pointer}/{name}", below, wrong)
                if wrong:
                    found[name] = wrong
        return result


def _is_plain(kind: type, value: Any) -> bool:
    return type(value) is kind and (bool(value) or kind is not str)


def _is_removed(value: Any, types: tuple[str, ...], empties: Empties) -> bool:
    if empties is Empties.KEPT:
        return False
    if value is None:
        return "null" not in types
    return value == "" and (empties is Empties.ALL or "string" not in types)


@define
class ArrayField:
    """A list; one item alone counts as a list. Empty items are dropped, but no nulls within items."""

    item: Field
    types: tuple[str, ...] = ("array",)
    plain: type | None = None

    def passes(self, _value: Any) -> bool:
        """Leave it to ``coerce``."""
        return False

    def coerce(self, value: Any, pointer: str, _empties: Empties, errors: list[FieldError]) -> Any:
        """Coerce the items."""
        items = value if isinstance(value, (list, tuple)) else [value]
        kept = enumerate([item for item in items if item is not None and item != ""])
        return [self.item.coerce(item, f"{pointer}/{at}", Empties.KEPT, errors) for at, item in kept]


@define(kw_only=True)
class ScalarField:
    """A string, number, integer or boolean, or an object of any members."""

    label: str
    types: tuple[str, ...]
    date_like: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def plain(self) -> type | None:
        """The Python type of the first JSON type, where nothing else is asked of a value."""
        return None if self.date_like or self.choices else _PLAIN.get(self.types[0])

    def passes(self, value: Any) -> bool:
        """Tell whether a value is a time or a number within the bounds."""
        kind = type(value)
        if self.date_like:
            return kind is str and is_date_like(value)
        if self.types != ("number",) or (kind is not float and kind is not int):
            return False
        least = -math.inf if self.minimum is None else self.minimum
        most = math.inf if self.maximum is None else self.maximum
        return bool(-_LARGE < value < _LARGE and least <= value <= most)

    def coerce(self, value: Any, pointer: str, _empties: Empties, errors: list[FieldError]) -> Any:
        """Coerce and check one value."""
        value, fits = coerce(value, self.types)
        if not fits:
            errors.append(problem(self.label, pointer, wrong_type(self.types, value)))
        errors.extend(problem(self.label, pointer, text) for text in self._problems(value))
        return value

    def _problems(self, value: Any) -> Iterator[str]:
        """Say what else is wrong; AJV goes on after a wrong type, with the element of a list of one."""
        if self.choices and value not in self.choices:
            yield wrong_choice(self.choices)
        if self.date_like and isinstance(value, str) and not is_date_like(value):
            yield "must be a valid date-like string but it was not."
        if json_type(value) == "number":
            if self.maximum is not None and value > self.maximum:
                yield f"must be equal to or less than {self.maximum}."
            if self.minimum is not None and value < self.minimum:
                yield f"must be equal to or greater than {self.minimum}."
