"""A batch under way: what is left of it, and when it goes on."""

from __future__ import annotations

import time

from attrs import define, field

from analytics_mixpanel.dead_letters.letter import Tries
from analytics_mixpanel.lanes.load import Load
from analytics_mixpanel.lanes.retry import Patience


@define(eq=False)
class Trip:
    """A batch under way.

    Attributes:
        load: what is still to be delivered.
        patience: how much longer.
        whole: whether all of the rest was delivered.
        enriched: whether plugins have had it.
        attempts: so far.
        raised: how often somebody raised, the destination or a plugin.
        paused: whether the last one found a setting to be wrong.
        try_at: when the next one is due; the breaker may have it wait longer.
        asked: whether the destination said when.
        began: when, in seconds since the epoch.
    """

    load: Load
    patience: Patience
    whole: bool = True
    enriched: bool = False
    attempts: int = 0
    raised: int = 0
    paused: bool = False
    try_at: float = 0.0
    asked: bool = False
    began: float = field(factory=time.time)

    @property
    def tries(self) -> Tries:
        """How often it was tried so far."""
        return Tries(self.attempts, self.began, time.time())
