"""What JavaScript's Date makes of a text; the answers are V8's, in the zone UTC."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.times.js_date import parse_date

AUGUST = 1_629_213_675_000
DAY = 1_629_158_400_000


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2021-08-17", DAY),
        ("2021", 1_609_459_200_000),
        ("2021-08-17T15:21:15", AUGUST),
        ("2021-08-17T15:21:15.1239Z", AUGUST + 123),
        ("2021-08-17T24:00:00Z", DAY + 86_400_000),
        ("2021-02-30T00:00:00Z", 1_614_643_200_000),
        ("+002021-08-17T15:21:15Z", AUGUST),
        ("-000001-01-01T00:00:00Z", -62_198_755_200_000),
        ("2021-08-17T17:21:15+0200", AUGUST),
    ],
)
def test_iso_8601(text: str, milliseconds: int) -> None:
    """The standard's form, with an offset of either spelling; a day may overflow its month."""
    assert parse_date(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("Tue, 17 Aug 2021 15:21:15 GMT", AUGUST),
        ("Tue Aug 17 2021 17:21:15 GMT+0200 (CEST)", AUGUST),
        ("August 17, 2021 3:21 PM", AUGUST - 15_000),
        ("8/17/2021", DAY),
        ("17-Aug-21", DAY),
        ("2021-08-17 15:21:15 EST", AUGUST + 5 * 3_600_000),
        ("2021-08-17Z", DAY),
        ("Aug 17", 998_006_400_000),
        ("0", 946_684_800_000),
        ("12:00 AM 8/17/2021", DAY),
        (" 2021-08-17T15:21:15Z ", None),
        ("15:21:15.5 8/17/2021", AUGUST + 500),
        ("1/2/49", 2_493_158_400_000),
        ("1/2/50", -631_065_600_000),
    ],
)
def test_older_forms(text: str, milliseconds: int | None) -> None:
    """Months by name, American order, halves of the day, zones by name or offset, two digits for a year."""
    assert parse_date(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2021-08-17T",
        "2021-08-17T15",
        "2021-08-17T15:21:60Z",
        "2021-08-17T24:00:01Z",
        "2021-08-17T15:21:15Zfoo",
        "13/1/2021 at noon",
        "1 2 3 4",
        "1:2:3:4:5:6",
        "13:00 PM 1/1/2021",
        "8/17/2021 10:00 +12345",
        "+999999-01-01",
    ],
)
def test_what_is_no_date(text: str) -> None:
    """Anything else is not a number."""
    assert parse_date(text) is None


@given(text=st.text(max_size=30) | st.text("0123456789:-+.TZ AaMmPp()/,", max_size=30))
def test_no_text_raises(text: str) -> None:
    """Every text gives an instant within the range of a Date, or none."""
    milliseconds = parse_date(text)
    assert milliseconds is None or abs(milliseconds) <= 8_640_000_000_000_000
