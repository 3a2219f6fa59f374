"""An id becomes another name of a user."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.translate import Translator


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ({"userId": "new", "previousId": "old"}, {"distinct_id": "old", "alias": "new"}),
        ({"anonymousId": "a", "previousId": "old"}, {"distinct_id": "old", "alias": "a"}),
        ({"userId": "new"}, {"alias": "new"}),
        ({"userId": None, "anonymousId": None}, {"alias": None}),
    ],
)
def test_the_new_id_is_an_alias_of_the_previous(fields: dict[str, Any], ids: dict[str, Any]) -> None:
    """Nothing is required: what is missing is left out, and null stays null."""
    (record,) = Translator(token="t").translate({"type": "alias", **fields}).records
    assert record.endpoint == "track"
    assert record.body == {"event": "$create_alias", "properties": {**ids, "token": "t"}}
