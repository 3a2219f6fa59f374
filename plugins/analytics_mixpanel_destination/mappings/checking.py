"""What is wrong with a list of mappings: everything at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import compile_condition, compile_mapping
from analytics_mixpanel.mapping.node import type_name
from analytics_mixpanel.mapping.root import root_node
from analytics_mixpanel.mapping.validation import mapping_errors
from analytics_mixpanel_destination.actions import ACTIONS
from analytics_mixpanel_destination.mappings.form import key_of, opened

Errors = Iterator[MappingError]


def find_errors(given: Any) -> Errors:
    """Find what is wrong with mappings in one of Segment's forms; each error has the path of its place.

    A mapping that is not enabled is not looked into: Segment lets people keep unfinished ones.
    """
    mappings, path = opened(given)
    if not isinstance(mappings, (list, tuple)):
        yield MappingError(f"mappings must be a list of objects but it is: {type_name(mappings)}", path)
        return
    for index, mapping in enumerate(mappings):
        yield from _mapping(mapping, f"{path}/{index}")


def _mapping(mapping: Any, path: str) -> Errors:
    if not isinstance(mapping, Mapping):
        yield MappingError(f"should be an object but it is: {type_name(mapping)}", path)
        return
    enabled = mapping.get("enabled", True)
    if not isinstance(enabled, bool):
        yield MappingError(f"should be true or false but it is: {type_name(enabled)}", f"{path}/enabled")
    if enabled is False:
        return
    if "name" in mapping:
        yield from _text(mapping["name"], f"{path}/name")
    for part, check in _PARTS.items():
        key = key_of(mapping, part)
        if key in mapping:
            yield from check(mapping[key], f"{path}/{key}")
        elif part != "mapping":  # without fields, it is an empty one
            yield MappingError(f'should have field "{part}" but it doesn\'t', path)


def _text(value: Any, path: str) -> Errors:
    if not isinstance(value, str):
        yield MappingError(f"should be a string but it is: {type_name(value)}", path)


def _action(value: Any, path: str) -> Errors:
    yield from _text(value, path)
    if isinstance(value, str) and value not in ACTIONS:
        yield MappingError(f"unknown action {value!r}; the known ones are {', '.join(ACTIONS)}", path)


def _condition(value: Any, path: str) -> Errors:
    yield from _text(value, path)
    if isinstance(value, str):
        try:
            compile_condition(value, path)
        except MappingError as error:
            yield error


def _fields(value: Any, path: str) -> Errors:
    if not isinstance(value, dict):
        yield MappingError(f"should be an object but it is: {type_name(value)}", path)
        return
    try:
        found = list(mapping_errors(root_node(value, path), path))
        if not found:
            # What Segment's checks do not look into, compiling does; it stops at the first error.
            compile_mapping(value, path)
    except MappingError as error:
        found = [error]
    except RecursionError:
        found = [MappingError("the mapping is nested too deeply", path)]
    yield from found


_PARTS: Final[dict[str, Callable[[Any, str], Errors]]] = {
    "subscribe": _condition,
    "partnerAction": _action,
    "mapping": _fields,
}
