"""Opening scopes: for a block, or for each call of a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import TracebackType
from typing import Any, Final, TypeVar, cast

from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.scopes.scope import CURRENT, Reopened, Scope
from analytics_mixpanel.scopes.stepping import async_steps, steps
from analytics_mixpanel.scopes.values import Values, checked_values

F = TypeVar("F", bound=Callable[..., Any])


def scope(
    *,
    user_id: Any = None,
    anonymous_id: Any = None,
    properties: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    groups: Mapping[str, Any] | None = None,
) -> Opening:
    """Say once what holds for all calls inside: in a ``with`` block, or in a function that it decorates.

    Calls inside may leave ``user_id`` out, their events carry the properties, their messages the context.
    What a call gives wins over the scope, and an inner scope over an outer one.

    Args:
        user_id: whom the calls are about.
        anonymous_id: the same, before it is known who it is.
        properties: of the events: ``track``, ``page`` and ``screen``.
        context: of all messages; objects such as ``page`` and ``campaign`` are merged with the call's.
        groups: group key or type → id or list of ids, for plugins that know groups; None for no group.

    Raises:
        ArgumentError: one has the wrong type.
    """
    values = checked_values(user_id, anonymous_id, properties, context, groups)
    return Opening(lambda: values)


def lazy_scope(read: Callable[[], Values]) -> Opening:
    """Like ``scope``, with values that are read when a call inside first needs them; for adapters.

    Values that are not ``settled`` are read again by the next call. What ``read`` raises is logged, and the
    scope then says nothing.
    """
    return Opening(read)


class Opening:
    """A context manager and decorator that opens a scope, any number of times."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], Values]) -> None:
        self._read: Final = read

    def __enter__(self) -> Scope:
        opened = Scope(self._read, CURRENT.get(), self)
        CURRENT.set(opened)
        return opened

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # With it go the scopes that were opened inside and never closed, as by a generator left half-way:
        # a thread that serves one request after another must not carry one person into the next.
        opened = CURRENT.get()
        while opened is not None and opened.opening is not self:
            opened = opened.outer
        if opened is not None:
            CURRENT.set(opened.outer)

    def __call__(self, function: F) -> F:
        """Open the scope for each call of a function: a plain one, async, or a generator of either kind."""
        if not callable(function):
            raise ArgumentError("what scope() decorates must be a function")
        if inspect.isasyncgenfunction(function):
            wrapped = self._around_async_generator(function)
        elif inspect.isgeneratorfunction(function):
            wrapped = self._around_generator(function)
        elif inspect.iscoroutinefunction(function):
            wrapped = self._around_coroutine(function)
        else:
            wrapped = self._around_function(function)
        return cast(F, wraps(function)(wrapped))

    def _for_steps(self) -> Reopened:
        """One scope for all steps of a generator."""
        return Reopened(Scope(self._read, CURRENT.get(), self))

    def _around_function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return call

    def _around_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return call

    def _around_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return (yield from steps(self._for_steps(), function(*args, **kwargs)))

        return call

    def _around_async_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return async_steps(self._for_steps(), function(*args, **kwargs))

        return call
