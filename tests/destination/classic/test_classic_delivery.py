"""From calls to what Mixpanel has then, over a real connection to its stand-in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel_destination import Mixpanel

TOKEN = "the-project-token-0123456789"
DEVICE = "2f0a4b6e-6f0c-4f43-9d0b-0a3f7f5f8d11"
KEYS = ("company", "team")


@pytest.fixture(params=["original", "simplified"])
def merge(request: pytest.FixtureRequest) -> str:
    """Both ways of merging ids, of the project and of the plugin alike."""
    return str(request.param)


@pytest.fixture
def mixpanel(merge: Any) -> Iterator[StandIn]:
    """A stand-in with one project, which has two group keys."""
    with StandIn(projects={TOKEN: Project(merge=merge, group_keys=KEYS)}) as running:
        yield running


@pytest.fixture
def deliver(mixpanel: StandIn, merge: Any) -> Iterator[Callable[..., Outcome]]:
    """A function that delivers messages with the Classic framework, one batch each time."""
    made: list[Mixpanel] = []

    def run(*messages: Any, **settings: Any) -> Outcome:
        given = {"token": TOKEN, "api_host": mixpanel.url, "framework": "classic", "merge": merge}
        made.append(Mixpanel(**{**given, **settings}))
        return made[-1].deliver(Batch(list(messages), 1, time.monotonic() + 30))

    yield run
    for each in made:
        each.shutdown()


def message(kind: str, number: int = 1, **fields: Any) -> Any:
    """A message in wire form; a user's, if nothing else is said."""
    sent = {"messageId": f"message-{number}", "timestamp": "2023-11-14T22:13:20Z", "userId": "user-1"}
    return {"type": kind, **sent, **fields}


def profile(mixpanel: StandIn) -> dict[str, Any]:
    """The one profile that there is."""
    (only,) = mixpanel.profiles
    return only.properties


def test_a_profile_after_identify(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Traits have Mixpanel's names, and lists grow by what they had not."""
    outcome = deliver(
        message("identify", 1, traits={"email": "a@b.example", "name": "Ada King", "seen": ["home", "docs"]}),
        message("identify", 2, traits={"plan": "pro", "seen": ["docs", "pricing"]}),
        people=True,
    )

    assert outcome == Outcome()
    assert profile(mixpanel) == {
        "$email": "a@b.example",
        "$name": "Ada King",
        "$first_name": "Ada",
        "$last_name": "King",
        "plan": "pro",
        "seen": ["home", "docs", "pricing"],
        "id": "user-1",
    }


def test_purchases_and_counts_are_on_the_profile(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Transactions are listed, events and properties counted, and the last time is noted."""
    outcome = deliver(
        message("track", 1, event="Paid", properties={"revenue": 9.5, "seats": 2}),
        message("track", 2, event="Paid", properties={"revenue": "$0.50", "seats": 3}),
        people=True,
        event_increments=["paid"],
        prop_increments=["seats"],
    )
    at = "2023-11-14T22:13:20"

    assert outcome == Outcome()
    assert profile(mixpanel) == {
        "Paid": 2,
        "Last Paid": at,
        "seats": 5,
        "$transactions": [{"$time": at, "$amount": 9.5}, {"$time": at, "$amount": 0.5}],
    }


def test_event_user_and_group_are_joined_on_the_key(
    mixpanel: StandIn, deliver: Callable[..., Outcome]
) -> None:
    """After identify, group and track, all three carry the group's id under the key."""
    outcome = deliver(
        message("identify", 1, traits={"plan": "pro"}),
        message("group", 2, groupId="acme", traits={"name": "Acme"}),
        message("track", 3, event="Paid", context={"groupId": "acme"}),
        people=True,
        group_identifier_traits=["company"],
    )

    assert outcome == Outcome()
    assert [(each.group_key, each.group_id, each.properties) for each in mixpanel.groups] == [
        ("company", "acme", {"name": "Acme"})
    ]
    assert profile(mixpanel)["company"] == ["acme"]
    assert [each.properties["company"] for each in mixpanel.events] == [["acme"]]


def test_what_a_group_has_already_stays(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Traits are set once."""
    deliver(
        message("group", 1, groupId="acme", traits={"name": "Acme"}),
        message("group", 2, groupId="acme", traits={"name": "Other", "plan": "pro"}),
        group_identifier_traits=["company"],
    )

    assert [each.properties for each in mixpanel.groups] == [{"name": "Acme", "plan": "pro"}]


def test_a_device_and_its_user_become_one(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Events before and after identify are of one user, in either merge."""
    outcome = deliver(
        message("page", 1, userId=None, anonymousId=DEVICE, name="Pricing"),
        message("identify", 2, anonymousId=DEVICE, traits={"plan": "pro"}),
        message("track", 3, anonymousId=DEVICE, event="Paid"),
        people=True,
    )

    assert outcome == Outcome()
    seen = [each for each in mixpanel.events if each.event != "$identify"]
    assert [each.event for each in seen] == ["Loaded a Page", "Paid"]
    assert {each.user for each in seen} == {"user-1"}


def test_an_alias_arrives_or_is_dropped_with_a_reason(
    mixpanel: StandIn, deliver: Callable[..., Outcome], merge: str
) -> None:
    """Simplified ID Merge has no aliases, which is not an error."""
    outcome = deliver(message("alias", previousId="old"))

    if merge == "original":
        assert (outcome, [each.event for each in mixpanel.events]) == (Outcome(), ["$create_alias"])
    else:
        assert outcome == Outcome(dropped={0: "a project with Simplified ID Merge has no aliases"})
        assert mixpanel.requests == []


def test_every_profile_record_has_one_operation(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """Mixpanel takes no two; it refuses none of these."""
    deliver(
        message("identify", 1, traits={"plan": "pro", "seen": ["home"], "empty": []}),
        message("track", 2, event="Paid", properties={"revenue": 1, "seats": 1}),
        message("group", 3, groupId="acme", traits={"name": "Acme"}),
        people=True,
        event_increments=["Paid"],
        prop_increments=["seats"],
        group_identifier_traits=KEYS,
    )

    assert mixpanel.rejections == []
    assert [each.verb for each in mixpanel.store.operations()] == [
        "$set",
        "$union",
        "$add",
        "$set",
        "$add",
        "$append",
        "$set",
        "$set_once",
        "$set_once",
    ]


def test_a_failed_delivery_counts_nothing_twice(mixpanel: StandIn, deliver: Callable[..., Outcome]) -> None:
    """What was added before a failure is not added again by the next attempt."""
    plugin = Mixpanel(
        token=TOKEN, api_host=mixpanel.url, framework="classic", people=True, event_increments=["A"]
    )
    mixpanel.answer_next(503, path="/import")
    batch = Batch([message("track", event="A")], 1, time.monotonic() + 30)
    outcome = plugin.deliver(batch)
    again = plugin.deliver(Batch(batch.messages, 2, time.monotonic() + 30, batch.notes))
    plugin.shutdown()

    assert (sorted(outcome.retry), again) == ([0], Outcome())
    assert (profile(mixpanel)["A"], len(mixpanel.events)) == (1, 1)
