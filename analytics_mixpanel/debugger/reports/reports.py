"""The newest report of each live client."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

from attrs import define, evolve, field, frozen

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.reports.keeping import keep_losses, keep_messages
from analytics_mixpanel.debugger.reports.linking import Linking

#: Clients that are kept; the one that was silent longest goes first.
MOST_CLIENTS: Final = 50
#: Losses of one client that are kept.
MOST_LOSSES: Final = 200
#: Seconds of silence after which a client is taken to be gone; a live one speaks every ten.
SILENT: Final = 25.0

Key = tuple[str, int, float, int]


@frozen
class LiveClient:
    """One client of one process.

    Attributes:
        number: of the client here, for its address.
        first: when it was heard of first, in seconds since 1970.
        last: when it was heard of last.
        report: what it said last: ``process``, ``plugins``, ``hooks``, ``settings``, ``queue``, ``lanes``,
            ``missed`` and ``closed``, as ``analytics_mixpanel.reporting.snapshot`` makes them.
        losses: the latest, newest last; each with ``at``, ``destination``, ``fate`` (rejected or dropped),
            ``reason``, ``field``, ``type``, ``event`` and ``messageId``.
        messages: how many messages it told of.
    """

    number: int
    first: float
    last: float
    report: dict[str, Any]
    losses: tuple[dict[str, Any], ...] = ()
    messages: int = 0

    def state(self, now: float) -> str:
        """Say how it is: live, closed by its application, or gone: not heard of for some time."""
        if self.report.get("closed") is True:
            return "closed"
        return "live" if now - self.last <= SILENT else "gone"


@define(eq=False)
class Reports:
    """The live clients; safe to use from any thread."""

    _desk: Desk
    _linking: Linking = field(init=False)
    _clients: dict[Key, LiveClient] = field(init=False, factory=dict)
    # The newest loss of each client when everything was forgotten: clients tell of their latest again.
    _forgotten: dict[Key, int] = field(init=False, factory=dict)
    _count: int = field(init=False, default=0)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self._linking = Linking(self._desk)
        self._desk.store.listen(self._linking.look)

    def take(self, report: dict[str, Any], messages: Sequence[Any]) -> None:
        """Keep a report, and the messages that came with it.

        Raises:
            ValueError: it is none.
        """
        key, losses = _key(report), _losses(report)
        now = self._desk.now()
        with self._lock:
            known = self._clients.pop(key, None)
            if known is None:
                self._count += 1
                known = LiveClient(self._count, now, now, {})
            new = _news(losses, known.losses, self._forgotten.get(key, 0))
            self._clients[key] = evolve(
                known,
                last=now,
                report={name: value for name, value in report.items() if name != "losses"},
                losses=(*known.losses, *new)[-MOST_LOSSES:],
                messages=known.messages + len(messages),
            )
            while len(self._clients) > MOST_CLIENTS:
                del self._clients[next(iter(self._clients))]
        self._linking.add(keep_messages(self._desk, messages))
        keep_losses(self._desk, new)
        self._desk.hub.touch()

    def clear(self) -> None:
        """Forget the clients; those that still report come back, as new ones."""
        with self._lock:
            self._forgotten = {key: _newest(client.losses) for key, client in self._clients.items()}
            self._clients.clear()
        self._linking.clear()
        self._desk.hub.touch()

    def clients(self) -> list[LiveClient]:
        """Give the clients, the one heard of last first."""
        with self._lock:
            return list(reversed(self._clients.values()))

    def find(self, number: int) -> LiveClient | None:
        """Give a client by its number."""
        return next((client for client in self.clients() if client.number == number), None)

    def shown(self) -> list[dict[str, Any]]:
        """Give the clients as JSON has them, with ``state``: live, closed or gone."""
        now = self._desk.now()
        return [
            {
                "number": client.number,
                "state": client.state(now),
                "first": client.first,
                "last": client.last,
                "messages": client.messages,
                "losses": list(client.losses),
                **client.report,
            }
            for client in self.clients()
        ]


def _key(report: dict[str, Any]) -> Key:
    process = report.get("process")
    if not isinstance(process, dict):
        raise ValueError("process, missing or no object")  # noqa: TRY004 - of a document
    host, pid, started = process.get("host"), process.get("pid"), process.get("started")
    number = report.get("client", 1)
    if not isinstance(pid, int) or not isinstance(number, int) or not isinstance(started, (int, float)):
        raise ValueError("process.pid, process.started or client, missing or no number")  # noqa: TRY004
    return str(host), pid, float(started), number


def _losses(report: dict[str, Any]) -> list[dict[str, Any]]:
    losses = report.get("losses", [])
    return [loss for loss in losses if isinstance(loss, dict)] if isinstance(losses, list) else []


def _news(
    losses: list[dict[str, Any]], known: Sequence[dict[str, Any]], forgotten: int
) -> list[dict[str, Any]]:
    """Leave out the losses that were told before: each has a number that counts up."""
    newest = max(_newest(known), forgotten)
    return [loss for loss in losses if _number(loss) > newest]


def _newest(losses: Sequence[dict[str, Any]]) -> int:
    return max((_number(loss) for loss in losses), default=0)


def _number(loss: dict[str, Any]) -> int:
    number = loss.get("number")
    return number if isinstance(number, int) else 0
