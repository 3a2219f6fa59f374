"""Plain objects of a mapping: each value is a node of its own.

Most are many paths under the same few branches of the payload: Segment's default track mapping has some
sixty, nearly all under ``$.context``. So an object is compiled twice: to a loop over its members, for any
payload, and to one function that visits each branch once, for payloads whose branches are objects.
"""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import UNDEFINED
from analytics_mixpanel.mapping.node import CompileNode, Resolver
from analytics_mixpanel.mapping.object_function import ObjectFunction

Members = dict[str, Resolver]


def compile_object(nodes: dict[str, Any], path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
    """Compile an object; a final one leaves out the keys whose value is undefined."""
    if not all(isinstance(key, str) for key in nodes):
        raise MappingError("should have strings for keys", path)
    members = {key: compile_node(node, f"{path}/{key}", final=final) for key, node in nodes.items()}
    if not final:
        return lambda payload: {key: value_of(payload) for key, value_of in members.items()}
    return _function(nodes, members)


def _each_member(members: Members) -> Resolver:
    pairs = tuple(members.items())

    def resolve_members(payload: Any) -> dict[str, Any]:
        return {key: value for key, value_of in pairs if (value := value_of(payload)) is not UNDEFINED}

    return resolve_members


def _function(nodes: dict[str, Any], members: Members) -> Resolver:
    function = ObjectFunction(_each_member(members))
    for key, node in nodes.items():
        function.add(key, node, members[key])
    return function.build()
