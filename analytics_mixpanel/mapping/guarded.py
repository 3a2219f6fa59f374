"""Mappings compiled to answer only what needs no second look."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from analytics_mixpanel.mapping.guards import Guard
from analytics_mixpanel.mapping.js import UNDEFINED
from analytics_mixpanel.mapping.node import Resolver, constant
from analytics_mixpanel.mapping.object_function import ObjectFunction
from analytics_mixpanel.mapping.simple import is_simple
from analytics_mixpanel.mapping.undefined import directive_name

Guards = Mapping[tuple[str, ...], Guard]


def compile_guarded(mapping: Any, guards: Guards, required: Collection[str] = ()) -> Resolver | None:
    """Compile an object of simple nodes into a function that answers only values which pass their guards.

    It answers UNDEFINED where a value does not pass, a required member is missing, or the payload is of an
    unusual shape. None instead of a function where the mapping itself is unusual: ``compile_mapping`` takes
    every mapping and every payload.

    Args:
        mapping: a mapping, decoded.
        guards: by the place of a member in the mapping; one without makes the mapping unusual.
        required: the members that must be there.
    """
    if not isinstance(mapping, dict) or directive_name(mapping) is not None or not is_simple(mapping):
        return None
    if not all(_is_guarded((key,), node, guards) for key, node in mapping.items()):
        return None
    give_up = constant(UNDEFINED)
    function = ObjectFunction(give_up, guards)
    for key, node in mapping.items():
        function.add(key, node, give_up)
    for key in required:
        function.require(key)
    return function.build()


def _is_guarded(place: tuple[str, ...], node: Any, guards: Guards) -> bool:
    """Tell whether every value that a node may give is looked at, or passes already."""
    if isinstance(node, dict) and directive_name(node) is None:
        return all(_is_guarded((*place, key), member, guards) for key, member in node.items())
    guard = guards.get(place)
    return guard is not None and (isinstance(node, dict) or guard.passes(node))
