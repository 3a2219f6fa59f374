"""What tells an event from its repetition."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_destination.actions.insert_id import conforming, random_id


@given(insert_id=st.text(max_size=60))
def test_every_id_becomes_valid(insert_id: str) -> None:
    """At most 36 letters, digits and hyphens; the same again for the same id."""
    assert re.fullmatch("[A-Za-z0-9-]{1,36}", conforming(insert_id))
    assert conforming(insert_id) == conforming(insert_id)


@given(insert_id=st.uuids())
def test_a_valid_id_is_kept(insert_id: object) -> None:
    """Nothing is changed that Mixpanel takes."""
    assert conforming(str(insert_id)) == str(insert_id)


@pytest.mark.parametrize(
    "insert_id", ["0", "-1", "null", "TRUE", "00000000-0000-0000-0000-000000000000", "", "a\n"]
)
def test_a_disallowed_id_is_hashed(insert_id: str) -> None:
    """Values that only look like an id are none to Mixpanel."""
    assert re.fullmatch("[0-9a-f]{36}", conforming(insert_id))


@given(st.data())
def test_different_ids_stay_different(data: st.DataObject) -> None:
    """Two messages are never taken for one."""
    first, second = data.draw(st.text()), data.draw(st.text())
    assert (conforming(first) == conforming(second)) == (first == second)


def test_a_new_id_is_random() -> None:
    """16 characters in base 36."""
    assert re.fullmatch("[0-9a-z]{16}", random_id())
    assert random_id() != random_id()
