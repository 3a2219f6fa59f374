"""Senders of requests to the stand-in, and stand-ins whose clock stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from analytics_mixpanel.debugger import Project, StandIn

Post = Callable[..., requests.Response]


@pytest.fixture
def post() -> Iterator[Post]:
    """Post to a URL over a connection that is closed after the test."""
    with requests.Session() as session:

        def send(url: str, **arguments: object) -> requests.Response:
            return session.post(url, **{"timeout": 10, "allow_redirects": False, **arguments})  # type: ignore[arg-type]

        yield send


@pytest.fixture
def import_(stand_in: StandIn, post: Post) -> Post:
    """Post records to ``/import`` with a token's credentials."""

    def send(records: object, **arguments: object) -> requests.Response:
        return post(stand_in.url + "/import", json=records, **{"auth": ("token", ""), **arguments})

    return send


@pytest.fixture
def track(stand_in: StandIn, post: Post) -> Post:
    """Post records to ``/track``; the answer is an object unless the test says otherwise."""

    def send(records: object, **options: object) -> requests.Response:
        return post(stand_in.url + "/track", json=records, params={"verbose": 1, "ip": 0, **options})

    return send


@pytest.fixture
def engage(stand_in: StandIn, post: Post) -> Post:
    """Post records to ``/engage``."""

    def send(records: object, **options: object) -> requests.Response:
        return post(stand_in.url + "/engage", json=records, params={"verbose": 1, "ip": 0, **options})

    return send


@pytest.fixture
def update_groups(stand_in: StandIn, post: Post) -> Post:
    """Post records to ``/groups``."""

    def send(records: object, **options: object) -> requests.Response:
        return post(stand_in.url + "/groups", json=records, params={"verbose": 1, "ip": 0, **options})

    return send


@pytest.fixture(scope="session")
def _running_at_fixed_time() -> Iterator[StandIn]:
    with StandIn(now=lambda: 1_700_000_000.0) as running:
        yield running


@pytest.fixture
def fixed(_running_at_fixed_time: StandIn) -> StandIn:
    """A stand-in for which it is always 1,700,000,000 s since 1970."""
    _running_at_fixed_time.clear()
    return _running_at_fixed_time


@pytest.fixture(scope="session")
def _running_with_projects() -> Iterator[StandIn]:
    projects = {
        "token-a": Project("secret-a", {"alice": "pass-a", "carol": "pass-c"}, "1", group_keys=["company"]),
        "token-b": Project("secret-b", {"bob": "pass-b"}, "2", merge="simplified"),
    }
    with StandIn(projects=projects) as running:
        yield running


@pytest.fixture
def restricted(_running_with_projects: StandIn) -> StandIn:
    """A stand-in with two projects; the second one merges ids in the simplified way."""
    _running_with_projects.clear()
    return _running_with_projects
