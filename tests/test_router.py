"""Which destinations a message is for, and what is accounted on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import define

from analytics_mixpanel import Batch, Client, hookimpl

MakeClient = Callable[..., Client]


@define(eq=False)
class Named:
    """A destination that ``integrations`` may call by another name."""

    name: str = "Shop"
    integration_names: tuple[str, ...] = ("Corner Shop", "shop.example")

    @hookimpl
    def deliver(self, batch: Batch) -> None:
        """Take everything."""


@pytest.mark.parametrize(
    ("integrations", "chosen"),
    [
        ({}, True),
        ({"All": True}, True),
        ({"All": False}, False),
        ({"All": None}, False),
        ({"Shop": True}, True),
        ({"Shop": False}, False),
        ({"Shop": None}, False),
        ({"Shop": {"setting": 1}}, True),
        ({"Shop": {}}, True),
        ({"All": False, "Shop": True}, True),
        ({"All": False, "Shop": {"setting": 1}}, True),
        ({"All": True, "Shop": False}, False),
        ({"Shop": False, "All": True}, False),
        ({"Other": False}, True),
        ({"Other": True}, True),
        ({"All": False, "Other": True}, False),
        ({"Corner Shop": False}, False),
        ({"All": False, "shop.example": True}, True),
    ],
)
def test_integrations_choose_destinations(
    make_client: MakeClient, integrations: dict[str, Any], chosen: bool
) -> None:
    """A destination's own name decides, else ``All``, else it gets the message."""
    client = make_client(Named())
    success, _ = client.track("u", "e", integrations=integrations)
    client.flush()
    assert success
    assert client.stats()["Shop"].accepted == client.stats()["Shop"].delivered == int(chosen)


@pytest.mark.parametrize("integrations", [None, [], "All", ["Shop"], 0])
def test_other_integrations_choose_nothing(make_client: MakeClient, integrations: Any) -> None:
    """A wire message whose ``integrations`` are no dict goes everywhere."""
    client = make_client(Named())
    client.enqueue({"type": "track", "event": "e", "integrations": integrations})
    client.flush()
    assert client.stats()["Shop"].delivered == 1


def test_one_of_several_is_chosen(make_client: MakeClient, answering: Any) -> None:
    """A message goes to the chosen destination alone; the other's accounts know nothing of it."""
    first, second = answering(name="First"), answering(name="Second")
    client = make_client(first, second)
    client.track("u", "both")
    client.track("u", "one", integrations={"All": False, "Second": True})
    client.flush()
    assert (first.events, second.events) == (["both"], ["both", "one"])
    assert client.stats()["First"].accepted == 1


def test_a_full_queue_says_so(make_client: MakeClient, answering: Any) -> None:
    """What finds no room is not taken, is counted as dropped, and told with its message."""
    told: list[Any] = []
    client = make_client(
        answering(),
        max_queue_bytes=1,
        upload_interval=60,
        upload_size=100,
        on_error=lambda error, lost: told.append((error.reason, [m["event"] for m in lost])),
    )
    client._router.lanes[0].started = True  # nobody takes
    assert client.track("u", "a")[0] is True
    success, message = client.track("u", "b")
    assert success is False
    assert message["event"] == "b"
    assert told == [("queue full", ["b"])]
    stats = client.stats()["Shop"]
    assert (stats.accepted, stats.dropped, stats.pending) == (2, {"queue full": 1}, 1)


def test_too_long_a_message_is_dropped(make_client: MakeClient, answering: Any) -> None:
    """A message beyond the limit is not taken and told of, without raising and without showing a value."""
    told: list[Any] = []
    shop = answering()
    client = make_client(
        shop, max_message_bytes=1_000, on_error=lambda error, lost: told.append((error, lost))
    )
    success, message = client.track("u", "big", {"text": "x" * 2_000})
    client.track("u", "small")
    client.flush()
    assert success is False
    assert shop.events == ["small"]
    assert told[0][0].reason == "longer than 1000 bytes"
    assert "xxx" not in str(told[0][0])
    assert told[0][1] == [message]
    assert client.stats()["Shop"].dropped == {"longer than 1000 bytes": 1}


def test_the_loss_of_a_message_for_another_is_not_counted(make_client: MakeClient, answering: Any) -> None:
    """What a destination would not have got anyway is no loss of it."""
    client = make_client(answering(name="First"), answering(name="Second"), max_message_bytes=10)
    client.track("u", "e", integrations={"First": False})
    assert client.stats()["First"].accepted == 0
    assert client.stats()["Second"].dropped == {"longer than 10 bytes": 1}


def test_after_shutdown_nothing_is_taken(make_client: MakeClient, answering: Any) -> None:
    """A call after ``shutdown`` returns False; its message is counted as dropped."""
    shop = answering()
    client = make_client(shop)
    client.track("u", "a")
    client.shutdown()
    assert client.track("u", "b")[0] is False
    stats = client.stats()["Shop"]
    assert (stats.accepted, stats.delivered, stats.dropped) == (2, 1, {"shutdown": 1})
    assert shop.events == ["a"]
