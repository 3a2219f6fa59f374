"""Going on with something."""

from __future__ import annotations

import pytest

from analytics_mixpanel.lanes.keep_on import keep_on


def test_it_goes_on_until_there_is_no_more() -> None:
    """Each step is taken once, the last of them too."""
    left = [True, True, False]
    keep_on(lambda: left.pop(0), lambda _: None, Exception)
    assert left == []


def test_what_is_raised_ends_nothing() -> None:
    """Neither what a step raises nor what is raised when it is told of."""
    left = [True, ValueError(), True, False]
    told: list[str] = []

    def step() -> bool:
        answer = left.pop(0)
        if isinstance(answer, ValueError):
            raise answer
        return bool(answer)

    def tell(error: BaseException) -> None:
        told.append(type(error).__name__)
        if len(told) < 3:
            raise KeyError

    keep_on(step, tell, Exception)
    assert left == []
    assert told == ["ValueError", "KeyError", "KeyError"]


def test_other_things_are_passed_on() -> None:
    """What one is not to be kept from ends it."""

    def step() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_on(step, lambda _: None, Exception)
