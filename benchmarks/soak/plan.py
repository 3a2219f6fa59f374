"""How long a soak is, and how hard."""

from __future__ import annotations

from typing import Final

from attrs import frozen

#: Kills a minute; each repeats what its process had in flight, and the more events lie between two, the less
#: that is of all.
KILLS_A_MINUTE: Final = 170.0


@frozen
class Plan:
    """What to do.

    Attributes:
        seconds: how long it is written and killed; the drain comes after.
        writers: processes at a time. The first is never killed: it shows what grows with time.
        kills: how many.
        seed: of what is left to chance.
    """

    seconds: float
    writers: int = 4
    kills: int = 0
    seed: int = 1

    @classmethod
    def of_minutes(cls, minutes: float, seed: int = 1) -> Plan:
        """The usual plan for this long."""
        return cls(minutes * 60.0, kills=round(minutes * KILLS_A_MINUTE), seed=seed)

    @property
    def lives(self) -> int:
        """How many writers there will be, one after another."""
        return self.writers + self.kills
