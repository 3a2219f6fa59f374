"""The mappings in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics_mixpanel.debugger.translating import Translating
from analytics_mixpanel.errors import ConfigurationError, MappingError

TRACK = {"type": "track", "userId": "u", "event": "A", "messageId": "m", "timestamp": "2026-01-01T00:00:00Z"}
RENAMED = [
    {
        "name": "Renamed",
        "subscribe": 'type = "track"',
        "partnerAction": "trackEvent",
        "mapping": {"event": "Renamed", "distinct_id": {"@path": "$.userId"}},
    }
]


def test_segments_presets_are_the_default() -> None:
    """What the plugin does without settings."""
    translating = Translating()
    assert "Track Calls" in {mapping["name"] for mapping in translating.mappings}
    (made,) = translating.translate(TRACK, "t").records
    assert (made.endpoint, made.body["event"], made.preset) == ("import", "A", "Track Calls")


def test_what_is_sent_by_default_besides_is_there() -> None:
    """An alias call becomes a record, though Segment has no preset for it."""
    alias = {"type": "alias", "userId": "u", "previousId": "a", "messageId": "m"}
    assert [made.endpoint for made in Translating().translate(alias, "t").records] == ["track"]


def test_the_default_ones_can_be_given_back() -> None:
    """Who changes one of them and keeps the others loses nothing."""
    alias = {"type": "alias", "userId": "u", "previousId": "a", "messageId": "m"}
    translating = Translating()
    translating.use(translating.mappings)
    assert [made.endpoint for made in translating.translate(alias, "t").records] == ["track"]


def test_others_can_be_put_in_force(tmp_path: Path) -> None:
    """A list or a file; and the default ones again."""
    file = tmp_path / "mappings.json"
    file.write_text(json.dumps(RENAMED))
    for given in (RENAMED, str(file)):
        translating = Translating()
        translating.translate(TRACK, "t")
        translating.use(given)
        assert [mapping["name"] for mapping in translating.mappings] == ["Renamed"]
        assert translating.translate(TRACK, "t").records[0].body["event"] == "Renamed"
        translating.use(None)
        assert translating.translate(TRACK, "t").records[0].body["event"] == "A"


@pytest.mark.parametrize("given", [[{"name": "x"}], "/nowhere.json", 5, [{**RENAMED[0], "subscribe": "(("}]])
def test_what_cannot_work_changes_nothing(given: object) -> None:
    """The error comes at once, and the old ones stay in force."""
    translating = Translating(RENAMED)
    with pytest.raises((ConfigurationError, MappingError)):
        translating.use(given)
    assert translating.translate(TRACK, "t").records[0].body["event"] == "Renamed"


def test_each_project_has_its_own_token() -> None:
    """Of many, the oldest is forgotten and found again."""
    translating = Translating()
    identify = {"type": "identify", "userId": "u", "traits": {"a": 1}}
    tokens = [f"t{number}" for number in range(150)] * 2
    made = [translating.translate(identify, token).records[0].body["$token"] for token in tokens]
    assert made == tokens
    assert len(translating._by_token) <= 100


def test_changing_what_is_shown_changes_nothing() -> None:
    """The list is a copy."""
    translating = Translating(RENAMED)
    translating.mappings[0]["mapping"]["event"] = "Other"
    translating.mappings.clear()
    assert translating.mappings[0]["mapping"]["event"] == "Renamed"


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The debugger runs where an application's settings are, and is not that application."""
    monkeypatch.setenv("MIXPANEL_REGION", "mars")
    monkeypatch.setenv("MIXPANEL_SERVICE_ACCOUNT", "nonsense")
    assert Translating().translate(TRACK, "t").records
