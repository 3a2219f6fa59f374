"""Ids, times and checks of arguments."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy
import pytest

from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.message import (
    MessageIds,
    Timestamps,
    copied,
    id_text,
    identity,
    optional_text,
    timestamp_text,
    with_timezone,
)

_UUID = UUID("12345678-1234-5678-1234-567812345678")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("u", "u"),
        (157963456373623802, "157963456373623802"),
        (1.5, "1.5"),
        (Decimal("2"), "2"),
        (_UUID, str(_UUID)),
    ],
)
def test_an_id_becomes_text(value: object, text: str) -> None:
    """Strings, numbers and UUIDs are ids, and keep every digit."""
    assert id_text("user_id", value) == text


@pytest.mark.parametrize("value", [None, ["u"], {"id": 1}, b"u", object()])
def test_other_values_are_no_ids(value: object) -> None:
    """Anything else is an error that names the argument."""
    with pytest.raises(ArgumentError, match=r"^user_id must be a str, a number or a UUID, not "):
        id_text("user_id", value)


@pytest.mark.parametrize(("user", "anonymous"), [(None, None), ("", None), (None, ""), ("", "")])
def test_one_identity_must_be_there(user: str | None, anonymous: str | None) -> None:
    """Without any id there is nobody to record."""
    with pytest.raises(ArgumentError, match="user_id or anonymous_id must be given"):
        identity(user, anonymous)


def test_both_identities_are_kept() -> None:
    """A user's id and the anonymous one go side by side, each as text."""
    assert identity(7, _UUID) == ("7", str(_UUID))


_ARRAYS = [numpy.array([1, 2]), numpy.array(["a"]), numpy.array([])]


@pytest.mark.parametrize("value", _ARRAYS, ids=str)
def test_an_array_is_no_argument(value: Any) -> None:
    """What refuses to say whether it is empty is an error that names the argument, as any other value."""
    with pytest.raises(ArgumentError, match=r"^user_id must be a str, a number or a UUID, not ndarray"):
        identity(value, "anonymous")
    with pytest.raises(ArgumentError, match=r"^anonymous_id must be a str, a number or a UUID, not ndarray"):
        identity(None, value)
    if value.size:  # of an empty one, older numpys say so
        with pytest.raises(ArgumentError, match=r"^traits must be a dict, not ndarray"):
            copied("traits", value)
        with pytest.raises(ArgumentError, match=r"^name must be a str, not ndarray"):
            optional_text("name", value)


@pytest.mark.parametrize("value", [None, {}])
def test_no_values_are_an_empty_dict(value: Any) -> None:
    """What was left out is an empty dict of the message's own."""
    result = copied("traits", value)
    assert result == {}
    assert result is not value


@pytest.mark.parametrize("value", ["text", [1], 3, ("a", 1)])
def test_values_must_be_a_mapping(value: Any) -> None:
    """Properties and traits of another type are an error that names them."""
    with pytest.raises(ArgumentError, match=r"^properties must be a dict, not "):
        copied("properties", value)


def test_an_empty_name_passes_as_upstream() -> None:
    """A name or category may be left out or empty; another type is an error."""
    assert optional_text("name", None) is None
    assert optional_text("name", "") == ""
    with pytest.raises(ArgumentError, match=r"^name must be a str, not int"):
        optional_text("name", 3)


def test_message_ids_are_fit_for_mixpanel() -> None:
    """An id has the length and the characters that ``$insert_id`` may have, and no two are equal."""
    ids = MessageIds()
    drawn = [ids.next() for _ in range(1000)]
    assert len(set(drawn)) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in drawn)


def test_renewed_ids_start_elsewhere() -> None:
    """After ``renew`` no id has the former random part, so that a forked child repeats none."""
    ids = MessageIds()
    before = ids.next()[:24]
    ids.renew()
    assert ids.next()[:24] != before


@pytest.mark.parametrize("now", [0.0, 1_700_000_000.0, 1_700_000_000.9999, 1_700_000_001.0005])
def test_a_timestamp_names_its_millisecond(now: float) -> None:
    """The text reads back as the time, cut to the millisecond, in UTC."""
    text = Timestamps().at(now)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", text)
    assert datetime.fromisoformat(text) == datetime.fromtimestamp(int(now * 1000) / 1000, timezone.utc)


def test_timestamps_of_one_second_differ() -> None:
    """The second that is formatted once does not freeze the milliseconds, nor the next second."""
    timestamps = Timestamps()
    seconds = [timestamps.at(now)[17:23] for now in (100.001, 100.999, 101.5, 100.25)]
    assert seconds == ["40.001", "40.999", "41.500", "40.250"]


def test_an_old_naive_time_is_utc() -> None:
    """A naive time of some while ago is taken for UTC."""
    assert timestamp_text(datetime(2014, 9, 3)) == "2014-09-03T00:00:00.000+00:00"


def test_a_naive_present_is_local() -> None:
    """A naive time of the last seconds is taken for the machine's own ``now``."""
    naive = datetime.now()
    assert with_timezone(naive) == naive.astimezone()


def test_a_zone_is_kept() -> None:
    """A time that says its zone keeps it."""
    zone = timezone(timedelta(hours=5, minutes=30))
    assert timestamp_text(datetime(2020, 1, 2, 3, 4, 5, 678_900, zone)) == "2020-01-02T03:04:05.678+05:30"
