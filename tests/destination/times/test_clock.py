"""Timestamps as Segment reads them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.times.clock import event_time, is_date_like, now, parse_any, parse_usual

NOW = 1_700_000_000_123
AUGUST = 1_629_213_675_000


def _time(value: Any) -> int:
    return event_time(value, lambda: NOW)


@pytest.mark.parametrize("value", [None, "", 0, -0.0, 8.64e15 + 2, float("nan"), "soon", False])
def test_what_is_no_time_is_now(value: Any) -> None:
    """A time that is missing, zero, out of range or unreadable is the present."""
    assert _time(value) == NOW


def test_numbers_are_milliseconds() -> None:
    """Seconds are not recognised, fractions are cut off."""
    assert _time(1_629_213_675) == 1_629_213_675
    assert _time(1_629_213_675_449.7) == 1_629_213_675_449
    assert _time(-1.5) == -1


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2021-08-17T15:21:15Z", AUGUST),
        ("2021-08-17T15:21:15.449Z", AUGUST + 449),
        ("2021-08-17T15:21:15.449999Z", AUGUST + 449),
        ("2021-08-17T15:21:15.4Z", AUGUST + 400),
        ("2021-08-17T17:21:15+02:00", AUGUST),
        ("2021-08-17T08:21:15-0700", AUGUST),
        ("2021-08-17 15:21:15", AUGUST),
        ("20210817T152115", AUGUST),
    ],
)
def test_usual_texts(text: str, milliseconds: int) -> None:
    """A text with a zone is an instant, one without is UTC."""
    assert _time(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2021-08-17T15:21:15.4", AUGUST + 4),
        ("2021-02-30", 1_614_643_200_000),
        ("2021-13-01", 1_640_995_200_000),
        ("2021-00-01", 1_606_780_800_000),
        ("2021-08-00", 1_627_689_600_000),
        ("0001-01-01", -2_177_452_800_000),
        ("1629213675449", -10705032951000),
    ],
)
def test_the_odd_rules_of_dayjs(text: str, milliseconds: int) -> None:
    """Without a zone parts overflow, a fraction counts milliseconds, and years below 100 are of the 1900s."""
    assert _time(text) == milliseconds


@pytest.mark.parametrize(
    "text", ["2021-13-01T00:00:00Z", "2021-08-17T15:21:60Z", "2021-W33-2", "today", "null"]
)
def test_what_the_schema_refuses(text: str) -> None:
    """A text that is no time at all fails the event."""
    assert not is_date_like(text)


def test_a_text_written_as_a_number_is_checked_as_seconds() -> None:
    """Fourteen digits are too many seconds, eight are not, though both are read otherwise later."""
    assert is_date_like("20210817")
    assert not is_date_like("20210817152115")
    assert is_date_like("-1")
    assert not is_date_like("1e21")


_INSTANTS = st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31))
_FORMS = st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f"])


@given(instant=_INSTANTS, form=_FORMS, zone=st.sampled_from(["Z", "z", "+00:00", "-00:00", "+02:00", ""]))
def test_the_fast_way_agrees_with_the_rule(instant: datetime, form: str, zone: str) -> None:
    """What the fast way reads is what the general rule reads."""
    text = instant.strftime(form).zfill(len(form)) + zone
    fast = parse_usual(text)
    assert fast is None or fast == parse_any(text)


@given(text=st.from_regex(r"[0-9]{3,5}-[0-9]{2}-[0-9]{2}T[0-9:.+-]{2,18}(Z|\+00:00)", fullmatch=True))
def test_the_fast_way_agrees_on_broken_texts(text: str) -> None:
    """A text that only looks usual is left to the general rule."""
    fast = parse_usual(text)
    assert fast is None or fast == parse_any(text)


@given(instant=_INSTANTS)
def test_the_fast_way_reads_pythons_own_form(instant: datetime) -> None:
    """``datetime.isoformat`` in UTC is read without the general rule."""
    aware = instant.replace(tzinfo=timezone.utc)
    expected = (aware - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
    assert parse_usual(aware.isoformat()) == expected


def test_now_is_in_milliseconds() -> None:
    """The clock tells milliseconds since 1970."""
    assert abs(now() - datetime.now(timezone.utc).timestamp() * 1000) < 60_000
