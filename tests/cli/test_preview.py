"""``analytics-mixpanel preview``, run as a command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TRACK = {
    "type": "track",
    "event": "Signed Up",
    "userId": "user-1",
    "messageId": "m-1",
    "properties": {"plan": "pro"},
}


def preview(*arguments: str, given: str = "") -> tuple[int, list[dict[str, Any]], str]:
    """The command's exit status, its lines and what it said on stderr."""
    command = [
        sys.executable,
        "-c",
        "from analytics_mixpanel.cli import main; raise SystemExit(main())",
        "preview",
    ]
    done = subprocess.run(
        [*command, *arguments], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_message_gives_its_requests() -> None:
    """A line with a message becomes a line with what would be sent for it."""
    status, (line,), _ = preview(given=json.dumps(TRACK))

    (request,) = line["requests"]
    assert request["preset"] == "Track Calls"
    assert request["url"] == "https://api.mixpanel.com/import?strict=1"
    assert request["json"][0]["properties"]["plan"] == "pro"
    assert (status, line["errors"]) == (0, [])


def test_a_broken_line_gives_an_error_with_its_number_and_the_rest_goes_on() -> None:
    """A line that is not JSON costs only itself."""
    status, lines, _ = preview(given=f"{json.dumps(TRACK)}\n{{broken\n{json.dumps(TRACK)}\n")

    assert [len(line["requests"]) for line in lines] == [1, 0, 1]
    (error,) = lines[1]["errors"]
    assert error["line"] == 2
    assert "line 2" in error["message"]
    assert status == 1


def test_a_message_that_an_action_refuses_gives_its_error() -> None:
    """What Segment's destination would refuse is said, with the line's number."""
    status, (line,), _ = preview(given=json.dumps({**TRACK, "event": {}}))

    (error,) = line["errors"]
    assert error["action"] == "trackEvent"
    assert (
        error["message"] == "Event Name must be a string but it was an object. "
        "Event Original Name must be a string but it was an object."
    )
    assert (status, error["line"]) == (1, 1)


def test_a_file_is_read(tmp_path: Path) -> None:
    """Messages may come from a file."""
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps(TRACK) + "\n")

    status, lines, _ = preview(str(file))

    assert (status, len(lines)) == (0, 1)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there ends the command with its name."""
    status, lines, said = preview(str(tmp_path / "nowhere.jsonl"))

    assert (status, lines) == (2, [])
    assert "nowhere.jsonl" in said


def test_the_token_is_shown_in_the_records() -> None:
    """``--token`` puts a project's token where the records carry it."""
    identify = {"type": "identify", "userId": "user-1", "traits": {"plan": "pro"}}

    _, (line,), _ = preview("--token", "abc123", given=json.dumps(identify))

    assert line["requests"][0]["data"]["$token"] == "abc123"


TOTALS = {
    "name": "Totals",
    "subscribe": 'type = "track" and event = "Signed Up"',
    "partnerAction": "incrementProperties",
    "mapping": {"user_id": {"@path": "$.userId"}, "increment": {"sign_ups": 1}},
}


def test_mappings_from_a_file_take_the_place_of_the_presets(tmp_path: Path) -> None:
    """``--mappings`` shows what they would send."""
    (tmp_path / "m.json").write_text(json.dumps([TOTALS]))
    page = {"type": "page", "userId": "user-1", "name": "Home"}

    status, lines, _ = preview(
        "--mappings", str(tmp_path / "m.json"), given=f"{json.dumps(TRACK)}\n{json.dumps(page)}"
    )

    assert [[request["preset"] for request in line["requests"]] for line in lines] == [["Totals"], []]
    assert (status, lines[0]["requests"][0]["data"]["$add"]) == (0, {"sign_ups": 1})


def test_wrong_mappings_are_said_with_file_and_line(tmp_path: Path) -> None:
    """There is no preview of mappings that cannot work."""
    (tmp_path / "m.json").write_text('[\n{"partnerAction": "alias", "mapping": {},\n"subscribe": "x"}]')

    status, lines, said = preview("--mappings", str(tmp_path / "m.json"), given=json.dumps(TRACK))

    assert (status, lines) == (2, [])
    assert "m.json:3: /0/subscribe" in said


def test_event_only_prints_the_records_of_each_line() -> None:
    """One list for each line of input, empty where nothing is sent; errors go to stderr."""
    order = {**TRACK, "event": "Order Completed", "properties": {"products": [{"product_id": "p1"}]}}
    given = f"{json.dumps(order)}\n{{broken\n{json.dumps({**TRACK, 'event': {}})}\n[1]\n"

    status, lines, said = preview("--event-only", given=given)

    assert [[record["event"] for record in line] for line in lines] == [  # type: ignore[index]
        ["Order Completed", "Product Purchased"],
        [],
        [],
        [],
    ]
    assert status == 1
    assert "line 2 is not JSON" in said
    assert "line 3: Track Calls: Event Name must be a string" in said
    assert "line 4: a message must be an object" in said


def test_a_table_for_people() -> None:
    """``--table`` draws the requests, and says of which line nothing is sent."""
    command = "import sys; from analytics_mixpanel.cli import main; raise SystemExit(main())"
    given = f"{json.dumps(TRACK)}\n{json.dumps({'type': 'alias'})}\n"
    done = subprocess.run(
        [sys.executable, "-c", command, "preview", "--table"],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "COLUMNS": "250"},
    )

    assert all(text in done.stdout for text in ("Track Calls", "/import?strict=1", "nothing is sent"))


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    """Into a closed pipe there is no traceback."""
    command = [
        sys.executable,
        "-c",
        "from analytics_mixpanel.cli import main; raise SystemExit(main())",
        "preview",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout
        running.stdout.close()
        _, said = running.communicate(json.dumps(TRACK).encode(), timeout=60)

    assert (running.returncode, said) == (1, b"")
