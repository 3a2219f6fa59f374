"""One run of one client, in a process of its own: ``python -m benchmarks.probe MEASURE PEER URL EVENTS``.

Prints its figures as one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Final

from benchmarks.measures import MEASURES
from benchmarks.peers import PEERS
from benchmarks.sink import counted

# So much room that no client has to drop anything.
_QUEUE_SIZE: Final = 200_000


def main() -> None:
    """Run, check that nothing was lost, print, and leave without waiting for the client's own end."""
    name, peer, url, events = sys.argv[1:]
    measure = MEASURES[name]
    reading = measure.run(PEERS[peer].connect(url, _QUEUE_SIZE), url, int(events))
    lost = reading.sent - counted(url)["events"] if reading.sent else 0
    print(json.dumps({"values": reading.values, "lost": lost}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
