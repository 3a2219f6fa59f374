"""One writing process.

Tracks as fast as it can until it is killed or told to end, and notes what was accepted once a call has
returned: the next call may be the one in which it dies.
"""

from __future__ import annotations

import logging
import time
from itertools import count
from pathlib import Path
from typing import Final

from analytics_mixpanel import Client
from benchmarks.event import NAME, event
from benchmarks.soak.marks import END, GO, Marks

# Seconds of a request: a server that hangs does so for the lane, not for the soak.
TIMEOUT: Final = 2.0
_POOL: Final = 200
_HOLD: Final = 0.02
_LAST: Final = 30.0


def write(life: int, spool: str, path: Path, url: str) -> None:
    """Write until the order is to end; then deliver what there is time for."""
    logging.getLogger("analytics_mixpanel").setLevel(logging.CRITICAL)  # all of it is in the account
    client = Client("soak", url, queue=f"spool:{spool}", timeout=TIMEOUT, shutdown_timeout=_LAST)
    with Marks(path) as marks:
        _write(client, marks, life)
    client.shutdown()


def _write(client: Client, marks: Marks, life: int) -> None:
    pool = [event(number) for number in range(_POOL)]
    accepted = refused = 0
    for turn in count():
        while (order := marks.order) != GO:
            if order == END:
                return
            time.sleep(_HOLD)
        each = pool[turn % _POOL]
        properties = {**each.properties, "life": life, "number": accepted}
        if client.track(each.user, NAME, properties, each.context)[0]:
            accepted += 1
        else:
            refused += 1
        marks.note(life, accepted, refused)
