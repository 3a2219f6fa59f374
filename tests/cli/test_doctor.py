"""``analytics-mixpanel doctor``."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.cli.doctor.finding import as_line, finding, outcome
from analytics_mixpanel.cli.doctor.queue_directory import check_queue
from analytics_mixpanel.cli.doctor.versions import check_versions
from analytics_mixpanel.debugger import Project, StandIn

Command = Callable[..., Any]

TOKEN = "a-token-of-a-project"
_PAGE = Path(__file__).parents[2] / "docs" / "debugger.md"


@pytest.fixture
def mixpanel() -> Iterator[StandIn]:
    """A stand-in with one project."""
    with StandIn(projects={TOKEN: Project("a-secret-of-a-project")}) as running:
        yield running


def test_where_all_is_well_a_test_event_arrives(mixpanel: StandIn, command: Command) -> None:
    """Every check has its mark, and the exit code is 0."""
    done = command("doctor", MIXPANEL_TOKEN=TOKEN, MIXPANEL_API_HOST=mixpanel.url, PYTHONIOENCODING="utf-8")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line[0] for line in lines[:-1]] == ["✓"] * 9
    assert lines[-1] == "All is well."
    assert [event.event for event in mixpanel.events] == ["Doctor Test Event"]


def _documented() -> list[tuple[str, str]]:
    """Give each command that the documentation shows, and what it shows of its output."""
    section = _PAGE.read_text(encoding="utf-8").partition("\n## Doctor\n")[2].partition("\n## ")[0]
    return re.findall(r"```console\n\$ (.*)\n([^`]*)```", section)


@pytest.mark.parametrize(("line", "shown"), _documented(), ids=["well", "wrong"])
def test_the_documentation_shows_what_it_prints(
    mixpanel: StandIn, command: Command, line: str, shown: str
) -> None:
    """Word for word, save numbers: versions, times and the port."""
    port = mixpanel.url.rpartition(":")[2]
    line = line.replace("MIXPANEL_TOKEN=…", f"MIXPANEL_TOKEN={TOKEN}").replace("8765", port)
    variables = dict(each.split("=", 1) for each in line.split() if "=" in each)
    done = command("doctor", **variables, PYTHONIOENCODING="utf-8")
    plain = re.compile(r"\d+(\.\d+)*")
    assert plain.sub("N", done.out) == plain.sub("N", shown)


def test_programs_read_json_lines(mixpanel: StandIn, command: Command) -> None:
    """One for each check, and one for the whole."""
    done = command("doctor", "--json", MIXPANEL_TOKEN=TOKEN, MIXPANEL_API_HOST=mixpanel.url)
    *findings, last = done.rows
    assert [row["check"] for row in findings] == [
        *("versions", "queue", "settings", "region", "proxy", "reachable", "clock", "credentials"),
        "test event",
    ]
    assert last == {"ok": True, "checks": 9}


def test_wrong_credentials_are_named_with_their_mend(mixpanel: StandIn, command: Command) -> None:
    """The exit code is 1, no test event is sent, and no credential is printed."""
    done = command(
        "doctor",
        MIXPANEL_TOKEN="a-wrong-token-altogether",
        MIXPANEL_API_HOST=mixpanel.url,
        PYTHONIOENCODING="utf-8",
    )
    assert done.status == 1
    assert "✗ credentials" in done.out
    assert "MIXPANEL_TOKEN" in done.out
    assert "1 thing is wrong." in done.out
    assert "a-wrong-token" not in done.out + done.err
    assert mixpanel.events == []


def test_no_event_is_sent_where_none_is_wanted(mixpanel: StandIn, command: Command) -> None:
    """It would be in the project's data."""
    done = command("doctor", "--no-send", "--json", MIXPANEL_TOKEN=TOKEN, MIXPANEL_API_HOST=mixpanel.url)
    assert done.status == 0
    assert done.rows[-2] == {"check": "test event", "ok": None, "found": "not sent: --no-send", "mend": ""}
    assert mixpanel.events == []


def test_an_event_that_is_refused_is_a_fault(mixpanel: StandIn, command: Command) -> None:
    """The reason is Mixpanel's."""
    refusal = {
        "code": 400,
        "error": "some data points in the request failed validation",
        "failed_records": [{"index": 0, "insert_id": "", "field": "properties.x", "message": "no x today"}],
        "num_records_imported": 0,
        "status": "Bad Request",
    }
    mixpanel.answer_next(None, path="/import")  # the probe's
    mixpanel.answer_next(400, body=refusal, path="/import")
    done = command("doctor", "--json", MIXPANEL_TOKEN=TOKEN, MIXPANEL_API_HOST=mixpanel.url)
    assert done.status == 1
    assert done.rows[-2]["found"] == "it was not accepted: rejected: no x today (properties.x)"


def test_a_wrong_setting_is_a_finding(command: Command) -> None:
    """The words are those that the client itself has for it."""
    done = command("doctor", "--json", MIXPANEL_TOKEN=TOKEN, MIXPANEL_REGION="moon")
    assert done.status == 1
    assert done.rows[-2]["check"] == "settings"
    assert "region must be one of us, eu, in" in done.rows[-2]["found"]


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_said(command: Command) -> None:
    """The times are bounded, and what could not be found out is open."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        done = command(
            "doctor",
            "--json",
            "--timeout",
            "0.5",
            MIXPANEL_TOKEN=TOKEN,
            MIXPANEL_API_HOST=f"http://127.0.0.1:{silent.getsockname()[1]}",
        )
        assert time.monotonic() - started < 40  # half a second, and room for a busy machine
    assert done.status == 1
    assert {row["check"]: row["ok"] for row in done.rows[:-1]} == {
        **dict.fromkeys(["versions", "queue", "settings", "region", "proxy"], True),
        "reachable": False,
        **dict.fromkeys(["clock", "credentials", "test event"]),
    }


def test_an_unknown_destination_is_a_finding(command: Command) -> None:
    """It is named."""
    done = command("doctor", "--json", "--destination", "Nowhere")
    assert done.status == 1
    assert "Nowhere" in done.rows[-2]["found"]


def test_versions_are_told() -> None:
    """Python's, ours, and those of what we need, which are new enough here."""
    found = check_versions()
    assert found["ok"] is True
    for name in ("Python", "analytics-mixpanel", "orjson", "requests"):
        assert name in found["found"]


VARIABLE = "ANALYTICS_MIXPANEL_QUEUE"


def test_a_queue_in_memory_needs_no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the default."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert check_queue()["ok"] is True


@pytest.mark.parametrize("name", ["spool", "spool/to/be/made"])
def test_a_queues_directory_that_can_be_written_is_good(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one that can be made; nothing is left in it."""
    monkeypatch.setenv(VARIABLE, f"spool:{tmp_path / name}")
    assert check_queue()["ok"] is True
    assert list(tmp_path.iterdir()) == []


def test_a_queues_directory_that_is_a_file_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mend names the variable."""
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv(VARIABLE, f"spool:{file}")
    found = check_queue()
    assert found["ok"] is False
    assert VARIABLE in found["mend"]


def test_an_unknown_queue_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """The known ones are named."""
    monkeypatch.setenv(VARIABLE, "disk")
    found = check_queue()
    assert (found["ok"], "spool:DIRECTORY" in found["found"]) == (False, True)


def test_a_terminal_without_marks_gets_letters() -> None:
    """The mend is below the finding, indented."""
    wrong = finding("clock", False, "an hour off", "Set it.")
    assert as_line(wrong, "utf-8") == "✗ clock         an hour off\n                Set it."
    assert as_line(wrong, "ascii").startswith("!! clock")


def test_the_outcome_counts_what_is_wrong() -> None:
    """What is open is not."""
    wrong, unknown = finding("a", False, ""), finding("b", None, "")
    assert outcome([unknown]) == (True, "All is well.")
    assert outcome([wrong, unknown]) == (False, "1 thing is wrong.")
    assert outcome([wrong, wrong]) == (False, "2 things are wrong.")
