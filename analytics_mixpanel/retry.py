"""How long to wait before the next attempt, and when to give up."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from attrs import define, frozen

from analytics_mixpanel.delivery import Outcome
from analytics_mixpanel.late_imports import late_import


@frozen
class RetryPolicy:
    """When a batch is given up; the defaults are analytics-python's.

    Attributes:
        max_retries: attempts after the first, not counting those the destination asked to wait for.
        max_total_backoff: seconds from a batch's first failure to giving it up.
        max_rate_limit: seconds a batch may spend waiting because the destination said how long.
        first_wait: seconds the first back-off is at most; each further one at most twice the last.
        longest_wait: seconds a back-off is at most.
        first_probe: seconds until a paused destination is tried again; then doubling.
        longest_probe: seconds between two such probes at most.
    """

    max_retries: int = 10
    max_total_backoff: float = 43_200.0
    max_rate_limit: float = 1_800.0
    first_wait: float = 0.5
    longest_wait: float = 60.0
    first_probe: float = 1.0
    longest_probe: float = 300.0


@frozen
class Wait:
    """A pause before the next attempt.

    Attributes:
        seconds: how long.
        asked: whether the destination asked for it; a flush does not cut such a wait short.
    """

    seconds: float
    asked: bool = False


@define
class Patience:
    """What is left of a policy for one batch.

    Back-off is exponential with full jitter: by default a random time up to 0.5, 1, 2, ... 60 seconds.
    """

    policy: RetryPolicy
    _clock: Callable[[], float] = time.monotonic
    _failed_first: float | None = None
    _retries: int = 0
    _asked_to_wait: float = 0.0
    _backoff: Generator[float, None, None] | None = None
    _probes: int = 0

    def next_wait(self, outcome: Outcome) -> Wait | str:
        """How long to wait after this outcome, or why to give up."""
        if outcome.paused is not None:
            self._probes += 1
            return Wait(
                min(self.policy.first_probe * 2.0 ** min(self._probes - 1, 30), self.policy.longest_probe)
            )
        if self._failed_first is None:
            self._failed_first = self._clock()
        if self._clock() - self._failed_first >= self.policy.max_total_backoff:
            return "retried for too long"
        if outcome.retry_after is not None and outcome.retry_after > 0:  # else it would be asked for ever
            self._asked_to_wait += outcome.retry_after
            too_long = self._asked_to_wait > self.policy.max_rate_limit
            return "rate limited for too long" if too_long else Wait(outcome.retry_after, asked=True)
        self._retries += 1
        if self._retries > self.policy.max_retries:
            return "retries exhausted"
        return Wait(self._next_backoff())

    def hurried(self) -> None:
        """Do not count the next attempt: a flush made it, not the passing of time."""
        self._retries -= 1

    def _next_backoff(self) -> float:
        with late_import():
            import backoff  # noqa: PLC0415 - it imports asyncio; most processes never retry

        if self._backoff is None:
            self._backoff = backoff.expo(
                base=2, factor=self.policy.first_wait, max_value=self.policy.longest_wait
            )
            next(self._backoff)  # backoff's generators start with a value for its decorators
        return float(backoff.full_jitter(next(self._backoff)))
