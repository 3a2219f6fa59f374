"""Which nodes are simple: paths, constants, choices between the two, and objects of such."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.mapping.js import UNDEFINED, truthy
from analytics_mixpanel.mapping.path import mapping_keys
from analytics_mixpanel.mapping.undefined import directive_name

# Written out, each key is two levels of indentation, of which Python allows a hundred.
_LONGEST_PATH: Final = 40
_SCALARS: Final = (str, int, float, bool, type(None), type(UNDEFINED))


def plain_path(node: Any) -> tuple[str, ...]:
    """Answer the keys of a ``@path`` node; none when it is another node, or the whole payload."""
    path = node["@path"] if directive_name(node) == "@path" else None
    keys = mapping_keys(path) if isinstance(path, str) else ()
    return keys if len(keys) <= _LONGEST_PATH else ()


def choices(options: dict[str, Any]) -> tuple[Any, Any]:
    """Answer what an ``@if`` chooses between: a missing ``then`` and a falsy ``else`` are UNDEFINED."""
    return options.get("then", UNDEFINED), options["else"] if truthy(options.get("else")) else UNDEFINED


def is_simple(node: Any) -> bool:
    """Tell whether a node can be written out as statements."""
    name = directive_name(node)
    if name == "@if":
        return _is_simple_choice(node["@if"])
    if name is not None:
        return bool(plain_path(node))
    if isinstance(node, dict):
        return all(isinstance(key, str) and is_simple(member) for key, member in node.items())
    return isinstance(node, _SCALARS)


def _is_simple_choice(options: Any) -> bool:
    """Tell whether an ``@if`` asks for a path's existence, and chooses between paths and constants."""
    if not isinstance(options, dict) or not plain_path(options.get("exists")):
        return False
    return all(plain_path(node) or isinstance(node, _SCALARS) for node in choices(options))
