"""From messages to what Mixpanel has then, over a real connection to its stand-in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel_destination import Mixpanel

TOKEN = "the-project-token-0123456789"


@pytest.fixture
def mixpanel() -> Iterator[StandIn]:
    """A stand-in with one project, which has a secret."""
    with StandIn(projects={TOKEN: Project(secret="the-secret")}) as running:
        yield running


@pytest.fixture
def deliver(mixpanel: StandIn) -> Iterator[Callable[..., Outcome]]:
    """A function that delivers messages to the stand-in, with these settings."""
    made: list[Mixpanel] = []

    def run(*messages: Any, **settings: Any) -> Outcome:
        made.append(Mixpanel(**{"token": TOKEN, "api_host": mixpanel.url, **settings}))
        return made[-1].deliver(Batch(list(messages), 1, time.monotonic() + 30))

    yield run
    for each in made:
        each.shutdown()


def message(kind: str, number: int = 1, **fields: Any) -> Any:
    """A message in wire form."""
    sent = {"messageId": f"message-{number}", "timestamp": "2023-11-14T22:13:20Z", "userId": "user-1"}
    return {"type": kind, **sent, **fields}


def test_everything_arrives(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Events, identities, user profiles and group profiles are what Mixpanel then has."""
    products = [{"product_id": "p1", "price": 42.5}]
    outcome = deliver(
        message("track", 1, event="Order Completed", properties={"total": 42.5, "products": products}),
        message("page", 2, name="Pricing"),
        message("identify", 3, anonymousId="2f0a4b6e-6f0c-4f43-9d0b-0a3f7f5f8d11", traits={"plan": "pro"}),
        message("group", 4, groupId="acme", traits={"name": "Acme"}),
    )

    assert outcome == Outcome()
    assert {each.event for each in mixpanel.events} == {
        "$identify",
        "Order Completed",
        "Product Purchased",
        "Viewed Pricing",
    }
    assert [(each.distinct_id, each.properties) for each in mixpanel.profiles] == [
        ("user-1", {"plan": "pro"})
    ]
    assert [(each.group_id, each.properties) for each in mixpanel.groups] == [("acme", {"$name": "Acme"})]


def test_a_refused_event_is_rejected_with_its_field(deliver: Callable[..., Outcome]) -> None:
    """Mixpanel's own words about one event are the reason; the others are delivered."""
    future = message("track", 2, event="B", timestamp="2999-01-01T00:00:00Z")
    outcome = deliver(message("track", 1, event="A"), future, message("track", 3, event="C"))

    assert {index: each.field for index, each in outcome.rejected.items()} == {1: "properties.time"}
    assert "must not be in the future" in outcome.rejected[1].reason


def test_the_secret_of_the_project_is_accepted_and_another_pauses(
    mixpanel: StandIn, deliver: Callable[..., Outcome]
) -> None:
    """The credential that is sent is the one that Mixpanel knows."""
    refused = deliver(message("track", event="A"), api_secret="another-secret")
    taken = deliver(message("track", event="A"), api_secret="the-secret")

    assert refused.paused is not None
    assert "MIXPANEL_API_SECRET" in refused.paused
    assert (taken, len(mixpanel.events)) == (Outcome(), 1)


def test_more_than_one_request_holds_arrives_once(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Five thousand events take several requests, and each of them is there once."""
    outcome = deliver(*[message("track", number, event="A") for number in range(5_000)])

    assert outcome == Outcome()
    assert len({each.properties["$insert_id"] for each in mixpanel.events}) == len(mixpanel.events) == 5_000
