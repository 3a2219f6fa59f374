"""Records that come without HTTP: what became of each, and where it was kept."""

from __future__ import annotations

import time
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn


def event(insert_id: str = "i", **changes: Any) -> dict[str, Any]:
    """Give a valid event."""
    moment = int(time.time())
    return {
        "event": "A",
        "properties": {"time": moment, "distinct_id": "u", "$insert_id": insert_id, **changes},
    }


def test_an_accepted_event_is_found(stand_in: StandIn) -> None:
    """By the id that is answered."""
    one, two = stand_in.desk.ingest([event("a"), event("b")], "import", "t")
    assert [each.id for each in stand_in.events] == [one.row, two.row]
    assert (one.state, one.kind, one.failure) == ("accepted", "event", None)


def test_a_duplicate_leads_to_the_event_it_repeats(stand_in: StandIn) -> None:
    """There is no second one."""
    same = event("a")
    first, other, again = stand_in.desk.ingest([same, event("b"), same], "import", "t")
    assert (again.state, again.kind, again.row) == ("duplicate", "event", first.row)
    assert other.row != first.row


def test_a_rejected_record_has_its_reason(stand_in: StandIn) -> None:
    """And leads to the rejection."""
    (fate,) = stand_in.desk.ingest([event(time="x")], "import", "t")
    assert (fate.state, fate.kind, fate.row) == ("rejected", "rejection", stand_in.rejections[0].id)
    assert fate.failure is not None
    assert fate.failure.field == "properties.time"


def test_updates_lead_to_their_operation(stand_in: StandIn) -> None:
    """Of users and of groups."""
    update = {"$token": "t", "$distinct_id": "u", "$set": {"a": 1}}
    group = {"$token": "t", "$group_key": "k", "$group_id": "g", "$set": {"b": 1}}
    (user,) = stand_in.desk.ingest([update], "engage", "t")
    (company,) = stand_in.desk.ingest([group], "groups", "t")
    operations = stand_in.store.operations()
    assert [each.id for each in operations] == [user.row, company.row]
    assert {user.kind, company.kind} == {"operation"}


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (None, "import"),
        (5, "track"),
        ([], "engage"),
        ({}, "groups"),
        ({"event": "A", "properties": {"time": 0, "$ignore": True}}, "track"),
    ],
)
def test_anything_is_answered(stand_in: StandIn, record: Any, kind: Any) -> None:
    """Nothing that is no record is a failure of ours."""
    (fate,) = stand_in.desk.ingest([record], kind, "t")
    assert fate.state == "rejected"


def test_what_mixpanel_ignores_is_dropped(stand_in: StandIn) -> None:
    """Answered with yes, and kept nowhere."""
    (fate,) = stand_in.desk.ingest(
        [{**event(), "properties": {**event()["properties"], "$ignore": True}}], "import", "t"
    )
    assert (fate.state, fate.kind, fate.row) == ("dropped", None, 0)


def test_credentials_are_checked() -> None:
    """As ``/import`` does, also for what a project of simplified merging does not take."""
    with StandIn(projects={"t": Project(merge="simplified")}) as running:
        (stranger,) = running.desk.ingest([event()], "import", "other")
        verb = {"event": "$identify", "properties": {"$identified_id": "a", "$anon_id": "b"}}
        (identity,) = running.desk.ingest([verb], "import", "t")
        assert stranger.failure is not None
        assert stranger.failure.message == "Invalid credentials"
        assert identity.failure is not None
        assert "simplified" in identity.failure.message


def test_all_of_a_call_is_seen_at_once(stand_in: StandIn) -> None:
    """Readers meet no half of it."""
    before = stand_in.store.revision
    stand_in.desk.ingest([event(f"i{n}") for n in range(10)], "import", "t")
    assert stand_in.store.revision == before + 1
