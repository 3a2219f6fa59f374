"""``@liquid``: a Liquid template, filled by the python-liquid package, which is an extra."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import length
from analytics_mixpanel.mapping.node import CompileNode, Resolver, constant, type_name
from analytics_mixpanel.process.late_imports import late_import

MAX_TEMPLATE_LENGTH: Final = 1000


def compile_liquid(operand: Any, path: str, compile_node: CompileNode) -> Resolver:  # noqa: ARG001
    """Compile ``@liquid``; raise MappingError for a disabled tag or filter, and without python-liquid."""
    if not isinstance(operand, str):
        raise MappingError(f"should be a string but it is: {type_name(operand)}", path)
    if not operand:
        return constant("")
    if length(operand) > MAX_TEMPLATE_LENGTH:
        raise MappingError(f"a template has at most {MAX_TEMPLATE_LENGTH} characters", path)
    try:
        with late_import():  # only mappings that use the directive need the package
            from analytics_mixpanel.mapping.liquid_engine import compile_template  # noqa: PLC0415
    except ImportError as error:
        raise MappingError("install analytics-mixpanel[liquid] to use @liquid", path) from error
    return compile_template(operand, path)
