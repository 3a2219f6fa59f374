"""Segment's settings, pasted as they are."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.segment_settings import segment_endpoints, validate_settings


def test_settings_are_coerced_and_unknown_ones_dropped() -> None:
    """What Segment does not know is not kept; null becomes an empty text."""
    given = {"projectToken": 5, "strictMode": 1, "sourceName": None, "color": "red"}
    assert validate_settings(given) == {"projectToken": "5", "strictMode": "1", "sourceName": ""}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "The root value is missing the required field 'projectToken'."),
        (
            {"projectToken": "t", "apiRegion": "EU"},
            'Data Residency must be one of: "US 🇺🇸", "EU 🇪🇺", or "IN 🇮🇳".',
        ),
        ({"projectToken": "t", "strictMode": "yes"}, 'Strict Mode must be one of: "1" or "0".'),
    ],
)
def test_wrong_settings_are_refused_in_segments_words(settings: dict[str, Any], message: str) -> None:
    """The error names the setting by its label and lists what it may be."""
    with pytest.raises(ConfigurationError) as caught:
        validate_settings(settings)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://api.mixpanel.com/import?strict=1"),
        ({"apiRegion": "EU 🇪🇺", "strictMode": "0"}, "https://api-eu.mixpanel.com/import?strict=0"),
        ({"apiRegion": "IN 🇮🇳"}, "https://api-in.mixpanel.com/import?strict=1"),
        ({"apiRegion": "EU"}, "https://api.mixpanel.com/import?strict=1"),
    ],
)
def test_the_region_chooses_the_host(settings: dict[str, Any], url: str) -> None:
    """A region is known by its flag; any other text means the United States."""
    assert segment_endpoints(settings)["import"] == url
