"""Where the writers come from: ``python -m benchmarks.soak.nursery SPOOL MARKS URL``.

Forks one with everything imported, so that a soak spends its time on messages. Reads orders, one a line, and
answers each with a number: ``start LIFE`` with the process, ``kill LIFE`` and ``wait LIFE`` with its status.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

import analytics_mixpanel_destination.delivery
import analytics_mixpanel_destination.sending.session  # noqa: F401 - imported for the writers, as the one above
from benchmarks.soak.writer import write


def main() -> None:
    """Do as ordered until there are no more orders; whoever lives then is killed."""
    spool, marks, url = sys.argv[1:]
    living: dict[int, int] = {}
    for line in sys.stdin:
        order, life = line.split()[0], int(line.split()[1])
        if order == "start":
            living[life] = _forked(life, spool, Path(marks), url)
            print(living[life], flush=True)
            continue
        process = living.pop(life)
        if order == "kill":  # it is nobody else's number while it has not been waited for
            os.kill(process, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
    for process in living.values():
        os.kill(process, signal.SIGKILL)


def _forked(life: int, spool: str, marks: Path, url: str) -> int:
    if process := os.fork():
        return process
    status = 1
    try:
        write(life, spool, marks, url)
        status = 0
    except BaseException:  # noqa: BLE001 - a child that came back would read its parent's orders
        traceback.print_exc()
    os._exit(status)


if __name__ == "__main__":
    main()
