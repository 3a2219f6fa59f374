"""Where UNDEFINED may stay behind inside a resolved value, and how to take it out.

Segment resolves a mapping first and removes what is undefined afterwards. Here objects and lists leave it out
while they are built; only what a directive passes on from within itself needs the second pass.
"""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.mapping.js import UNDEFINED

_NEVER: Final = frozenset({"@path", "@template", "@replace", "@liquid"})
_OPERANDS: Final = {
    "@if": ("then", "else"),
    "@case": ("value",),
    "@json": ("value",),
    "@transform": ("apply", "mapping"),
}


def directive_name(node: Any) -> str | None:
    """Name the directive that an object is, or None: all its keys begin with ``@``, save ``_metadata``."""
    if not isinstance(node, dict):
        return None
    names = [key for key in node if isinstance(key, str) and key.startswith("@")]
    if not names or len(node) - len(names) > ("_metadata" in node):
        return None
    return names[0]


def may_hold_undefined(node: Any) -> bool:
    """Tell whether a node may resolve to a value with UNDEFINED somewhere inside."""
    name = directive_name(node)
    if name is not None:
        return name not in _NEVER and _operand_may_hold(name, node[name])
    if isinstance(node, (dict, list)):
        items = node.values() if isinstance(node, dict) else node
        return any(directive_name(item) is not None or may_hold_undefined(item) for item in items)
    return False


def _operand_may_hold(name: str, operand: Any) -> bool:
    if name == "@literal":
        return may_hold_undefined(operand)
    if name == "@merge" and isinstance(operand, dict) and isinstance(operand.get("objects"), list):
        return any(may_hold_undefined(node) for node in operand["objects"])
    if name in _OPERANDS and isinstance(operand, dict):
        return any(may_hold_undefined(operand.get(key)) for key in _OPERANDS[name])
    return True


def without_undefined(value: Any, hole: Any = None) -> Any:
    """Copy a value without its undefined members; an undefined list item becomes ``hole``."""
    if isinstance(value, dict):
        return {key: without_undefined(item, hole) for key, item in value.items() if item is not UNDEFINED}
    if isinstance(value, list):
        return [hole if item is UNDEFINED else without_undefined(item, hole) for item in value]
    return value
