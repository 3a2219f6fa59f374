"""``@path`` and ``@template``: values of the payload, and texts with values of the payload in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import UNDEFINED, WHITESPACE, to_string
from analytics_mixpanel.mapping.node import CompileNode, Resolver, constant, type_name
from analytics_mixpanel.mapping.path import compile_path, mapping_keys, split_path, walk

_TRIPLE: Final = re.compile(r"\{\{\{([^}]+)\}\}\}")
_DOUBLE: Final = re.compile(r"\{\{([^}]+)\}\}")


def compile_path_directive(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@path``: a path, or a directive that resolves to one."""
    if isinstance(operand, str):
        return compile_path(mapping_keys(operand))
    return _with_text(operand, path, compile_node, lambda text, payload: walk(payload, mapping_keys(text)))


def compile_template(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@template``: a text, or a directive that resolves to one."""
    if not isinstance(operand, str):
        return _with_text(operand, path, compile_node, render)
    if _TRIPLE.search(operand):
        # A value put in by {{{ }}} may bring placeholders of its own.
        return lambda payload: render(operand, payload)
    # Texts and names of placeholders alternate.
    texts = _DOUBLE.split(operand)
    if len(texts) == 1:
        return constant(operand)
    keys = [split_path(name.strip(WHITESPACE)) for name in texts[1::2]]
    return _fill(texts[0], list(zip(keys, texts[2::2], strict=True)))


def _fill(first: str, rest: list[tuple[tuple[str, ...], str]]) -> Resolver:
    def fill(payload: Any) -> str:
        payload = {} if payload is UNDEFINED else payload
        return first + "".join([_inserted(walk(payload, keys)) + text for keys, text in rest])

    return fill


def render(template: str, payload: Any) -> str:
    """Fill ``{{{path}}}``, then ``{{path}}``, with the payload's values as texts."""
    payload = {} if payload is UNDEFINED else payload

    def value_of(placeholder: re.Match[str]) -> str:
        return _inserted(walk(payload, split_path(placeholder.group(1).strip(WHITESPACE))))

    return _DOUBLE.sub(value_of, _TRIPLE.sub(value_of, template))


def _inserted(value: Any) -> str:
    return "" if value is None or value is UNDEFINED else to_string(value)


def _with_text(
    operand: Any, path: str, compile_node: CompileNode, use: Callable[[str, Any], Any]
) -> Resolver:
    inner = compile_node(operand, path)

    def resolve_text(payload: Any) -> Any:
        text = inner(payload)
        if not isinstance(text, str):
            raise MappingError(f"expected a string, got: {type_name(text)}", path)
        return use(text, payload)

    return resolve_text
