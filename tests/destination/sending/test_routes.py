"""Addresses, headers and bodies of the four endpoints."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from analytics_mixpanel_destination.sending.parcels import Parcel
from analytics_mixpanel_destination.sending.routes import Route, routes
from analytics_mixpanel_destination.settings import Settings


def route(endpoint: str, **settings: Any) -> Route:
    """The route of an endpoint under these settings."""
    return {each.endpoint: each for each in routes(Settings(token="tok", **settings))}[endpoint]


def parcels(count: int) -> list[Parcel]:
    """So many records."""
    return [Parcel(n, "any", json.dumps({"n": n, "s": "a&b +é"}).encode()) for n in range(count)]


def test_identity_is_sent_first_and_groups_last() -> None:
    """Who a user is comes before events and profiles."""
    assert [each.endpoint for each in routes(Settings(token="tok"))] == [
        "track",
        "import",
        "engage",
        "groups",
    ]


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({}, "https://api.mixpanel.com/import?strict=1&ip=0"),
        ({"region": "eu"}, "https://api-eu.mixpanel.com/import?strict=1&ip=0"),
        ({"strict": False}, "https://api.mixpanel.com/import?strict=0&verbose=1&ip=0"),
        ({"geolocate": True}, "https://api.mixpanel.com/import?strict=1&ip=1"),
        (
            {"username": "u", "secret": "p", "project_id": 42},
            "https://api.mixpanel.com/import?strict=1&ip=0&project_id=42",
        ),
        ({"api_secret": "s", "project_id": 42}, "https://api.mixpanel.com/import?strict=1&ip=0"),
    ],
)
def test_the_address_of_events_follows_the_settings(settings: dict[str, Any], url: str) -> None:
    """Strictness, place and project are in the query; a project only with a service account."""
    assert route("import", **settings).url == url


@pytest.mark.parametrize("endpoint", ["track", "engage", "groups"])
def test_the_other_endpoints_answer_in_json_and_carry_no_credential(endpoint: str) -> None:
    """They are verbose, do not locate, and have no Authorization, which Mixpanel knows only at /import."""
    made = route(endpoint, api_secret="s")

    assert made.url == f"https://api.mixpanel.com/{endpoint}?verbose=1&ip=0"
    assert "Authorization" not in made.headers
    assert "Content-Encoding" not in made.headers


def test_events_are_a_gzipped_array() -> None:
    """The body unpacks to the records, in order."""
    made = route("import")

    assert json.loads(gzip.decompress(made.body(parcels(3)))) == [
        json.loads(each.body) for each in parcels(3)
    ]
    assert made.headers["Content-Encoding"] == "gzip"


def test_compression_can_be_off() -> None:
    """Then the body is the array itself, and no header says otherwise."""
    made = route("import", compress=False)

    assert json.loads(made.body(parcels(2)))[1]["n"] == 1
    assert "Content-Encoding" not in made.headers


def test_a_body_is_the_same_each_time() -> None:
    """A repeated request is byte for byte the first one."""
    assert route("import").body(parcels(5)) == route("import").body(parcels(5))


@pytest.mark.parametrize("endpoint", ["engage", "groups"])
def test_profiles_are_a_plain_array(endpoint: str) -> None:
    """Profile and group updates are JSON arrays, never compressed."""
    assert [each["n"] for each in json.loads(route(endpoint).body(parcels(2)))] == [0, 1]


def test_one_identity_verb_is_an_object_in_a_form_and_several_are_a_list() -> None:
    """A form field ``data`` holds the record as Segment sends it, or the list of them."""

    def data(count: int) -> Any:
        return json.loads(parse_qs(route("track").body(parcels(count)).decode())["data"][0])

    assert data(1) == {"n": 0, "s": "a&b +é"}
    assert data(2) == [{"n": 0, "s": "a&b +é"}, {"n": 1, "s": "a&b +é"}]


def test_a_route_shows_no_credential() -> None:
    """Its repr leaves the headers out."""
    assert "Authorization" not in repr(route("import", api_secret="s"))
