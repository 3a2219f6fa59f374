"""What people ask most about Segment with Mixpanel, as docs/faq.md answers it."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel_destination import Mixpanel, presets

TOKEN = "the-project-token-0123456789"
BOTH = pytest.mark.parametrize("framework", ["actions", "classic"])


@pytest.fixture
def make(stand_in: StandIn) -> Iterator[Callable[..., Mixpanel]]:
    """A function that makes a plugin for the stand-in."""
    made: list[Mixpanel] = []

    def run(**settings: Any) -> Mixpanel:
        made.append(Mixpanel(**{"token": TOKEN, "api_host": stand_in.url, **settings}))
        return made[-1]

    yield run
    for each in made:
        each.shutdown()


def deliver(mixpanel: Mixpanel, *messages: Any) -> Outcome:
    """Deliver a batch."""
    return mixpanel.deliver(Batch(list(messages), 1, time.monotonic() + 30))


def message(kind: str, **fields: Any) -> Any:
    """A message in wire form."""
    sent = {"messageId": "m-1", "timestamp": "2023-11-14T22:13:20Z", "userId": "user-1"}
    return {"type": kind, **sent, **fields}


@BOTH
def test_a_wrong_region_is_one_error_that_says_what_to_set(
    framework: str,
    make_client: Callable[..., Client],
    wait_until: Callable[[Callable[[], bool]], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The token is unknown there: events are kept, and one error names the setting and how it shows."""
    with StandIn(projects={"a-token-of-that-region": Project()}) as elsewhere:
        client = make_client(Mixpanel(token=TOKEN, api_host=elsewhere.url, framework=framework))
        client.track("user-1", "A")
        wait_until(lambda: len(elsewhere.requests) >= 3)
        pending = client.stats()["Mixpanel"].pending
        client.shutdown(0.2)

    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    for said in ('region="eu" or "in"', "MIXPANEL_REGION", "https://eu.", "No redirect", "lost"):
        assert said in errors[0]
    assert pending == 1


@BOTH
def test_a_repeated_delivery_is_one_event(
    stand_in: StandIn, make: Callable[..., Mixpanel], make_client: Callable[..., Client], framework: str
) -> None:
    """Mixpanel had taken it, and only the answer was lost: the retry has the same ``$insert_id``."""
    stand_in.answer_next(503, path="/import", ingest=True)
    client = make_client(make(framework=framework))
    client.track("user-1", "Paid")
    client.flush()

    (event,) = stand_in.events
    assert event.duplicates == 1


@BOTH
@pytest.mark.parametrize("message_id", ["m-1", "not what mixpanel takes: " * 3])
def test_a_restart_repeats_no_event(
    stand_in: StandIn, make: Callable[..., Mixpanel], framework: str, message_id: str
) -> None:
    """A second plugin makes the same ``$insert_id`` of the same message, valid or not."""
    for _ in range(2):
        assert (
            deliver(make(framework=framework), message("track", event="A", messageId=message_id)) == Outcome()
        )

    (event,) = stand_in.events
    assert event.duplicates == 1


def test_an_insert_id_is_the_same_in_every_process(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """It does not hang on what Python draws by lot when it starts."""
    program = """
        from analytics_mixpanel_destination.actions.insert_id import conforming
        print(conforming("not what mixpanel takes"))
    """
    first, second = (run_python(program, PYTHONHASHSEED=seed).stdout for seed in ("1", "2"))

    assert len(first.strip()) == 36
    assert first == second


@pytest.mark.parametrize(
    ("framework", "expected"), [("actions", "Segment Actions: shop"), ("classic", "Segment: shop")]
)
def test_mp_lib_tells_the_frameworks_apart(
    stand_in: StandIn, make: Callable[..., Mixpanel], framework: str, expected: str
) -> None:
    """A report can filter on it."""
    deliver(make(framework=framework), message("track", event="A", context={"library": {"name": "shop"}}))

    assert [event.properties["mp_lib"] for event in stand_in.events] == [expected]


def one_name_for_all_pages() -> list[dict[str, Any]]:
    """Segment's presets, with one name for the events of all pages."""
    mappings = presets()
    for mapping in mappings:
        if mapping["name"] == "Page Calls":
            mapping["mapping"]["event"] = "Loaded a Page"
    return mappings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "Viewed Pricing"),
        ({"mappings": one_name_for_all_pages()}, "Loaded a Page"),
        ({"framework": "classic"}, "Loaded a Page"),
        (
            {"framework": "classic", "consolidated_page_calls": False, "track_named_pages": True},
            "Viewed Pricing Page",
        ),
    ],
)
def test_pages_are_named_as_one_likes(
    stand_in: StandIn, make: Callable[..., Mixpanel], settings: Any, expected: str
) -> None:
    """A name for each page or one for all, in either framework."""
    assert deliver(make(**settings), message("page", name="Pricing")) == Outcome()
    assert [event.event for event in stand_in.events] == [expected]


def test_people_off_is_said_once(
    stand_in: StandIn, make: Callable[..., Mixpanel], caplog: pytest.LogCaptureFixture
) -> None:
    """Where no profile data arrives, the log names the setting."""
    mixpanel = make(framework="classic")
    outcome = deliver(mixpanel, *[message("identify", traits={"plan": "pro"})] * 2)

    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "people=True" in warnings[0]
    assert set(outcome.dropped.values()) == {"people is off, so that there is no profile to update"}
    assert stand_in.profiles == []


def test_settings_without_effect_are_said_at_the_start(
    make: Callable[..., Mixpanel], make_client: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    """A page option that another one overrules does not stay unnoticed."""
    make_client(make(framework="classic", track_named_pages=True))

    assert "track_named_pages has no effect while consolidated_page_calls is on" in caplog.text


@pytest.mark.parametrize(("framework", "name"), [("actions", "id"), ("actions", "time"), ("classic", "ip")])
def test_reserved_names_are_dropped_counted_and_said_once(
    stand_in: StandIn,
    make: Callable[..., Mixpanel],
    caplog: pytest.LogCaptureFixture,
    framework: str,
    name: str,
) -> None:
    """The event arrives without the property; one warning names it, and the plugin counts on."""
    mixpanel = make(framework=framework)
    tracks = [
        message("track", event="A", messageId=f"m-{n}", properties={name: "mine", "a": n}) for n in (1, 2)
    ]

    assert deliver(mixpanel, *tracks) == Outcome()
    assert mixpanel.reserved_properties == {name: 2}
    assert [event.properties["a"] for event in stand_in.events] == [1, 2]
    assert "mine" not in str([event.properties for event in stand_in.events])
    assert [repr(name) in each.getMessage() for each in caplog.records] == [True]
