"""``analytics-mixpanel send``, run as a command against the stand-in."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn

TOKEN = "the-project-token-0123456789"
TRACK = {"type": "track", "event": "Signed Up", "userId": "user-1", "messageId": "m-1"}


def lines(*messages: Any) -> str:
    """JSON lines of messages."""
    return "".join(json.dumps(message) + "\n" for message in messages)


@pytest.fixture
def send(command: Callable[..., Any], stand_in: StandIn) -> Callable[..., Any]:
    """A function that sends to the stand-in and gives what was printed as JSON lines."""

    def run(*arguments: str, given: str) -> Any:
        variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": stand_in.url}
        return command("send", "--json", *arguments, given=given, **variables)

    return run


def test_messages_arrive(send: Callable[..., Any], stand_in: StandIn) -> None:
    """The messages given are sent as they are, and said to be delivered."""
    done = send(given=lines(TRACK, {"type": "identify", "userId": "user-1", "traits": {"plan": "pro"}}))

    assert [row["status"] for row in done.rows] == ["delivered", "delivered"]
    assert done.rows[0] | {"line": 1, "type": "track", "event": "Signed Up"} == done.rows[0]
    assert [(each.event, each.insert_id) for each in stand_in.events] == [("Signed Up", "m-1")]
    assert stand_in.profiles[0].properties["plan"] == "pro"
    assert done.status == 0


def test_a_refusal_names_field_and_reason(send: Callable[..., Any]) -> None:
    """What Mixpanel says of a record is said of its message, and of no other."""
    late = {**TRACK, "messageId": "m-2", "timestamp": "2099-01-01T00:00:00Z"}
    done = send(given=lines(TRACK, late))

    assert [row["status"] for row in done.rows] == ["delivered", "rejected"]
    assert done.rows[1]["field"] == "properties.time"
    assert "must not be in the future" in done.rows[1]["reason"]
    assert done.status == 1


def test_what_no_mapping_matches_is_dropped(send: Callable[..., Any], stand_in: StandIn) -> None:
    """It is said so, and nothing is sent."""
    done = send(given=lines({**TRACK, "type": "unknown"}))

    assert (done.rows[0]["status"], done.rows[0]["reason"]) == ("dropped", "no mapping")
    assert (done.status, stand_in.events) == (1, [])


def test_what_is_routed_elsewhere_is_dropped(send: Callable[..., Any]) -> None:
    """A message whose integrations leave Mixpanel out does not wait for an answer that cannot come."""
    done = send(given=lines({**TRACK, "integrations": {"All": False}}))

    assert done.rows[0]["status"] == "dropped"
    assert "integrations" in done.rows[0]["reason"]


def test_what_is_no_message_is_invalid_and_the_rest_goes_on(send: Callable[..., Any]) -> None:
    """A broken line, and one without a type, cost only themselves."""
    done = send(given="{broken\n" + lines({"event": "E"}, [1], TRACK))

    assert [row["status"] for row in done.rows] == ["invalid", "invalid", "invalid", "delivered"]
    assert done.rows[0]["reason"].startswith("is not JSON")
    assert "type" in done.rows[1]["reason"]
    assert done.status == 1


def test_two_messages_of_one_id_have_a_row_each(send: Callable[..., Any]) -> None:
    """Each line gets an answer, though Mixpanel takes the two for one."""
    assert [row["status"] for row in send(given=lines(TRACK, TRACK)).rows] == ["delivered", "delivered"]


def test_mappings_from_a_file(send: Callable[..., Any], stand_in: StandIn, tmp_path: Path) -> None:
    """The test event goes through the mappings that are tried."""
    mapping = {"user_id": {"@path": "$.userId"}, "union": {"seen": {"@path": "$.event"}}}
    mappings = [{"subscribe": 'type = "track"', "partnerAction": "unionProperties", "mapping": mapping}]
    (tmp_path / "m.json").write_text(json.dumps(mappings))
    done = send("--mappings", "m.json", given=lines(TRACK))

    assert (done.status, done.rows[0]["status"]) == (0, "delivered")
    assert stand_in.profiles[0].properties["seen"] == ["Signed Up"]


def test_wrong_mappings_send_nothing(send: Callable[..., Any], stand_in: StandIn, tmp_path: Path) -> None:
    """The first thing that is wrong is said with file and line, and the status is 2."""
    (tmp_path / "m.json").write_text('[\n {"partnerAction": "nothing"}]')
    done = send("--mappings", "m.json", given=lines(TRACK))

    assert (done.status, done.out, stand_in.requests) == (2, "", [])
    assert "m.json:2: /0: " in done.err


def test_a_wrong_credential_ends_the_waiting(command: Callable[..., Any]) -> None:
    """The messages are pending, and the reason names the setting; there is no waiting for the time-out."""
    with StandIn(projects={"other": Project()}) as stand_in:
        variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": stand_in.url}
        done = command("send", "--json", "--timeout", "1000", given=lines(TRACK), **variables)

    assert done.rows[0]["status"] == "pending"
    assert "MIXPANEL_TOKEN" in done.rows[0]["reason"]
    assert done.status == 1


def test_a_server_that_is_not_there_leaves_messages_pending(command: Callable[..., Any]) -> None:
    """After the time-out, the reason of the last attempt is said."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{probe.getsockname()[1]}"
        variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": host}
        done = command("send", "--json", "--timeout", "6", given=lines(TRACK), **variables)

    assert done.rows[0]["status"] == "pending"
    assert "cannot be reached" in done.rows[0]["reason"]


def test_without_a_token_nothing_is_sent(command: Callable[..., Any]) -> None:
    """It says what is missing, and the status is 2."""
    done = command("send", given=lines(TRACK))

    assert (done.status, done.out) == (2, "")
    assert "MIXPANEL_TOKEN" in done.err


def test_people_get_a_table(command: Callable[..., Any], stand_in: StandIn) -> None:
    """Without --json the rows are drawn, under headings."""
    variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": stand_in.url}
    done = command("send", given=lines(TRACK), **variables)

    assert all(text in done.out for text in ("status", "Signed Up", "delivered", "┏"))


def test_without_rich_there_are_json_lines(command: Callable[..., Any], stand_in: StandIn) -> None:
    """What draws tables is an extra; without it the answer is there all the same."""
    variables = {"MIXPANEL_TOKEN": TOKEN, "MIXPANEL_API_HOST": stand_in.url}
    done = command("send", given=lines(TRACK), rich=False, **variables)

    assert done.rows[0]["status"] == "delivered"
    assert "analytics-mixpanel[debugger]" in done.err
