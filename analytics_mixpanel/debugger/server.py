"""Runs the stand-in on a loopback port, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from analytics_mixpanel.debugger.app import Endpoints
from analytics_mixpanel.debugger.faults import Faults, Script, Scripted
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Merge, Project, Projects
from analytics_mixpanel.debugger.recording import Recording
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.stored import Event, Group, Profile, Rejection, Request

_LOOPBACK: Final = "127.0.0.1"
_START_WITHIN: Final = 10.0
_STOP_WITHIN: Final = 10.0
_ANSWER_WITHIN: Final = 1
_TICK: Final = 1.0  # uvicorn renews its Date header so often


class StandIn:
    """A local Mixpanel: serves its ingestion API on loopback and shows what arrived.

    It serves from construction to ``close()``; as a context manager, to the end of the block.

    Args:
        port: 0 for a free one.
        db: a SQLite file to keep everything in, or None for memory.
        keep: how many requests, events, profiles and so on are kept; the oldest go first.
        projects: token → settings. Without it every token is a project and all credentials are good; with
            it ``/import`` answers 401 to others, and ``/track``, ``/engage`` and ``/groups`` say yes to
            unknown tokens and keep nothing.
        merge: how ids are merged where every token is a project.
        limits: other limits than Mixpanel's.
        now: the clock, in seconds since 1970.
    """

    def __init__(
        self,
        port: int = 0,
        db: str | PathLike[str] | None = None,
        *,
        keep: int = 100_000,
        projects: Mapping[str, Project] | None = None,
        merge: Merge = "original",
        limits: Limits | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._script = Script()
        self.store = Store(db, keep=keep)
        endpoints = Endpoints(self.store, Projects(projects, merge), limits or Limits(), now)
        faults = Faults(endpoints.app(), self._script, self._hang_up)
        try:
            self._listener = _listen(port)
        except OSError:
            self.store.close()
            raise
        self._server = _Server(Recording(faults, self.store, now), self._listener)
        self.url = f"http://{_LOOPBACK}:{self._listener.getsockname()[1]}"
        self._server.start()

    def __enter__(self) -> StandIn:
        """Give the running stand-in."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Stop serving and forget what was kept in memory; harmless when repeated."""
        self._server.stop()
        self.store.close()

    @property
    def events(self) -> list[Event]:
        """The events that arrived, oldest first; of duplicates, the latest."""
        return self.store.events()

    @property
    def profiles(self) -> list[Profile]:
        """The users' profiles."""
        return self.store.profiles()

    @property
    def groups(self) -> list[Group]:
        """The groups' profiles."""
        return self.store.groups()

    @property
    def requests(self) -> list[Request]:
        """The requests, oldest first; also those that got a scripted answer."""
        return self.store.requests()

    @property
    def rejections(self) -> list[Rejection]:
        """The records that were refused, with the reasons."""
        return self.store.rejections()

    def wait_until(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Wait until ``condition`` holds, asking again after every write, and say whether it does."""
        return self.store.wait_until(condition, timeout)

    def clear(self) -> None:
        """Forget everything that arrived, and the scripted answers."""
        self._script.clear()
        self.store.clear()

    def answer_next(
        self,
        status: int | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        path: str | None = None,
        delay: float = 0.0,
        ingest: bool = False,
        drop: bool = False,
    ) -> None:
        """Give the next ``times`` requests another answer than the real one.

        Args:
            status: of the answer; None for the real answer, which is of use with ``delay``.
            body: text, bytes, or anything that becomes JSON; None for the usual body of the status.
            headers: e.g. ``{"Retry-After": "2"}`` or ``{"Location": …}``.
            times: how many requests.
            path: only requests to it, e.g. ``/import``.
            delay: seconds to wait first.
            ingest: take the records in before the scripted answer: the sender does not know it worked.
            drop: close the connection in place of an answer.
        """
        meant = None if path is None else path.rstrip("/")
        scripted = Scripted(status, body, headers or {}, meant, delay, ingest, drop)
        self._script.add(scripted, times)

    def _hang_up(self, client: tuple[str, int]) -> None:
        self._server.hang_up(client)


class _Server(uvicorn.Server):
    """uvicorn in a thread, which starts and stops without waiting for its polls."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http=H11Protocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=_ANSWER_WITHIN,
        )
        super().__init__(config)
        self._listener = listener
        self._serving = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="mixpanel-stand-in", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._serving.wait(_START_WITHIN) or self._loop is None:
            raise RuntimeError("the stand-in did not start; its log says why")

    def stop(self) -> None:
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_WITHIN)

    def hang_up(self, client: tuple[str, int]) -> None:
        """Close the connection of a client address, with nothing sent; on the server's thread."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._serving.set()
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK)

    def _run(self) -> None:
        try:
            self.run(sockets=[self._listener])
        finally:
            self._listener.close()
            self._serving.set()


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's delay off on the connections.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener
