"""The root of a mapping: what is compiled of what was given."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import entries

ROOT_DIRECTIVE: Final = "__segment_internal_directive"


def root_node(mapping: Any, path: str) -> Any:
    """Answer the node to compile: an object, into which lists and texts are spread, or the root directive."""
    if mapping is None:
        raise MappingError("a mapping must be an object but it is: null", path)
    if not isinstance(mapping, dict):
        return dict(entries(mapping))
    if ROOT_DIRECTIVE not in mapping:
        return mapping
    root = mapping[ROOT_DIRECTIVE]
    if not isinstance(root, dict) or len(root) != 1:
        raise MappingError(
            "the root directive must be an object of a single directive", f"{path}/{ROOT_DIRECTIVE}"
        )
    name, operand = next(iter(root.items()))
    if isinstance(operand, list):
        return root
    if not isinstance(operand, dict):
        raise MappingError("the root directive must be given an object", f"{path}/{ROOT_DIRECTIVE}/{name}")
    fields = {key: node for key, node in mapping.items() if key != ROOT_DIRECTIVE}
    return {name: {**operand, "mapping": fields}}
