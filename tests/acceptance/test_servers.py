"""Servers of many processes: each request's event arrives, however the server preloads, forks and ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Start = Callable[..., Any]
Arrived = Callable[[], dict[str, int]]

_WITHIN: Final = 60.0
_REQUESTS: Final = 200

_SHOP: Final = """
import os
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel

client = Client("token", plugins=[Mixpanel()], discover=False, upload_interval=60)
{preloading}

def app(environ, start_response):
    taken = client.track("u", "Served", {{"path": environ["PATH_INFO"], "process": os.getpid()}})[0]
    start_response("200 OK" if taken else "500 Not Taken", [("Content-Type", "text/plain")])
    return [b"served"]
"""
_TRACKING: Final = 'client.track("u", "Loaded")'


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _serve(start: Start, *command: str, shop: str, **environment: str) -> tuple[Any, str]:
    """Start a server of the shop; the program, and its URL."""
    port = _free_port()
    told = [each.format(port=port) for each in command]
    program = start("", python=told, files={"shop.py": shop}, **environment)
    deadline = time.monotonic() + _WITHIN
    while not _listens(port):
        assert program.process.poll() is None, program.errors
        assert time.monotonic() < deadline, program.errors
        time.sleep(0.02)
    return program, f"http://127.0.0.1:{port}"


def _visit(url: str, count: int = _REQUESTS) -> None:
    """Make so many requests, some at a time; each must be answered well."""

    def get(number: int) -> int:
        return requests.get(f"{url}/{number}", timeout=_WITHIN).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(get, range(count))) == [200] * count


@pytest.mark.parametrize(
    ("worker", "more"),
    [("sync", ()), ("gthread", ("--threads", "4")), ("gevent", ())],
    ids=["sync", "gthread", "gevent"],
)
@pytest.mark.parametrize("preload", [True, False], ids=["preloaded", "not preloaded"])
def test_gunicorn(start: Start, arrived: Arrived, worker: str, more: tuple[str, ...], preload: bool) -> None:
    """Two workers, SIGTERM after two hundred requests: two hundred events, and the master's own."""
    pytest.importorskip(worker if worker == "gevent" else "gunicorn")
    program, url = _serve(
        start,
        *("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2", "--worker-class", worker, *more),
        *(("--preload",) if preload else ()),
        "shop:app",
        shop=_SHOP.format(preloading=_TRACKING if preload else ""),
        PYTHONWARNINGS="ignore",
    )
    _visit(url)
    program.send(signal.SIGTERM)
    assert program.ended() == 0, program.errors
    assert arrived() == {"Served": _REQUESTS, **({"Loaded": 1} if preload else {})}, program.errors


def _uwsgi() -> str | None:
    """The server's command, where it is installed beside this Python."""
    command = Path(sys.executable).with_name("uwsgi")
    return str(command) if command.exists() else None


_UWSGI = pytest.mark.skipif(_uwsgi() is None, reason="uWSGI is not installed: pip install uwsgi")


@_UWSGI
@pytest.mark.parametrize("threads", [(), ("--enable-threads",)], ids=["without threads", "with threads"])
@pytest.mark.parametrize("lazy", [(), ("--lazy-apps",)], ids=["forked", "lazy"])
def test_uwsgi(start: Start, arrived: Arrived, threads: tuple[str, ...], lazy: tuple[str, ...]) -> None:
    """Two workers under a master, told to end: all arrives; without threads a warning says why so late."""
    launch = f"import os; os.execv({_uwsgi()!r}, ['uwsgi', *__import__('sys').argv[1:]])"
    program, url = _serve(
        start,
        *("-c", launch, "--http-socket", "127.0.0.1:{port}", "--master", "--processes", "2", "--die-on-term"),
        *("--wsgi-file", "shop.py", "--callable", "app", "--need-app", *threads, *lazy),
        *_virtual_environment(),
        shop=_SHOP.format(preloading=""),
    )
    _visit(url)
    time.sleep(1)  # uWSGI runs no exit handlers in a worker that is busy, as it is a moment beyond its answer
    program.send(signal.SIGTERM)
    assert program.ended() == 0, program.errors
    assert arrived() == {"Served": _REQUESTS}, program.errors
    warnings = program.errors.count("uWSGI runs no threads")
    assert warnings == 0 if threads else 1 <= warnings <= 2, "each worker says it once"


def _virtual_environment() -> tuple[str, ...]:
    return ("--home", sys.prefix) if sys.prefix != sys.base_prefix else ()


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the workers in /proc")
@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent"])
def test_killed_workers(start: Start, stand_in: StandIn, tmp_path: Path, worker: str) -> None:
    """With the spool, kill -9 of all workers three times loses nothing; what is twice is known as such."""
    program, url = _serve(
        start,
        *("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2", "--worker-class", worker),
        *("--preload", "shop:app"),
        shop=_SHOP.format(preloading="").replace("upload_interval=60", f"queue='spool:{tmp_path / 'spool'}'"),
        PYTHONWARNINGS="ignore",
    )
    for _ in range(3):
        _visit(url, 50)
        for child in _children(program.process.pid):
            os.kill(child, signal.SIGKILL)
        time.sleep(0.3)
    _visit(url, 50)
    stand_in.wait_until(lambda: len(stand_in.events) >= _REQUESTS, _WITHIN)
    program.send(signal.SIGTERM)
    assert program.ended() == 0, program.errors
    assert Counter(event.event for event in stand_in.events) == {"Served": _REQUESTS}


def _children(process: int) -> list[int]:
    told = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in told.split()]


_TASKS: Final = """
from celery import Celery
from analytics_mixpanel import Client
from analytics_mixpanel_destination import Mixpanel
{adapter}
app = Celery("tasks", broker="filesystem://", backend=None)
app.conf.broker_transport_options = {{
    "data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "done"
}}
app.conf.worker_max_tasks_per_child = {tasks}
client = Client("token", plugins=[Mixpanel()], discover=False, upload_interval=60)

@app.task
def pay(number):
    client.track("u", "Paid", {{"number": number}})
"""
_ADAPTER: Final = "from analytics_mixpanel.frameworks.celery import install; install()"


@pytest.mark.parametrize("adapter", [_ADAPTER, ""], ids=["with the adapter", "without"])
@pytest.mark.parametrize("tasks", [1, 100])
def test_celery(start: Start, arrived: Arrived, adapter: str, tasks: int) -> None:
    """Prefork workers that end through os._exit, after each task or with all of them: each event arrives."""
    pytest.importorskip("celery")
    program = start(
        """
        os.mkdir("queue")
        os.mkdir("done")
        import tasks
        for number in range(6):
            tasks.pay.delay(number)
        command = ["celery", "--app", "tasks", "worker", "--concurrency", "2", "--loglevel", "INFO"]
        os.execv(sys.executable, [sys.executable, "-m", *command])
        """,
        files={"tasks.py": _TASKS.format(adapter=adapter, tasks=tasks)},
    )
    deadline = time.monotonic() + _WITHIN
    while program.errors.count(" succeeded in ") < 6:
        assert program.process.poll() is None, program.errors
        assert time.monotonic() < deadline, program.errors
        time.sleep(0.05)
    program.send(signal.SIGTERM)
    assert program.ended() == 0, program.errors
    assert arrived() == {"Paid": 6}, program.errors
