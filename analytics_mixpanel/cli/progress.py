"""A progress bar on standard error, for whoever watches long work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str, total: int | None, *, show: bool = True) -> Iterator[Callable[[int], None]]:
    """Show a bar meanwhile; gives what to call with the number of things done since the last call.

    There is none where standard error is no terminal, or rich, which draws it, is not installed.
    """
    try:
        from rich.console import Console  # noqa: PLC0415 - from the extra `debugger`
        from rich.progress import Progress  # noqa: PLC0415 - likewise
    except ImportError:
        show = False
    if not show or not sys.stderr.isatty():
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
