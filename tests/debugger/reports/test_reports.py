"""The newest report of each live client."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.reports import Reports
from analytics_mixpanel.debugger.reports.reports import MOST_CLIENTS, MOST_LOSSES, SILENT


class Clock:
    """A clock that stands where it is put."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def reports(clock: Clock) -> Any:
    """The reports of a stand-in with that clock."""
    with StandIn(now=clock) as running:
        yield Reports(running.desk)


def _report(pid: int = 7, **more: Any) -> dict[str, Any]:
    return {"process": {"host": "h", "pid": pid, "started": 1.0}, "client": 1, **more}


def _loss(number: int) -> dict[str, Any]:
    return {"number": number, "reason": f"r{number}", "destination": "Shop", "fate": "dropped"}


def test_a_client_is_one_however_often_it_reports(reports: Reports, clock: Clock) -> None:
    """Its newest report takes the place of the one before."""
    reports.take(_report(closed=False), [])
    clock.now += 5
    reports.take(_report(plugins=["a"]), [{}, {}])
    (client,) = reports.clients()
    assert (client.number, client.last - client.first, client.messages) == (1, 5.0, 2)
    assert client.report["plugins"] == ["a"]
    assert reports.find(1) is not None
    assert reports.find(2) is None


def test_processes_and_clients_are_told_apart(reports: Reports) -> None:
    """The one heard of last is first."""
    reports.take(_report(7), [])
    reports.take(_report(8), [])
    reports.take({**_report(8), "client": 2}, [])
    reports.take(_report(7), [])
    assert [(client.report["process"]["pid"], client.number) for client in reports.clients()] == [
        (7, 1),
        (8, 3),
        (8, 2),
    ]


def test_a_silent_client_is_gone(reports: Reports, clock: Clock) -> None:
    """One that is closed says so itself."""
    reports.take(_report(7), [])
    reports.take(_report(8, closed=True), [])
    assert [client["state"] for client in reports.shown()] == ["closed", "live"]
    clock.now += SILENT + 1
    assert [client["state"] for client in reports.shown()] == ["closed", "gone"]


def test_losses_are_kept_once(reports: Reports) -> None:
    """A report repeats the latest ones: each has its number."""
    reports.take(_report(losses=[_loss(1), _loss(2)]), [])
    reports.take(_report(losses=[_loss(2), _loss(3)]), [])
    (client,) = reports.clients()
    assert [loss["reason"] for loss in client.losses] == ["r1", "r2", "r3"]


def test_all_is_bounded(reports: Reports) -> None:
    """Clients, losses: the oldest go."""
    for pid in range(MOST_CLIENTS + 5):
        reports.take(_report(pid), [])
    assert len(reports.clients()) == MOST_CLIENTS
    for number in range(0, MOST_LOSSES + 50, 50):
        reports.take(_report(losses=[_loss(number + each) for each in range(1, 51)]), [])
    assert len(reports.clients()[0].losses) == MOST_LOSSES


def test_a_message_is_kept_once(reports: Reports) -> None:
    """A client whose answer was lost sends it again; what is no message is left out."""
    message = {"type": "track", "event": "A", "userId": "u", "messageId": "m-1"}
    reports.take(_report(), [message, None, {}, {"messageId": 7}])
    reports.take(_report(), [message])
    kept = reports._desk.store.messages()
    assert [(each.message_id, each.source, each.type) for each in kept] == [("m-1", "client", "track")]


@pytest.mark.parametrize("losses", [None, {}, [None, 7], [{"number": "x", "messageId": []}]])
def test_strange_losses_do_no_harm(reports: Reports, losses: Any) -> None:
    """What another program sends is kept or left out, and never an error."""
    reports.take(_report(losses=losses), [])
    assert len(reports.clients()) == 1
