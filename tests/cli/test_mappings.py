"""``analytics-mixpanel mappings``, run as a command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics_mixpanel_destination import presets

WRONG = """[
  {"subscribe": "type = \\"track\\"", "partnerAction": "trackEvent", "mapping": {}},
  {
    "subscribe": "type = ",
    "partnerAction": "trackEvnt",
    "mapping": {
      "event": {"@path": 5}
    }
  }
]
"""


def test_the_preset_is_the_default_list(command: Callable[..., Any]) -> None:
    """It is printed as JSON for people: in lines, and equal to what code gets."""
    done = command("mappings", "preset")

    assert (done.status, json.loads(done.out)) == (0, presets())
    assert len(done.out.splitlines()) > 100


def test_the_preset_has_no_errors(command: Callable[..., Any]) -> None:
    """What preset prints, check takes, through a pipe."""
    done = command("mappings", "check", given=command("mappings", "preset").out)

    assert (done.status, done.out) == (0, "6 mappings, no errors\n")


def test_the_preset_as_json_lines(command: Callable[..., Any]) -> None:
    """With --json, each mapping is a line."""
    assert command("mappings", "preset", "--json").rows == presets()


def test_all_errors_of_a_file_are_printed_with_their_lines(
    command: Callable[..., Any], tmp_path: Path
) -> None:
    """Each error is a line with file, line, path and reason; then comes the sum, and the status is 1."""
    (tmp_path / "m.json").write_text(WRONG)
    done = command("mappings", "check", "m.json")

    places = [line.split(": ")[:2] for line in done.out.splitlines()[:-1]]
    assert places == [["m.json:5", "/1/partnerAction"], ["m.json:7", "/1/mapping/event/@path"]]
    assert (done.status, done.out.splitlines()[-1]) == (1, "2 mappings, 2 errors")


def test_errors_as_json_lines(command: Callable[..., Any]) -> None:
    """With --json each error is an object, and the sum is the last one."""
    done = command("mappings", "check", "--json", "-", given=WRONG)

    *errors, total = done.rows
    assert [(error["file"], error["line"], error["path"]) for error in errors] == [
        ("<stdin>", 5, "/1/partnerAction"),
        ("<stdin>", 7, "/1/mapping/event/@path"),
    ]
    assert errors[1]["message"] == "should be a string or a directive but it is: number"
    assert (done.status, total) == (1, {"mappings": 2, "errors": 2})


def test_what_is_not_json_is_said_with_its_line(command: Callable[..., Any]) -> None:
    """A file that cannot be decoded has one error."""
    done = command("mappings", "check", given='[\n  {"name": }\n]')

    assert done.out.startswith("<stdin>:2: is not JSON:")
    assert done.status == 1


def test_a_missing_file_cannot_be_checked(command: Callable[..., Any]) -> None:
    """The status is 2, and the file is named."""
    done = command("mappings", "check", "nowhere.json")

    assert (done.status, done.out) == (2, "")
    assert "nowhere.json" in done.err


def test_a_destination_without_mappings_is_said_so(command: Callable[..., Any]) -> None:
    """A plugin that is not installed cannot check anything."""
    done = command("mappings", "check", "--destination", "Nowhere", given="[]")

    assert done.status == 2
    assert "no installed plugin called 'Nowhere'" in done.err
