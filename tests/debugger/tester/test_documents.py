"""A document of mappings, checked and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics_mixpanel.debugger.tester import as_text, check, default_document, load, save
from analytics_mixpanel.debugger.tester.documents import LONGEST
from analytics_mixpanel.errors import ConfigurationError

WRONG = """[
  {
    "subscribe": "type = \\"track",
    "partnerAction": "trackEvent",
    "mapping": {"event": {"@path": "$.event"},
                "user_id": {"@pth": "$.userId"}}
  }
]"""
GOOD = as_text([{"name": "A", "subscribe": 'type = "track"', "partnerAction": "trackEvent", "mapping": {}}])


def test_everything_wrong_has_its_place() -> None:
    """Each problem names the line, the column and the path of the member that is wrong."""
    checked = check(WRONG)
    assert [(each.line, each.column, each.path) for each in checked.problems] == [
        (3, 5, "/0/subscribe"),
        (6, 17, "/0/mapping/user_id"),
    ]
    assert "invalid directive: @pth" in checked.problems[1].message
    assert (checked.ok, checked.count, checked.mappings) == (False, 1, [])


def test_what_is_no_json_has_its_place() -> None:
    """The place is where reading ended."""
    (problem,) = check('[\n  {"name": }\n]').problems
    assert (problem.line, problem.column, problem.path) == (2, 12, "")


def test_a_good_document_gives_its_mappings() -> None:
    """They are in Segment's form, complete."""
    checked = check(GOOD)
    assert (checked.ok, checked.count) == (True, 1)
    assert checked.mappings[0]["enabled"] is True


def test_the_default_document_is_good() -> None:
    """It has Segment's presets and our additions to them."""
    checked = check(default_document())
    assert checked.ok
    assert [mapping["name"] for mapping in checked.mappings][:1] == ["Track Calls"]
    assert "Alias Calls" in [mapping["name"] for mapping in checked.mappings]


@pytest.mark.parametrize("text", ["", "null", "[]x", "[" * 100_000, "\ud800", '[{"name": "\\ud800"}]'])
def test_any_text_is_answered(text: str) -> None:
    """Nothing that somebody types raises."""
    assert check(text).problems


def test_a_document_that_is_too_long_is_not_read() -> None:
    """It has one problem: that it is too long."""
    (problem,) = check(" " * (LONGEST + 1)).problems
    assert "longer than" in problem.message


def test_a_document_is_kept_and_read_again(tmp_path: Path) -> None:
    """What was saved is what is loaded, to the letter."""
    file = tmp_path / "mappings.json"
    assert save(file, GOOD).ok
    assert load(file) == GOOD
    assert [each.name for each in tmp_path.iterdir()] == ["mappings.json"]


def test_a_wrong_document_is_not_kept(tmp_path: Path) -> None:
    """The file stays as it was, and the problems are answered."""
    file = tmp_path / "mappings.json"
    save(file, GOOD)
    assert [problem.line for problem in save(file, WRONG).problems] == [3, 6]
    assert load(file) == GOOD


def test_a_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """Saving changes what is in a file, not who may read it nor where it is."""
    file, link = tmp_path / "kept.json", tmp_path / "mappings.json"
    file.write_text("[]")
    file.chmod(0o640)
    link.symlink_to(file)
    save(link, GOOD)
    assert link.is_symlink()
    assert file.read_text() == GOOD
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_read_or_written_is_a_wrong_setting(tmp_path: Path) -> None:
    """The error names the file and the reason."""
    with pytest.raises(ConfigurationError, match=r"none\.json cannot be read: No such file"):
        load(tmp_path / "none.json")
    with pytest.raises(ConfigurationError, match=r"mappings\.json cannot be written: No such file"):
        save(tmp_path / "no" / "mappings.json", GOOD)


def test_a_document_can_be_pasted_into_segments_form() -> None:
    """It is a JSON list, indented, with its characters as they are."""
    assert json.loads(as_text([{"name": "Käufe"}])) == [{"name": "Käufe"}]
    assert "Käufe" in as_text([{"name": "Käufe"}])
