"""When a destination that failed is tried again, and by whom: one of its couriers, with little.

    ok ── fails, asks for time ──▶ retrying ──▶ one small batch: taken ▶ ok, refused ▶ retrying
    ok ── a setting is wrong ────▶ paused ────▶ one message: taken ▶ ok, refused ▶ paused

However many couriers a destination has, while it is down one of them tries, at intervals that double.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

from attrs import evolve, frozen

from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.lanes.bell import Bell
from analytics_mixpanel.lanes.health import Health, State
from analytics_mixpanel.lanes.retry import RetryPolicy

#: Messages of the batch that finds out whether a destination is back.
SMALL: Final = 50
# Seconds after which somebody else may try, when whoever does so hangs.
_HANGS: Final = 60.0
_A_WHILE: Final = 0.1
# Seconds beyond its time that an attempt may need to notice it.
_OVERDUE: Final = 1.0


@frozen
class Turn:
    """What a courier is told when it asks whether it may try.

    Attributes:
        began: when it asked, by the breaker's clock.
        wait: seconds until it should ask again; 0.0 when it may try.
        most: messages it may try with; None when it may with all it has, and others may too.
        hurries: how often somebody was in a hurry before.
    """

    began: float
    wait: float = 0.0
    most: int | None = None
    hurries: int = 0


@frozen
class _Status:
    """What is known of the destination; replaced as a whole, so that reading it needs no lock.

    Attributes:
        since: when the state began.
        changed: when an attempt last told something new; what began earlier is older news.
        until: when it is tried next.
        asked: whether the destination said so.
        failures: attempts that failed in a row.
        hurries: those that the last attempt has served.
    """

    state: State
    since: float
    changed: float
    reason: str = ""
    until: float = 0.0
    asked: bool = False
    failures: int = 0
    hurries: int = 0


class Breaker:
    """Keeps a destination's couriers from all trying what one of them has found to fail.

    Args:
        destination: its name, for the log.
        policy: the intervals.
        clock: monotonic seconds.
    """

    def __init__(
        self, destination: str, policy: RetryPolicy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._destination = destination
        self._policy = policy
        self._clock = clock
        now = clock()
        self._status = _Status("ok", now, now)
        self._token = deque([True], maxlen=1)  # who has it tries; taking it is atomic
        self._taken_at = now
        self._hurries = 0
        self._bells: list[Bell] = []
        self._under_way: dict[int, tuple[float, float]] = {}  # by attempt: when it began, when it is due

    def bell(self) -> Bell:
        """A bell for one more courier, rung whenever there is news."""
        bell = Bell()
        self._bells.append(bell)
        return bell

    # -- before an attempt -------------------------------------------------------------------------

    def turn(self, *, paused: bool) -> Turn:
        """Whether a courier may try; ``paused`` says whether it has what a wrong setting holds up."""
        now = self._clock()
        status = self._status
        if status.state in ("ok", "closed"):
            return Turn(now, hurries=self._hurries)
        until = self._until(status, now)
        if status.state == "paused" and not paused:
            until += self._policy.probe(status.failures)  # what others have may not show what is wrong
        if until > now:
            return Turn(now, until - now)
        turn = Turn(now, most=1 if status.state == "paused" else SMALL, hurries=self._hurries)
        if not self._take_token(now):
            return Turn(now, max(_A_WHILE, self._taken_at + _HANGS - now))
        return turn

    def at_once(self) -> Turn:
        """A turn for who has no time to wait for one: somebody waits for just that attempt."""
        return Turn(self._clock(), hurries=self._hurries)

    def _take_token(self, now: float) -> bool:
        try:
            self._token.pop()
        except IndexError:
            if now - self._taken_at < _HANGS:
                return False
        self._taken_at = now
        return True

    def _until(self, status: _Status, now: float) -> float:
        hurried = self._hurries != status.hurries and not status.asked
        return min(status.until, now) if hurried else status.until

    def hurry(self) -> None:
        """Let it be tried now, once, unless the destination asked for time."""
        self._hurries += 1
        if self._status.state != "ok":
            self._ring()

    def begin(self, turn: Turn, due: float) -> None:
        """The attempt begins, and should be over by then."""
        self._under_way[id(turn)] = (self._clock(), due)

    # -- after an attempt --------------------------------------------------------------------------

    @property
    def failures(self) -> int:
        """Attempts that failed in a row."""
        return self._status.failures

    def works(self, turn: Turn) -> None:
        """The destination took something."""
        status = self._status
        if status.state in ("retrying", "paused") and turn.began >= status.changed:
            now = self._clock()
            self._status = _Status("ok", now, now)
            name = self._destination
            log_seldom(f"works {name}", "%s takes messages again", name, level=logging.INFO)
            self._ring()

    def failed(self, turn: Turn, reason: str, failures: int, seconds: float, *, asked: bool = False) -> None:
        """An attempt failed, one of so many in a row; the next should be in so many seconds.

        ``asked`` says whether the destination named them.
        """
        status = self._status
        now = self._clock()
        if status.state == "closed":
            return
        if turn.began < status.changed:  # several were under way: the first to fail has said it all
            if asked and status.state == "retrying":
                self._status = evolve(status, until=max(status.until, now + seconds), asked=True)
            return
        since = status.since if status.state == "retrying" else now
        self._status = _Status("retrying", since, now, reason, now + seconds, asked, failures, turn.hurries)
        self._ring()

    def pause(self, turn: Turn, reason: str) -> float:
        """An attempt found that a setting is wrong; seconds until it is to be probed."""
        status = self._status
        now = self._clock()
        if status.state == "closed" or (status.state == "paused" and turn.began < status.changed):
            return max(0.0, status.until - now)
        if status.state == "paused":
            since, failures = status.since, status.failures + 1
        else:
            since, failures = now, 1
            log_seldom(
                f"paused {self._destination} {reason}",
                "%s: messages are kept, since a setting is wrong. %s",
                self._destination,
                reason,
                level=logging.ERROR,
            )
        seconds = self._policy.probe(failures)
        self._status = _Status("paused", since, now, reason, now + seconds, False, failures, turn.hurries)
        self._ring()
        return seconds

    def end(self, turn: Turn) -> None:
        """The attempt is over, and what it found has been told."""
        self._under_way.pop(id(turn), None)
        if turn.most is not None:
            self._token.append(True)
            self._ring()

    def close(self) -> None:
        """The client is shut down."""
        now = self._clock()
        self._status = _Status("closed", now, now, "the client was shut down")
        self._ring()

    def _ring(self) -> None:
        for bell in self._bells:
            bell.ring()

    # -- looking in --------------------------------------------------------------------------------

    @property
    def in_trouble(self) -> bool:
        """Whether what is tried now is not likely to be taken."""
        return self._status.state in ("retrying", "paused") or self._hanging_since() is not None

    def _hanging_since(self) -> float | None:
        """When the oldest attempt began that is not over though its time is; None if there is none."""
        limit = self._clock() - _OVERDUE
        return min((began for began, due in tuple(self._under_way.values()) if due < limit), default=None)

    def health(self) -> Health:
        """How the destination is doing now."""
        status = self._status
        now = self._clock()
        passed = time.time() - now

        def moment(seconds: float) -> datetime:
            return datetime.fromtimestamp(passed + seconds, timezone.utc)

        since = self._hanging_since()
        if since is not None and status.state == "ok":
            reason = f"deliver was called {now - since:.0f} seconds ago and has not come back; messages wait"
            return Health("hanging", moment(since), reason)
        waits = status.state in ("retrying", "paused")
        next_try = moment(max(self._until(status, now), now)) if waits else None
        return Health(status.state, moment(status.since), status.reason, next_try)
