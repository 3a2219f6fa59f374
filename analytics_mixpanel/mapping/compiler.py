"""Mappings to functions: each node of a mapping becomes a closure, once; per message nothing is parsed."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import arrays, conversions, directives, templates
from analytics_mixpanel.mapping.js import UNDEFINED
from analytics_mixpanel.mapping.liquid import compile_liquid
from analytics_mixpanel.mapping.node import CompileDirective, CompileTransparent, Resolver, constant
from analytics_mixpanel.mapping.objects import compile_object
from analytics_mixpanel.mapping.root import root_node
from analytics_mixpanel.mapping.undefined import directive_name, may_hold_undefined, without_undefined
from analytics_mixpanel.mapping.validation import check_mapping

_DIRECTIVES: Final[dict[str, CompileDirective]] = {
    "@path": templates.compile_path_directive,
    "@template": templates.compile_template,
    "@transform": directives.compile_transform,
    "@case": conversions.compile_case,
    "@replace": conversions.compile_replace,
    "@json": conversions.compile_json,
    "@merge": arrays.compile_merge,
    "@flatten": arrays.compile_flatten,
    "@liquid": compile_liquid,
}
_TRANSPARENT: Final[dict[str, CompileTransparent]] = {
    "@literal": directives.compile_literal,
    "@if": directives.compile_if,
    "@excludeWhenNull": directives.compile_exclude_when_null,
    "@arrayPath": arrays.compile_array_path,
}


def compile_mapping(mapping: Any, path: str = "") -> Resolver:
    """Compile a mapping into a function from a payload to the resolved value.

    The function never changes the payload, shares its unchanged parts, and answers UNDEFINED where a root
    directive finds nothing. It raises MappingError for a payload that is no object, and where a directive
    cannot use what it finds.

    Args:
        mapping: the mapping as Segment exports it: JSON, decoded.
        path: where it stands, as ``/mapping``; errors name the place below it.

    Raises:
        MappingError: a directive is unknown, has the wrong shape or could never be resolved.
    """
    try:
        node = root_node(mapping, path)
        check_mapping(node, path)
        inner = compile_node(node, path, final=True)
    except RecursionError as error:
        raise MappingError("the mapping is nested too deeply", path) from error

    def resolve_payload(payload: Any) -> Any:
        if not isinstance(payload, dict):
            raise MappingError("the payload must be an object", path)
        try:
            return inner(payload)
        except RecursionError as error:
            raise MappingError("the payload is nested too deeply", path) from error

    return resolve_payload


def resolve(mapping: Any, payload: Any) -> Any:
    """Resolve a mapping against one payload; compile it instead when there are more."""
    return compile_mapping(mapping)(payload)


def compile_node(node: Any, path: str, *, final: bool = False) -> Resolver:
    """Compile one node; a final one leaves UNDEFINED out of what it answers, others leave it in."""
    name = directive_name(node)
    if name is not None:
        return _compile_directive(name, node, path, final=final)
    if isinstance(node, dict):
        return compile_object(node, path, compile_node, final=final)
    if isinstance(node, list):
        return _compile_list(node, path, final=final)
    return constant(node)


def _compile_directive(name: str, node: dict[str, Any], path: str, *, final: bool) -> Resolver:
    operand, place = node[name], f"{path}/{name}"
    if name in _TRANSPARENT:
        return _TRANSPARENT[name](operand, place, compile_node, final=final)
    if name not in _DIRECTIVES:
        raise MappingError(f"has an invalid directive: {name}", path)
    resolver = _DIRECTIVES[name](operand, place, compile_node)
    if not final or not may_hold_undefined(node):
        return resolver
    return lambda payload: without_undefined(resolver(payload))


def _compile_list(nodes: list[Any], path: str, *, final: bool) -> Resolver:
    items = [compile_node(node, f"{path}/{index}", final=final) for index, node in enumerate(nodes)]
    if not final:
        return lambda payload: [item(payload) for item in items]

    def resolve_list(payload: Any) -> list[Any]:
        values = [item(payload) for item in items]
        return [None if value is UNDEFINED else value for value in values]

    return resolve_list
