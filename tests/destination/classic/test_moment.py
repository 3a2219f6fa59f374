"""Times as Mixpanel reads them."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.classic.moment import moment, moment_of


def test_a_moment_is_to_the_second_in_utc() -> None:
    """As Mixpanel's docs have it."""
    assert moment(1_700_000_000_999) == "2023-11-14T22:13:20"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20"),
        ("2023-11-14", "2023-11-14T00:00:00"),
        (1_700_000_000, "2023-11-14T22:13:20"),
        (1_700_000_000_000, "2023-11-14T22:13:20"),
        ("1700000000000", "2023-11-14T22:13:20"),
        ("soon", "soon"),
        (True, True),
        (None, None),
        ([1], [1]),
        (1e308, 1e308),
        (float("nan"), "nan"),
    ],
)
def test_what_is_no_date_stays(value: Any, expected: Any) -> None:
    """Texts and numbers of seconds or milliseconds are dates; everything else is left to Mixpanel."""
    answer = moment_of(value)

    assert (str(answer) if expected == "nan" else answer) == expected
