"""How long to wait before the next attempt, and when to give up."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from typing import Final

from attrs import define, frozen

from analytics_mixpanel.delivery import Outcome
from analytics_mixpanel.process.late_imports import late_import

# Beyond so many doublings every bound is reached.
_DOUBLINGS: Final = 30


@frozen
class RetryPolicy:
    """When a batch is given up; the defaults are analytics-python's.

    A durable queue gives nothing up for having been tried too often or for too long.

    Attributes:
        max_retries: attempts in a row that got nothing done, after the first; not counting those that the
            destination asked to wait for.
        max_total_backoff: seconds from a batch's first failure to giving it up.
        max_rate_limit: seconds a batch may spend waiting because the destination said how long.
        first_wait: seconds the first back-off is at most; each further one at most twice the last.
        longest_wait: seconds a back-off is at most.
        first_probe: seconds until a paused destination is tried again; then doubling.
        longest_probe: seconds between two such probes at most.
        longest_asked: seconds that a destination may ask for at once; it is not believed more.
    """

    max_retries: int = 10
    max_total_backoff: float = 43_200.0
    max_rate_limit: float = 1_800.0
    first_wait: float = 0.5
    longest_wait: float = 60.0
    first_probe: float = 1.0
    longest_probe: float = 300.0
    longest_asked: float = 300.0

    def backoff(self, failures: int) -> float:
        """Seconds to wait after so many failures: a random part of what doubles with each (full jitter)."""
        with late_import():
            import backoff  # noqa: PLC0415 - it imports asyncio; most processes never retry

        waits = backoff.expo(base=2, factor=self.first_wait, max_value=self.longest_wait)
        next(waits)  # backoff's generators start with a value for its decorators
        longest = next(islice(waits, min(max(failures, 1) - 1, _DOUBLINGS), None))
        return float(backoff.full_jitter(longest))

    def probe(self, number: int) -> float:
        """Seconds until this probe of a paused destination, counted from 1."""
        return min(self.first_probe * 2.0 ** min(max(number, 1) - 1, _DOUBLINGS), self.longest_probe)


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

    Attributes:
        durable: nothing is given up.
    """

    policy: RetryPolicy
    _clock: Callable[[], float] = time.monotonic
    durable: bool = False
    _failed_first: float | None = None
    _retries: int = 0
    _failures: int = 0
    _asked_to_wait: float = 0.0

    def next_wait(self, outcome: Outcome, failures: int = 0) -> Wait | str:
        """How long to wait after this outcome, or why to give up.

        Args:
            outcome: of the attempt.
            failures: how often the destination failed in a row, this batch's share and others'.
        """
        self._failures += 1
        if self._failed_first is None:
            self._failed_first = self._clock()
        asked = self._asked(outcome.retry_after)
        # The longer of the two: where next to nothing is asked for, it is not tried without end.
        wait = Wait(max(asked, self.policy.backoff(max(self._failures, failures))), asked=asked > 0)
        if self.durable:
            return wait
        if self._clock() - self._failed_first >= self.policy.max_total_backoff:
            return "retried for too long"
        if wait.asked:
            self._asked_to_wait += asked
            return "rate limited for too long" if self._asked_to_wait > self.policy.max_rate_limit else wait
        self._retries += 1
        return "retries exhausted" if self._retries > self.policy.max_retries else wait

    def _asked(self, seconds: float | None) -> float:
        """The seconds that the destination asks for, as far as that makes sense; 0.0 where it does not."""
        if seconds is None or not seconds > 0:  # NaN is not
            return 0.0
        return min(seconds, self.policy.longest_asked)

    def progressed(self) -> None:
        """Begin to count anew: part of the batch is done."""
        self._failed_first = None
        self._retries = self._failures = 0

    def hurried(self) -> None:
        """Do not count the next attempt: a flush made it, not the passing of time."""
        self._retries -= 1
