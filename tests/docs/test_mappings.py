"""The page on mappings: every example on it is run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.mapping import matches, resolve
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.actions import ACTIONS
from analytics_mixpanel_destination.presets import payload_schema

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)


def blocks(kind: str) -> list[Any]:
    """The JSON of the blocks of one kind, in their order."""
    return [json.loads(text) for language, name, text in BLOCKS if (language, name) == ("json", kind)]


def files() -> Iterator[tuple[str, str]]:
    """The names and contents of the blocks that are files."""
    return ((name, text) for _, name, text in BLOCKS if "." in name)


def sessions() -> list[tuple[str, str]]:
    """The commands, and what the page says that they print."""
    found = [text.partition("\n") for language, _, text in BLOCKS if language == "console"]
    return [(command.removeprefix("$ "), printed) for command, _, printed in found]


@pytest.mark.parametrize("example", blocks("condition"), ids=lambda example: str(example["condition"]))
def test_a_condition_holds_for_what_the_page_says(example: dict[str, Any]) -> None:
    """Each condition holds for its first messages, and not for the others."""
    condition = example["condition"]

    assert [message for message in example["holds for"] if not matches(condition, message)] == []
    assert [message for message in example["not for"] if matches(condition, message)] == []


@pytest.mark.parametrize(
    ("mapping", "payload", "result"),
    list(zip(blocks("mapping"), blocks("payload"), blocks("result"), strict=True)),
)
def test_a_directive_gives_what_the_page_says(mapping: Any, payload: Any, result: Any) -> None:
    """Each mapping makes its result of its payload."""
    assert resolve(mapping, payload) == result


def examples_of_actions() -> list[tuple[Any, Any, Any]]:
    """The mappings that are followed by a message and its records."""
    triple = r"```json mappings\n([^`]*)```\n```json message\n([^`]*)```\n```json records\n([^`]*)```"
    return [(json.loads(a), json.loads(b), json.loads(c)) for a, b, c in re.findall(triple, PAGE)]


@pytest.mark.parametrize(("mappings", "message", "records"), examples_of_actions())
def test_an_action_makes_the_records_on_the_page(mappings: Any, message: Any, records: Any) -> None:
    """Each message becomes these records, and no error."""
    shown = Mixpanel(token="TOKEN", mappings=mappings).preview(message)

    bodies = [request["json"][0] if "json" in request else request["data"] for request in shown["requests"]]
    assert (bodies, shown["errors"]) == (records, [])


@pytest.mark.parametrize(("command", "printed"), sessions())
def test_a_command_prints_what_the_page_says(
    command: str, printed: str, stand_in: StandIn, tmp_path: Path
) -> None:
    """Each command, run beside the files of the page, prints just that."""
    for name, text in files():
        (tmp_path / name).write_text(text, encoding="utf-8")
    program, *arguments = command.split()
    run = "from analytics_mixpanel.cli import main; raise SystemExit(main())"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
    done = subprocess.run(
        [sys.executable, "-c", run, *arguments],
        cwd=tmp_path,
        env={**kept, "MIXPANEL_TOKEN": "TOKEN", "MIXPANEL_API_HOST": stand_in.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (program, done.stdout) == ("analytics-mixpanel", printed)


def test_the_file_is_given_to_the_app_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines of Python on the page make a client of the file."""
    (tmp_path / "mappings.json").write_text(dict(files())["mappings.json"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for language, _, text in BLOCKS:
        if language == "python":
            exec(text, names)

    assert names["client"].shutdown() == 0


@pytest.mark.parametrize("mappings", blocks("mappings"))
def test_every_list_of_mappings_on_the_page_is_right(mappings: Any) -> None:
    """What can be copied from the page has no error."""
    body = json.dumps(mappings).encode()

    assert Mixpanel.check_mappings(body, "page") == (len(mappings), [])


@pytest.mark.parametrize("action", ACTIONS)
def test_the_page_names_every_action_and_field(action: str) -> None:
    """An analyst finds each action, and each of its fields, in code type."""
    names = [action, *payload_schema(action)["properties"]]
    shown = set(re.findall(r"`(\w+)`", PAGE)) | set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE))

    assert [name for name in names if name not in shown] == []


def test_the_page_has_an_example_of_every_directive() -> None:
    """No directive is missing among the mappings that are run."""
    text = json.dumps(blocks("mapping"))
    known = (
        "path template literal if case replace arrayPath merge transform flatten json liquid excludeWhenNull"
    )

    assert [name for name in known.split() if f'"@{name}"' not in text] == []
