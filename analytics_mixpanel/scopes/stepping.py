"""Running generators inside a context manager: open while they run, closed while their caller does.

A generator runs in its caller's context, so a scope left open over a ``yield`` would be the caller's too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

Y = TypeVar("Y")
S = TypeVar("S")
R = TypeVar("R")


def steps(around: AbstractContextManager[Any], inner: Generator[Y, S, R]) -> Generator[Y, S, R]:
    """Run a generator step by step inside a context manager, passing on all that is sent and thrown."""
    step: Any = inner.__next__
    given: tuple[Any, ...] = ()
    while True:
        try:
            with around:
                yielded = step(*given)
        except StopIteration as stop:
            result: R = stop.value
            return result
        try:
            sent = yield yielded
        except GeneratorExit:
            with around:
                inner.close()
            raise
        except BaseException as error:  # noqa: BLE001 - it is the inner generator's to handle
            step, given = inner.throw, (error,)
        else:
            step, given = inner.send, (sent,)


async def async_steps(
    around: AbstractContextManager[Any], inner: AsyncGenerator[Y, S]
) -> AsyncGenerator[Y, S]:
    """Run an async generator in the same way."""
    step: Any = inner.__anext__
    given: tuple[Any, ...] = ()
    while True:
        try:
            with around:
                yielded = await step(*given)
        except StopAsyncIteration:
            return
        try:
            sent = yield yielded
        except GeneratorExit:
            with around:
                await inner.aclose()
            raise
        except BaseException as error:  # noqa: BLE001 - it is the inner generator's to handle
            step, given = inner.athrow, (error,)
        else:
            step, given = inner.asend, (sent,)


class Stepped(Iterator[Y]):
    """An iterator whose steps run inside a context manager; its ``close`` is passed on."""

    def __init__(self, around: AbstractContextManager[Any], inner: Any) -> None:
        self._around = around
        self._inner = inner
        self._iterator: Iterator[Y] | None = None

    def __next__(self) -> Y:
        with self._around:
            if self._iterator is None:
                self._iterator = iter(self._inner)
            return next(self._iterator)

    def close(self) -> None:
        """Close what is iterated, if it can be closed."""
        close = getattr(self._inner, "close", None)
        if close is not None:
            with self._around:
                close()


class AsyncStepped(AsyncIterator[Y]):
    """An async iterator whose steps run inside a context manager."""

    def __init__(self, around: AbstractContextManager[Any], inner: Any) -> None:
        self._around = around
        self._inner = inner
        self._iterator: AsyncIterator[Y] | None = None

    async def __anext__(self) -> Y:
        with self._around:
            if self._iterator is None:
                self._iterator = aiter(self._inner)
            return await anext(self._iterator)

    async def aclose(self) -> None:
        """Close what is iterated, if it can be closed."""
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            with self._around:
                await close()
