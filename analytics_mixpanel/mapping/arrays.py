"""The directives that reshape lists and objects: ``@arrayPath``, ``@merge``, ``@flatten``."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import UNDEFINED, entries, truthy
from analytics_mixpanel.mapping.node import (
    CompileNode,
    Resolver,
    compile_later,
    constant,
    require_object,
    type_name,
)
from analytics_mixpanel.mapping.path import compile_path, mapping_keys
from analytics_mixpanel.mapping.undefined import may_hold_undefined, without_undefined


def compile_array_path(operand: Any, path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
    """Compile ``@arrayPath``: a list of the payload, each of whose items a shape may resolve anew."""
    if not isinstance(operand, list):
        raise MappingError(f"should be an array but it is: {type_name(operand)}", path)
    source, shape = [*operand, UNDEFINED, UNDEFINED][:2]
    shaped = isinstance(shape, dict) and bool(shape)
    if isinstance(source, str):
        root = compile_path(mapping_keys(source))
    else:
        root = compile_node(source, f"{path}/0", final=final and not shaped)
    if not shaped:
        return root
    each = _each(root, compile_later(compile_node, shape, f"{path}/1", final=final), final=final)
    if not final or not may_hold_undefined(source):
        return each
    # The shape may hand on an item as it is.
    return lambda payload: without_undefined(each(payload))


def _each(root: Resolver, shape: Resolver, *, final: bool) -> Resolver:
    hole = None if final else UNDEFINED

    def resolve_each(payload: Any) -> Any:
        value = root(payload)
        if not isinstance(value, (list, dict)):
            return value
        items = [shape(item) for item in (value if isinstance(value, list) else [value])]
        return [hole if item is UNDEFINED else item for item in items]

    return resolve_each


def compile_merge(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@merge``: objects laid over one another; with the direction "left" the first ones win."""
    options = require_object(operand, path)
    for key in ("direction", "objects"):
        if not truthy(options.get(key)):
            raise MappingError(f'requires a "{key}" key', path)
    if not isinstance(options["objects"], list):
        raise MappingError(
            f"should be an array but it is: {type_name(options['objects'])}", f"{path}/objects"
        )
    direction = compile_node(options["direction"], f"{path}/direction")
    nodes = enumerate(options["objects"])
    objects = [compile_node(node, f"{path}/objects/{index}") for index, node in nodes]

    def resolve_merge(payload: Any) -> dict[str, Any]:
        leftmost_wins = direction(payload) == "left"
        values = [value_of(payload) for value_of in objects]
        merged: dict[str, Any] = {}
        for value in reversed(values) if leftmost_wins else values:
            merged.update(value if isinstance(value, dict) else entries(value))
        return merged

    return resolve_merge


def compile_flatten(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@flatten``: nested objects and lists as one object, whose keys are joined by a separator."""
    options = require_object(operand, path)
    if not truthy(options.get("separator")):
        raise MappingError('requires a "separator" key', path)
    separator_of = compile_node(options["separator"], f"{path}/separator")
    value_of = compile_node(options["value"], f"{path}/value") if "value" in options else constant(UNDEFINED)
    containers = (dict,) if truthy(options.get("omitArrays")) else (dict, list)

    def resolve_flatten(payload: Any) -> dict[str, Any]:
        separator = separator_of(payload)
        if not isinstance(separator, str):
            raise MappingError("should be a string", f"{path}/separator")
        flat: dict[str, Any] = {}
        _flatten(value_of(payload), "", separator, containers, flat)
        return flat

    return resolve_flatten


def _flatten(
    value: Any, prefix: str, separator: str, containers: tuple[type, ...], into: dict[str, Any]
) -> None:
    if not isinstance(value, containers):
        into[prefix] = value
        return
    for key, item in entries(value):
        _flatten(item, f"{prefix}{separator}{key}" if prefix else key, separator, containers, into)
