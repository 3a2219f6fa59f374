"""How a destination is doing, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

State: TypeAlias = Literal["ok", "hanging", "retrying", "paused", "closed"]


@frozen
class Health:
    """How a destination is doing; ``str()`` of it is a line for a log or a status page.

    Attributes:
        state: ``ok``: what was last sent was taken, or nothing was sent yet. ``hanging``: its ``deliver``
            was called and has not come back in its time; messages wait. ``retrying``: the last attempt failed
            in a way that passes. ``paused``: a setting is wrong; everything is kept, and a single message is
            tried now and then. ``closed``: the client was shut down.
        since: when this state began, in UTC.
        reason: what happened and, where that helps, what to do; "" while all is well.
        next_try: when something is sent next without a flush, in UTC; None where nothing has to wait.
    """

    state: State
    since: datetime
    reason: str = ""
    next_try: datetime | None = None

    def __str__(self) -> str:
        text = f"{self.state} since {_time(self.since)}"
        if self.next_try is not None:
            text += f", next try {_time(self.next_try)}"
        return f"{text}: {self.reason}" if self.reason else text


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
