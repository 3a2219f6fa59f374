"""The stand-in: its parts put together, served, and shown to whoever started it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from os import PathLike, fspath
from types import TracebackType
from typing import Any

from analytics_mixpanel.debugger import segment
from analytics_mixpanel.debugger.app import Endpoints
from analytics_mixpanel.debugger.desk import Desk, DeskSettings
from analytics_mixpanel.debugger.faults import Faults, Script, Scripted
from analytics_mixpanel.debugger.forwarding import Forwarding
from analytics_mixpanel.debugger.guard import Access
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.live import Hub
from analytics_mixpanel.debugger.projects import Merge, Project, Projects
from analytics_mixpanel.debugger.recording import Recording
from analytics_mixpanel.debugger.serving import Server, listen, shown
from analytics_mixpanel.debugger.site import site_of
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.stored import Event, Group, Profile, Rejection, Request
from analytics_mixpanel.debugger.translating import Translating
from analytics_mixpanel.errors import ConfigurationError


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
        mappings: what becomes of the messages of Segment's clients, in place of Segment's presets: a list in
            Segment's JSON form, or the path of a file of it.
        access: where it listens, and who may look at its page; only this machine, unless this says otherwise.
        forward: where accepted data is passed on to: a region of Mixpanel's, as ``eu``, or an address.
        mask: keep long tokens, which may be secrets, as their beginning and a hash.

    Attributes:
        url: its address, without a trailing slash.
        store: everything that arrived.
        desk: what its page works with.
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
        mappings: Any = None,
        access: Access | None = None,
        forward: str | None = None,
        mask: bool = False,
    ) -> None:
        self._script = Script()
        access, translating = access or Access(), Translating(mappings)
        forwarding = None if forward is None else Forwarding(forward)
        listener = listen(access.host, port)
        self.url = f"http://{shown(access.host)}:{listener.getsockname()[1]}"
        try:
            _check_target(forwarding, self.url)
            self.store = Store(db, keep=keep)
        except BaseException:
            listener.close()
            raise
        pass_on = None if forwarding is None else forwarding.pass_on
        projects_ = Projects(projects, merge, mask)
        endpoints = Endpoints(self.store, projects_, limits or Limits(), now, pass_on)
        hub = Hub(self.store, hang_up=self._hang_up)
        settings = DeskSettings(keep, None if db is None else str(db), _file(mappings))
        self.desk = Desk(
            self.store,
            hub,
            settings,
            now,
            endpoints.intake(),
            translating,
            access,
            self.url,
            forwarding=forwarding,
        )
        faults = Faults(endpoints.app(*segment.routes(self.desk)), self._script, self._hang_up)
        self._server = Server(site_of(self.desk, Recording(faults, self.store, now)), listener)
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
        self.desk.hub.close()
        self._server.stop()
        if self.desk.forwarding is not None:
            self.desk.forwarding.close()
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
        """Forget everything that arrived, what live clients said, and the scripted answers."""
        self._script.clear()
        self.desk.reports.clear()
        self.store.clear()

    def answer_next(
        self,
        status: int | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
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
            times: how many requests; None for all until ``answer_as_usual``.
            path: only requests to it, e.g. ``/import``.
            delay: seconds to wait first.
            ingest: take the records in before the scripted answer: the sender does not know it worked.
            drop: close the connection in place of an answer.
        """
        meant = None if path is None else path.rstrip("/")
        scripted = Scripted(status, body, headers or {}, meant, delay, ingest, drop)
        self._script.add(scripted, times)

    def answer_as_usual(self) -> None:
        """Forget the scripted answers: everything is well from now on."""
        self._script.clear()

    def _hang_up(self, client: tuple[str, int]) -> None:
        self._server.hang_up(client)


def _file(mappings: Any) -> str | None:
    """Give the name of the file that mappings were given as, or None."""
    return fspath(mappings) if isinstance(mappings, (str, PathLike)) else None


def _check_target(forwarding: Forwarding | None, url: str) -> None:
    if forwarding is not None and forwarding.url == url:
        raise ConfigurationError("forward: this is the debugger's own address.")
