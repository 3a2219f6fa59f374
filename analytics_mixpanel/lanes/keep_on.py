"""Going on with something, whatever interrupts it."""

from __future__ import annotations

from collections.abc import Callable


def keep_on(
    step: Callable[[], bool],
    interrupted: Callable[[BaseException], None],
    kept_from: type[BaseException],
) -> None:
    """Take one step after the other, until one answers that there is none left.

    Args:
        step: may raise.
        interrupted: told what a step has raised, before the next; it may raise as well.
        kept_from: what is not passed on.
    """
    error: BaseException | None = None
    going_on = True
    while going_on:
        try:
            if error is not None:
                happened, error = error, None
                interrupted(happened)
            going_on = step()
        except kept_from as problem:
            error = problem
