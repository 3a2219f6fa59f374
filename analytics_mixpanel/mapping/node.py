"""What the compilers of nodes share: their types, constants, and errors that wait for a payload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from analytics_mixpanel.errors import MappingError

Resolver = Callable[[Any], Any]


class CompileNode(Protocol):
    """The compiler of any node, handed to the compilers of directives for their operands."""

    def __call__(self, node: Any, path: str, *, final: bool = False) -> Resolver:
        """Compile a node; a final one leaves UNDEFINED out of what it answers."""


class CompileTransparent(Protocol):
    """The compiler of a directive that hands on what its operands give: they are as final as itself."""

    def __call__(self, operand: Any, path: str, compile_node: CompileNode, *, final: bool) -> Resolver:
        """Compile a directive from its operand."""


CompileDirective = Callable[[Any, str, CompileNode], Resolver]


def constant(value: Any) -> Resolver:
    """Make the resolver that answers one value."""
    return lambda _: value


def type_name(value: Any) -> str:
    """Name a JSON value's type as JSON does."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = {dict: "object", list: "array", str: "string", int: "number", float: "number"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "undefined")


def require_object(operand: Any, path: str) -> dict[str, Any]:
    """Answer an operand that must be an object; raise MappingError for another."""
    if not isinstance(operand, dict):
        raise MappingError(f"should be an object but it is: {type_name(operand)}", path)
    return operand


def compile_later(compile_node: CompileNode, node: Any, path: str, *, final: bool = False) -> Resolver:
    """Compile a node that some payloads never reach: its error is theirs alone who do reach it."""
    try:
        return compile_node(node, path, final=final)
    except MappingError as error:
        return failure(error)


def failure(error: MappingError) -> Resolver:
    """Make the resolver that raises an error for every payload."""

    def fail(_: Any) -> NoReturn:
        raise error.with_traceback(None)

    return fail
