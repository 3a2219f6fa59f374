"""The group keys that were declared."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_groups.keys import Keys


@pytest.mark.parametrize(
    ("given", "named", "key"),
    [
        ((), None, "$group_id"),
        (("company_id",), None, "company_id"),
        (("company_id", "team_id"), None, "company_id"),
        (("company_id", "team_id"), "team_id", "team_id"),
        (({"company": "company_id", "team": "team_id"},), None, "company_id"),
        (({"company": "company_id", "team": "team_id"},), "team", "team_id"),
        (({"company": "company_id", "team": "team_id"},), "team_id", "team_id"),
        (("company_id", {"team": "team_id"}), "team", "team_id"),
        (("company_id",), 5, "company_id"),
        (("company_id",), "", "company_id"),
    ],
)
def test_a_type_has_its_key(given: Any, named: Any, key: str) -> None:
    """By its name or by the key itself; the first for those that name none."""
    assert Keys(given).of(named) == key


def test_what_was_not_declared_is_a_key_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    """So that squads are not mixed with companies; a warning says so once, with what was declared."""
    keys = Keys(({"company": "company_id"},))
    assert [keys.of("squad"), keys.of("squad"), keys.of("company")] == ["squad", "squad", "company_id"]
    (record,) = caplog.records
    assert record.getMessage() == (
        "the group key 'squad' was never declared: Groups(...) has 'company_id'. It is used as it is; "
        "Mixpanel keeps only groups under keys that are defined in the project's settings"
    )


def test_warnings_come_to_an_end(caplog: pytest.LogCaptureFixture) -> None:
    """Types that come with the data do not fill the log, nor the memory."""
    keys = Keys(())
    for number in range(300):
        keys.of(f"type-{number}")
    assert len(caplog.records) == 100


@pytest.mark.parametrize(
    "given",
    [
        ("",),
        (5,),
        ({},),
        ({"company": None},),
        ("company_id", "company_id"),
        ({"company": "company_id", "firm": "company_id"},),
        ("distinct_id",),
        ("time",),
    ],
)
def test_wrong_keys_raise(given: Any) -> None:
    """No text, nothing, declared twice, or a name that events cannot carry."""
    with pytest.raises(ConfigurationError):
        Keys(given)
