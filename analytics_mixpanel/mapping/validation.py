"""The checks of a mapping when it is loaded.

They are Segment's own, and reach as far: lists, and plain objects right under ``@literal`` and
``@excludeWhenNull``, are not looked into; what is wrong there shows when it is compiled or resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.conversions import MAX_PATTERN_LENGTH, MAX_REPLACEMENT_LENGTH
from analytics_mixpanel.mapping.js import UNDEFINED, length
from analytics_mixpanel.mapping.node import type_name

Errors = Iterator[MappingError]
Check = Callable[[Any, str], Errors]


def check_mapping(mapping: Any, path: str = "") -> None:
    """Raise the first error of a mapping, if it has one."""
    for error in mapping_errors(mapping, path):
        raise error


def mapping_errors(node: Any, path: str = "") -> Errors:
    """Find what is wrong with a mapping; each error has the path of its place."""
    kind = _kind(node)
    if kind == "directive":
        yield from _directive(node, path)
    elif kind == "object":
        for key, value in node.items():
            yield from mapping_errors(value, f"{path}/{key}")


def _kind(node: Any) -> str:
    if isinstance(node, dict) and any(isinstance(key, str) and key.startswith("@") for key in node):
        return "directive"
    return type_name(node)


def _unexpected(wanted: str, node: Any, path: str) -> MappingError:
    return MappingError(f"should be {wanted} but it is: {_kind(node)}", path)


def _directive(node: dict[str, Any], path: str) -> Errors:
    names = [key for key in node if isinstance(key, str) and key.startswith("@")]
    others = [str(key) for key in node if key not in names and key != "_metadata"]
    if len(names) > 1 or others:
        yield MappingError(
            f"should have one key, a directive, but it has: {', '.join([*names, *others])}", path
        )
    elif names[0] not in _CHECKS:
        yield MappingError(f"has an invalid directive: {names[0]}", path)
    else:
        yield from _CHECKS[names[0]](node[names[0]], f"{path}/{names[0]}")


def _raw(node: Any, path: str) -> Errors:
    if _kind(node) == "directive":
        yield from _directive(node, path)


def _text_or_directive(node: Any, path: str) -> Errors:
    kind = _kind(node)
    if kind == "directive":
        yield from _directive(node, path)
    elif kind != "string":
        yield _unexpected("a string or a directive", node, path)


def _object_or_directive(node: Any, path: str) -> Errors:
    if _kind(node) in ("directive", "object"):
        yield from mapping_errors(node, path)
    else:
        yield _unexpected("an object or a directive", node, path)


def _of_kind(kind: str) -> Check:
    def check(node: Any, path: str) -> Errors:
        if _kind(node) != kind:
            yield _unexpected(f"{'an' if kind[0] in 'ao' else 'a'} {kind}", node, path)

    return check


def _text_of_length(shortest: int, longest: int) -> Check:
    def check(node: Any, path: str) -> Errors:
        if not isinstance(node, str):
            yield _unexpected("a string", node, path)
        elif not shortest <= length(node) <= longest:
            yield MappingError(f"should be a string of {shortest} to {longest} characters", path)

    return check


def _one_of(*allowed: str) -> Check:
    def check(node: Any, path: str) -> Errors:
        if not isinstance(node, str) or node.lower() not in allowed:
            yield MappingError(f"should be one of: {', '.join(allowed)}", path)

    return check


def _fields(required: dict[str, Check] | None = None, **optional: Check) -> Check:
    """Check an object of options: each as a mapping, those named here by their own check as well."""

    def check(node: Any, path: str) -> Errors:
        if _kind(node) != "object":
            yield _unexpected("an object", node, path)
            return
        for key in required or {}:
            if key not in node:
                yield MappingError(f'should have field "{key}" but it doesn\'t', path)
        checks = {**(required or {}), **optional}
        for key, value in node.items():
            found = list(mapping_errors(value, f"{path}/{key}"))
            yield from found or checks.get(key, _raw)(value, f"{path}/{key}")

    return check


def _array_path(node: Any, path: str) -> Errors:
    if not isinstance(node, list):
        yield _unexpected("an array", node, path)
        return
    source, shape = [*node, UNDEFINED, UNDEFINED][:2]
    yield from _text_or_directive(source, f"{path}/0")
    yield from mapping_errors(shape, f"{path}/1")


def _objects(node: Any, path: str) -> Errors:
    if not isinstance(node, list):
        yield _unexpected("an array", node, path)
        return
    for index, item in enumerate(node):
        yield from _object_or_directive(item, f"{path}/{index}")


_CHECKS: Final[dict[str, Check]] = {
    "@path": _text_or_directive,
    "@template": _text_or_directive,
    "@literal": _raw,
    "@excludeWhenNull": _raw,
    "@liquid": _of_kind("string"),
    "@if": _fields(),
    "@case": _fields(operator=_of_kind("string"), value=_text_or_directive),
    "@replace": _fields(
        {"pattern": _text_of_length(1, MAX_PATTERN_LENGTH), "value": _text_or_directive},
        replacement=_text_of_length(0, MAX_REPLACEMENT_LENGTH),
        ignorecase=_of_kind("boolean"),
        **{"global": _of_kind("boolean")},
    ),
    "@arrayPath": _array_path,
    "@json": _fields({"value": _raw, "mode": _one_of("encode", "decode")}),
    "@flatten": _fields({"value": _raw}, separator=_of_kind("string")),
    "@merge": _fields({"objects": _objects}, direction=_one_of("left", "right")),
    "@transform": _fields({"apply": _object_or_directive, "mapping": _object_or_directive}),
}
