"""Ending: by the program's end, in an outage, by a signal. In memory, what a signal kills is lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]

_ENDS = {
    "end of program": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "exception": ("raise RuntimeError('over')", 1),
    "KeyboardInterrupt": ("signal.raise_signal(signal.SIGINT)", -signal.SIGINT),
    "KeyboardInterrupt, caught": (
        "try:\n    signal.raise_signal(signal.SIGINT)\nexcept KeyboardInterrupt:\n    pass",
        0,
    ),
    "SIGTERM, handled": (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\nsignal.raise_signal(signal.SIGTERM)",
        143,
    ),
    "SIGTERM, opted in": (
        "client.flush_on_signals()\nsignal.raise_signal(signal.SIGTERM)\ntime.sleep(60)",
        -signal.SIGTERM,
    ),
}


@pytest.mark.parametrize(("end", "status"), _ENDS.values(), ids=_ENDS)
def test_everything_arrives(start: Start, arrived: Arrived, end: str, status: int) -> None:
    """Ten thousand calls without a flush: each arrives once, however the program comes to its end."""
    program = start(f"client = make()\ntrack(client, 'Last', 10_000)\n{end}")
    assert program.ended() == status, program.errors
    assert arrived() == {"Last": 10_000}


_DEATHS = {
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    "os._exit": ("os._exit(7)", 7),
    "SIGSEGV": ("import ctypes\nctypes.string_at(0)", -signal.SIGSEGV),
    "kill -9": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
}


@pytest.mark.parametrize(("death", "status"), _DEATHS.values(), ids=_DEATHS)
def test_a_death_without_warning_loses_what_is_in_memory(
    start: Start, arrived: Arrived, death: str, status: int
) -> None:
    """As documented: what was flushed has arrived; the memory queue dies with its process."""
    program = start(
        f"client = make(upload_interval=60)\ntrack(client, 'Flushed', 100)\nassert client.flush() == 0\n"
        f"track(client, 'Waiting', 100)\n{death}\ntime.sleep(60)"
    )
    assert program.ended() == status, program.errors
    assert arrived() == {"Flushed": 100}


@pytest.mark.parametrize(("death", "status"), _DEATHS.values(), ids=_DEATHS)
def test_with_the_spool_no_death_loses_anything(
    start: Start, arrived: Arrived, tmp_path: Path, death: str, status: int
) -> None:
    """What ``track`` has returned for is on disk; the next start delivers it."""
    make = f"client = make(upload_interval=60, queue='spool:{tmp_path / 'spool'}')\n"
    program = start(f"{make}track(client, 'Waiting', 1_000)\n{death}\ntime.sleep(60)")
    assert program.ended() == status, program.errors
    assert arrived() == {}
    next_start = start(
        f"""
{make}client.track("u", "Next")
deadline = time.monotonic() + 50
while client.stats()["Mixpanel"].delivered < 1_001:
    assert time.monotonic() < deadline, client.stats()
    client.flush(1)
"""
    ).succeeded()
    assert arrived() == {"Waiting": 1_000, "Next": 1}
    assert next_start.accounts.add_up()
    assert next_start.accounts.delivered == 1_001


@pytest.mark.parametrize("end", ["end of program", "sys.exit", "exception"])
def test_with_the_spool_an_orderly_end_delivers(start: Start, arrived: Arrived, end: str) -> None:
    """All arrives before the process ends, and nothing is left on disk."""
    code, status = _ENDS[end]
    program = start(
        f"client = make(upload_interval=60, queue='spool:spool')\ntrack(client, 'Last', 1_000)\n{code}"
    )
    assert program.ended() == status, program.errors
    assert arrived() == {"Last": 1_000}
    assert [path for path in (program.folder / "spool").rglob("*") if path.is_file()] == []


@contextlib.contextmanager
def _answering_with(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does this with every connection, in a thread for each."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    connections: list[socket.socket] = []

    def converse(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not ended.wait(0.2):
                answer(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connections.append(listener.accept()[0])
                threading.Thread(target=converse, args=(connections[-1],), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
        accepting.join(10)


@contextlib.contextmanager
def _refusing() -> Iterator[str]:
    with socket.socket() as bound:  # bound and not listening: nobody else can take the port meanwhile
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def _fail(connection: socket.socket) -> None:
    connection.recv(1 << 20)
    connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")


_OUTAGES: dict[str, Callable[[], contextlib.AbstractContextManager[str]]] = {
    "refused": _refusing,
    "500": lambda: _answering_with(_fail),
    "hangs": lambda: _answering_with(lambda _: None),
    "drips": lambda: _answering_with(lambda connection: connection.sendall(b"H")),
}


def _leaves_in_time(program: Any) -> None:
    assert program.ended() == 0, program.errors
    accounts = program.accounts
    assert accounts.add_up()
    assert (accounts.accepted, accounts.pending) == (1_000, 0)
    assert accounts.dropped == {"shutdown": 1_000}
    assert "messages are being dropped: shutdown" in program.errors
    seconds = float(program.output.split()[-1])
    assert seconds < 1.0 + 0.5 + 5.0, "the last is for a busy machine"


_OUTAGE = """
client = make(shutdown_timeout=1.0)
{more}
track(client, "Lost", 1_000)
started = time.monotonic()
at_last.append(lambda: print("seconds", time.monotonic() - started))
"""


@pytest.mark.parametrize("outage", _OUTAGES.values(), ids=_OUTAGES)
def test_an_outage_does_not_hold_up_the_end(
    start: Start, arrived: Arrived, outage: Callable[[], contextlib.AbstractContextManager[str]]
) -> None:
    """The process ends within ``shutdown_timeout`` and half a second; the loss is counted, and logged."""
    with outage() as url:
        _leaves_in_time(start(_OUTAGE.format(more=""), MIXPANEL_API_HOST=url))
    assert arrived() == {}


def test_a_stalled_name_server_does_not_hold_up_the_end(start: Start) -> None:
    """Looking up the host's address has no timeout; the end does not wait for it."""
    stall = "import socket; socket.getaddrinfo = lambda *_, **__: time.sleep(60)"
    _leaves_in_time(start(_OUTAGE.format(more=stall), MIXPANEL_API_HOST="https://api.mixpanel.invalid"))


def _waits(program: Any) -> list[dict[str, Any]]:
    """What the program's spool keeps, as the command tells it."""
    command = "import sys; from analytics_mixpanel.cli import main; sys.exit(main(sys.argv[1:]))"
    exported = subprocess.run(
        [sys.executable, "-c", command, "queue", "export", "spool"],
        cwd=program.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in exported.stdout.splitlines()]


@pytest.mark.parametrize("outage", [*_OUTAGES, "name server"])
@pytest.mark.parametrize("when_full", ["drop-new", "spill"])
def test_an_outage_loses_nothing_of_a_spool(start: Start, outage: str, when_full: str) -> None:
    """The process ends within ``shutdown_timeout`` and half a second; all of it is on disk."""
    more = "import socket; socket.getaddrinfo = lambda *_, **__: time.sleep(60)"
    with _OUTAGES.get(outage, _refusing)() as url:
        program = start(
            _OUTAGE.replace("make(", f"make(queue='spool:spool', when_full={when_full!r}, ").format(
                more=more if outage == "name server" else ""
            ),
            MIXPANEL_API_HOST="https://api.mixpanel.invalid" if outage == "name server" else url,
        )
        assert program.ended() == 0, program.errors
    accounts = program.accounts
    assert accounts.add_up()
    assert (accounts.accepted, accounts.pending, accounts.dropped) == (1_000, 1_000, {})
    assert float(program.output.split()[-1]) < 1.0 + 0.5 + 5.0, "the last is for a busy machine"
    assert sorted(message["properties"]["n"] for message in _waits(program)) == list(range(1_000))


@pytest.mark.parametrize("outage", ["refused", "500"])
def test_who_fails_is_not_waited_for_while_the_disk_keeps_it(start: Start, outage: str) -> None:
    """What a spool keeps is tried for about a second, whatever time a shutdown has; memory has all of it."""
    with _OUTAGES[outage]() as url:
        program = start(
            """
            client = make(shutdown_timeout=40, queue="spool:spool")
            track(client, "Kept", 1_000)
            started = time.monotonic()
            at_last.append(lambda: print("seconds", time.monotonic() - started))
            """,
            MIXPANEL_API_HOST=url,
        )
        assert program.ended() == 0, program.errors
    assert program.accounts.pending == 1_000
    assert 1.0 <= float(program.output.split()[-1]) < 30


def test_who_is_slow_is_waited_for(start: Start, stand_in: StandIn, arrived: Arrived) -> None:
    """A destination that takes longer than that second, and does not fail, gets what a spool has."""
    stand_in.answer_next(delay=2.5)
    program = start(
        "client = make(shutdown_timeout=40, queue='spool:spool', upload_size=60)\ntrack(client, 'Slow', 100)"
    )
    assert program.succeeded().accounts.delivered == 100
    assert arrived() == {"Slow": 100}


class TestSignals:
    """``flush_on_signals``, in processes that are told to end."""

    def test_a_process_in_a_system_call_delivers(self, start: Start, arrived: Arrived) -> None:
        """A signal from outside, while the process sleeps: everything arrives, it ends by the signal."""
        program = start(
            """
            client = make(upload_interval=60)
            client.flush_on_signals(signal.SIGTERM, signal.SIGHUP)
            track(client, "Waiting", 500)
            print("ready")
            time.sleep(60)
            """
        )
        program.wait_for("ready")
        program.send(signal.SIGHUP)
        assert program.ended() == -signal.SIGHUP, program.errors
        assert arrived() == {"Waiting": 500}

    def test_a_process_in_the_middle_of_its_calls_delivers(self, start: Start, arrived: Arrived) -> None:
        """A signal that interrupts a call waits for the lock which that holds, not for ever."""
        program = start(
            """
            import itertools
            client = make(upload_interval=60)
            client.flush_on_signals()
            progress = os.open("progress", os.O_RDWR | os.O_CREAT)
            for number in itertools.count(1):
                client.track("u", "Counted")
                os.pwrite(progress, number.to_bytes(8, "little"), 0)
                if number == 100:
                    print("ready")
            """
        )
        program.wait_for("ready")
        program.send(signal.SIGTERM)
        assert program.ended() == -signal.SIGTERM, program.errors
        returned = int.from_bytes((program.folder / "progress").read_bytes(), "little")
        assert arrived()["Counted"] in {returned, returned + 1}, "the last call had perhaps not returned"

    def test_the_handler_that_was_there_is_called(self, start: Start, arrived: Arrived) -> None:
        """It is called after the flush, and the process goes on when it does."""
        program = start(
            """
            client = make(upload_interval=60)
            seen = []
            signal.signal(signal.SIGTERM, lambda number, _: seen.append((number, client.pending)))
            client.flush_on_signals()
            client.flush_on_signals()  # the second time changes nothing
            track(client, "First", 10)
            signal.raise_signal(signal.SIGTERM)
            assert seen == [(signal.SIGTERM, 0)], seen
            track(client, "Second", 10)
            """
        ).succeeded()
        assert arrived() == {"First": 10, "Second": 10}
        assert program.accounts.add_up()

    def test_what_is_ignored_stays_ignored(self, start: Start) -> None:
        """A process that ignores a signal does not end by it because of us."""
        start(
            """
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            make().flush_on_signals(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            signal.raise_signal(signal.SIGHUP)
            """
        ).succeeded()

    def test_the_same_signal_again_cuts_it_short(self, start: Start) -> None:
        """Who cannot wait sends it twice."""
        with _answering_with(lambda _: None) as url:
            program = start(
                """
                client = make(upload_interval=60, shutdown_timeout=50)
                client.flush_on_signals()
                track(client, "Waiting", 5)
                signal.signal(signal.SIGUSR1, lambda *_: print("ready"))
                threading.Timer(0.2, signal.pthread_kill, (threading.get_ident(), signal.SIGUSR1)).start()
                signal.raise_signal(signal.SIGTERM)
                """,
                MIXPANEL_API_HOST=url,
            )
            program.wait_for("ready")
            started = time.monotonic()
            program.send(signal.SIGTERM)
            assert program.ended() == -signal.SIGTERM, program.errors
            assert time.monotonic() - started < 30

    def test_a_loss_is_logged(self, start: Start) -> None:
        """What could not be delivered before the end is counted in the log."""
        with _refusing() as url:
            program = start(
                """
                client = make(upload_interval=60, shutdown_timeout=0.5)
                client.flush_on_signals()
                track(client, "Waiting", 5)
                signal.raise_signal(signal.SIGTERM)
                """,
                MIXPANEL_API_HOST=url,
            )
            assert program.ended() == -signal.SIGTERM, program.errors
        assert "5 messages were not delivered before the end" in program.errors

    def test_it_is_for_the_main_thread(self, start: Start) -> None:
        """Elsewhere Python handles no signals, and says so."""
        start(
            """
            from concurrent.futures import ThreadPoolExecutor
            client = make()
            with ThreadPoolExecutor() as pool:
                assert isinstance(pool.submit(client.flush_on_signals).exception(), ValueError)
            """
        ).succeeded()

    def test_a_forked_child_ends_by_the_signal(self, start: Start, arrived: Arrived) -> None:
        """It inherits the handler, delivers its own and leaves the parent's to the parent."""
        start(
            """
            client = make(upload_interval=60)
            client.flush_on_signals()
            track(client, "Parent", 5)
            child = os.fork()
            if child == 0:
                track(client, "Child", 7)
                signal.raise_signal(signal.SIGTERM)
                os._exit(9)
            assert os.waitpid(child, 0)[1] == signal.SIGTERM
            """
        ).succeeded()
        assert arrived() == {"Parent": 5, "Child": 7}
