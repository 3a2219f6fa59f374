"""The directives that choose and nest: ``@literal``, ``@if``, ``@transform``, ``@excludeWhenNull``."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import UNDEFINED, loosely_empty, truthy
from analytics_mixpanel.mapping.node import CompileNode, Resolver, compile_later, require_object
from analytics_mixpanel.mapping.root import root_node
from analytics_mixpanel.mapping.simple import choices
from analytics_mixpanel.mapping.undefined import may_hold_undefined, without_undefined
from analytics_mixpanel.mapping.validation import check_mapping


def compile_literal(operand: Any, path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
    """Compile ``@literal``: the operand, whose own directives are resolved."""
    return compile_node(operand, path, final=final)


def compile_if(operand: Any, path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
    """Compile ``@if``: ``then`` for a value that exists, or is not blank; a truthy ``else`` otherwise."""
    options = require_object(operand, path)
    exists, blank = options.get("exists", UNDEFINED), options.get("blank", UNDEFINED)
    if not truthy(exists) and not truthy(blank):
        raise MappingError('requires an "exists" key or a "blank" key', path)
    then, otherwise = (
        compile_later(compile_node, node, f"{path}/{key}", final=final)
        for key, node in zip(("then", "else"), choices(options), strict=True)
    )
    if exists is UNDEFINED:
        return _unless_blank(compile_node(blank, f"{path}/blank"), then, otherwise)
    return _if_exists(compile_node(exists, f"{path}/exists"), then, otherwise)


def _if_exists(subject: Resolver, then: Resolver, otherwise: Resolver) -> Resolver:
    def resolve_if(payload: Any) -> Any:
        value = subject(payload)
        return otherwise(payload) if value is None or value is UNDEFINED else then(payload)

    return resolve_if


def _unless_blank(subject: Resolver, then: Resolver, otherwise: Resolver) -> Resolver:
    """``blank`` reads as its opposite: Segment takes ``then`` when the value is not blank."""

    def resolve_if(payload: Any) -> Any:
        value = subject(payload)
        blank = value is None or value is UNDEFINED or loosely_empty(value)
        return otherwise(payload) if blank else then(payload)

    return resolve_if


def compile_transform(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@transform``: ``mapping``, resolved against what ``apply``, a mapping too, gives."""
    options = require_object(operand, path)
    if not isinstance(options.get("apply"), dict):
        raise MappingError('requires an "apply" key with an object', path)
    if not truthy(options.get("mapping")):
        raise MappingError('requires a "mapping" key', path)
    apply_node = root_node(options["apply"], f"{path}/apply")
    check_mapping(apply_node, f"{path}/apply")
    apply = compile_node(apply_node, f"{path}/apply")
    tidy = may_hold_undefined(apply_node)
    mapping = compile_node(options["mapping"], f"{path}/mapping")

    def resolve_transform(payload: Any) -> Any:
        payload = {} if payload is UNDEFINED else payload
        if not isinstance(payload, dict):
            raise MappingError("the payload must be an object", path)
        applied = apply(payload)
        return mapping(without_undefined(applied, hole=UNDEFINED) if tidy else applied)

    return resolve_transform


def compile_exclude_when_null(operand: Any, path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
    """Compile ``@excludeWhenNull``: null becomes undefined, in nested objects too, but not within lists."""
    inner = compile_node(operand, path, final=final)

    def resolve_exclude_when_null(payload: Any) -> Any:
        value = inner(payload)
        return UNDEFINED if value is None else _without_nulls(value, keep=not final)

    return resolve_exclude_when_null


def _without_nulls(value: Any, *, keep: bool) -> Any:
    """Copy nested objects without their nulls, or with UNDEFINED in their place."""
    if not isinstance(value, dict):
        return value
    kept = {key: _without_nulls(item, keep=keep) for key, item in value.items() if item is not None}
    return {key: kept.get(key, UNDEFINED) for key in value} if keep else kept
