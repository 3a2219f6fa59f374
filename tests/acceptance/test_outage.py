"""A long outage, a failing disk: limits hold, counts are exact, and what was kept arrives in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from analytics_mixpanel.debugger import StandIn

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]

# An hour's attempts, in seconds.
_OUTAGE: Final = """
from analytics_mixpanel.errors import QueueFull
from analytics_mixpanel.lanes.retry import RetryPolicy

queue, policy, megabytes, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = make(
    queue=queue, when_full=policy, upload_interval=0.01, upload_size=100,
    max_queue_size=megabytes * 600, spool_max_bytes=megabytes * 10**6,
    retry=RetryPolicy(max_retries=10**6, first_wait=0.01, longest_wait=0.05),
)
taken = []
for number in range(count):
    try:
        if client.track("u", "Outage", {"n": number, "pad": os.urandom(500).hex()})[0]:
            taken.append(number)
    except QueueFull:
        pass
stats = client.stats()["Mixpanel"]
assert stats.accepted == count == stats.pending + sum(stats.dropped.values()), stats
assert stats.delivered == stats.rejected == 0
print("full", flush=True)
sys.stdin.readline()
assert client.flush(55) == 0
print(json.dumps(taken))
"""


@pytest.mark.parametrize("policy", ["drop-new", "drop-old", "block:0.001", "raise"])
@pytest.mark.parametrize("queue", ["memory", "spool:spool"])
@pytest.mark.parametrize(
    ("megabytes", "count"), [(1, 1_300), pytest.param(10, 13_000, marks=pytest.mark.stress)]
)
def test_an_outage(
    start: Start, stand_in: StandIn, queue: str, policy: str, megabytes: int, count: int
) -> None:
    """While the server is away the queue fills to its limit; then all that was kept arrives, in order."""
    stand_in.answer_next(503, times=None)
    program = start(_OUTAGE, python=("program.py", queue, policy, str(megabytes), str(count)), stdin=True)
    program.wait_for("full")
    asked = len(stand_in.requests)
    stand_in.wait_until(lambda: len(stand_in.requests) >= asked + 20, 60)
    stand_in.answer_as_usual()
    program.process.stdin.write("\n")
    program.process.stdin.flush()
    accounts = program.succeeded().accounts

    taken = json.loads(program.output.splitlines()[-1])
    arrived = [event.properties["n"] for event in stand_in.events]
    assert accounts.add_up()
    assert accounts.pending == 0
    assert accounts.accepted == count
    assert accounts.dropped == {"queue full": count - len(arrived)}
    assert arrived == sorted(set(arrived))
    assert count / 3 < len(arrived) < count
    if policy == "drop-old":
        assert len(taken) == count
        assert arrived[-1] == count - 1
    else:
        assert arrived == taken


def test_a_disk_that_takes_nothing(start: Start, arrived: Arrived) -> None:
    """Where every write fails memory serves; once the disk can be written it is used again."""
    program = start(
        """
        import resource
        from pathlib import Path
        from analytics_mixpanel.queues.spool import log

        def written():
            return sum(path.stat().st_size for path in Path("spool").glob("*/*.seg"))

        log._TRY_AGAIN = 0.1
        client = make(queue="spool:spool", upload_interval=60)
        track(client, "Before", 100)
        before = written()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
        track(client, "During", 100)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert written() == before
        time.sleep(0.2)
        track(client, "After", 100)
        assert written() > 1.5 * before
        assert client.stats()["Mixpanel"].pending == 300
        assert client.flush(30) == 0
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert (accounts.accepted, accounts.delivered) == (300, 300)
    assert arrived() == {"Before": 100, "During": 100, "After": 100}


def test_a_spool_that_somebody_removes(start: Start, arrived: Arrived) -> None:
    """The application notices nothing, and what it has tracked arrives."""
    program = start(
        """
        import shutil
        client = make(queue="spool:spool", upload_interval=60)
        track(client, "Before", 100)
        shutil.rmtree("spool")
        track(client, "After", 100)
        assert client.flush(30) == 0
        """
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 200
    assert arrived() == {"Before": 100, "After": 100}
