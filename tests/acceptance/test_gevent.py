"""gevent and eventlet, which make greenlets of threads, patched at any time."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]

_PATCHES = {
    "gevent": "from gevent import monkey; monkey.patch_all()",
    "eventlet": "import warnings; warnings.simplefilter('ignore'); import eventlet; eventlet.monkey_patch()",
}
_SPAWN = {
    "gevent": "import gevent; join = lambda all: gevent.joinall(all); spawn = gevent.spawn",
    "eventlet": "import eventlet; join = lambda all: [each.wait() for each in all]; spawn = eventlet.spawn",
}


@pytest.fixture(params=_PATCHES)
def library(request: pytest.FixtureRequest) -> str:
    """The name of a library that is installed."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


_GREENLETS = """
{spawn}
ticks = []

def ticking():
    while len(ticks) < 10_000:
        time.sleep(0.001)
        ticks.append(None)

ticker = spawn(ticking)
join([spawn(track, client, f"Green {{n}}", 50) for n in range(10)])
before = len(ticks)
assert client.flush(30) == 0
assert len(ticks) > before + 10, "the flush let the other greenlets run"
track(client, "Last", 50)
"""


@pytest.mark.parametrize("when", ["before the import", "after the import", "after the client"])
def test_everything_arrives(start: Start, stand_in: Any, arrived: Arrived, library: str, when: str) -> None:
    """Greenlets track, a flush lets the others run while it waits, and the end of the program delivers."""
    stand_in.answer_next(delay=0.3)
    patch, client = _PATCHES[library], "client = make(upload_interval=60)\n"
    program = start(
        {
            "before the import": client,
            "after the import": f"{patch}\n{client}",
            "after the client": f"{client}{patch}\n",
        }[when]
        + _GREENLETS.format(spawn=_SPAWN[library]),
        first=patch if when.startswith("before") else "",
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert (accounts.accepted, accounts.delivered) == (550, 550)
    assert arrived() == {"Last": 50, **{f"Green {n}": 50 for n in range(10)}}


@pytest.mark.parametrize(
    "first", ["track(client, 'Before', 5)", "track(client, 'Before', 5); client.flush(30)"]
)
def test_patched_too_late(start: Start, stand_in: Any, arrived: Arrived, library: str, first: str) -> None:
    """Patched after the first call, when threads of the other kind are at work: everything arrives."""
    stand_in.answer_next(delay=0.3, times=None)
    program = start(
        f"client = make(upload_interval=60)\n{first}\n{_PATCHES[library]}\n"
        + _GREENLETS.format(spawn=_SPAWN[library]),
        PYTHONWARNINGS="ignore",
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == accounts.accepted == 555
    assert arrived() == {"Before": 5, "Last": 50, **{f"Green {n}": 50 for n in range(10)}}


def test_a_fork(start: Start, arrived: Arrived, library: str) -> None:
    """Parent and child deliver their own, both with greenlets."""
    program = start(
        """
        client = make(upload_interval=60)
        track(client, "Parent", 50)
        child = os.fork()
        if child == 0:
            track(client, "Child", 50)
            sys.exit()
        assert os.waitpid(child, 0)[1] == 0
        """,
        first=_PATCHES[library],
        PYTHONWARNINGS="ignore::DeprecationWarning",
    )
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 100
    assert arrived() == {"Parent": 50, "Child": 50}
