"""Mappings that a destination is given, in code or as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError, MappingError
from analytics_mixpanel_destination import Mixpanel, presets
from analytics_mixpanel_destination.mappings import MappingFileError, load_mappings

MAPPING: dict[str, Any] = {
    "name": "Names",
    "subscribe": 'type = "track"',
    "partnerAction": "trackEvent",
    "mapping": {"event": {"@path": "$.event"}, "event_properties": {"of": {"a": [1]}}},
}
MESSAGE: Any = {
    "type": "track",
    "event": "E",
    "userId": "u",
    "messageId": "m",
    "timestamp": "2024-05-01T12:00:00Z",
}


def names(mixpanel: Mixpanel) -> list[str]:
    """The names of the mappings that make something of a track call."""
    return [request["preset"] for request in mixpanel.preview(MESSAGE)["requests"]]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_is_taken_by_its_path(kind: Any, tmp_path: Path) -> None:
    """As text or as a Path."""
    file = tmp_path / "mappings.json"
    file.write_text(json.dumps([MAPPING, {**MAPPING, "name": "Off", "enabled": False}]))

    assert names(Mixpanel(token="t", mappings=kind(file))) == ["Names"]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    file = tmp_path / "mappings.json"
    file.write_text(json.dumps([MAPPING]), encoding="utf-8-sig")

    assert names(Mixpanel(token="t", mappings=file)) == ["Names"]


def test_all_that_match_do_their_part_in_order() -> None:
    """Several mappings may make records of one message."""
    second = {**MAPPING, "name": "Second"}

    assert names(Mixpanel(token="t", mappings=(MAPPING, second))) == ["Names", "Second"]


def test_the_presets_given_are_as_the_presets_not_given() -> None:
    """What Segment would send is the same."""
    assert Mixpanel(token="t", mappings=presets()).preview(MESSAGE) == Mixpanel(token="t").preview(MESSAGE)


def test_an_empty_list_sends_nothing() -> None:
    """It does not mean the presets."""
    assert names(Mixpanel(token="t", mappings=[])) == []


def test_the_first_error_is_raised_with_file_and_line(tmp_path: Path) -> None:
    """It says where to look, in words and as attributes."""
    file = tmp_path / "mappings.json"
    file.write_text('[\n {"subscribe": "type = 1",\n  "partnerAction": "x"}\n]')
    with pytest.raises(MappingFileError) as caught:
        Mixpanel(token="t", mappings=str(file))

    assert str(caught.value).startswith(
        f"{file}:3: /0/partnerAction: unknown action 'x'; the known ones are "
    )
    assert (caught.value.file, caught.value.line, caught.value.path) == (str(file), 3, "/0/partnerAction")


def test_the_first_error_in_code_is_raised_with_its_path() -> None:
    """There is no file to name."""
    with pytest.raises(MappingError, match=r"^/1/mapping/event/@path: should be") as caught:
        Mixpanel(token="t", mappings=[MAPPING, {**MAPPING, "mapping": {"event": {"@path": None}}}])

    assert caught.value.path == "/1/mapping/event/@path"


@pytest.mark.parametrize(
    ("body", "line", "text"),
    [
        (b"[\n\n{]", 3, "is not JSON"),
        (b"", 1, "is not JSON"),
        (b'[\n"\xff"]', 2, "is not UTF-8"),
        (b"[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_decoded_says_where(body: bytes, line: int, text: str, tmp_path: Path) -> None:
    """It is an error of the mappings, with the line."""
    file = tmp_path / "mappings.json"
    file.write_bytes(body)
    with pytest.raises(MappingFileError, match=text) as caught:
        load_mappings(file)

    assert caught.value.line == line


@pytest.mark.parametrize("name", ["nowhere.json", "", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_wrong_setting(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting and the file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"mappings: the file .* cannot be read"):
        load_mappings(name)


def test_the_callers_objects_are_not_kept() -> None:
    """Changing them afterwards changes nothing."""
    given = json.loads(json.dumps([MAPPING]))
    mixpanel = Mixpanel(token="t", mappings=given)
    given[0]["mapping"]["event_properties"]["of"]["a"].append(2)
    given.clear()
    (request,) = mixpanel.preview(MESSAGE)["requests"]

    assert request["json"][0]["properties"]["of"] == {"a": [1]}
