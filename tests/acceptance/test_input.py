"""Whatever an application passes: a call takes it or refuses it, and the rest of the queue goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_mixpanel import Batch, Client, hookimpl
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel_destination import Mixpanel

Start = Callable[..., Any]


class Keeping:
    """A destination that reads each message as its own wire form has it."""

    name = "Keeping"

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @hookimpl
    def deliver(self, batch: Batch) -> None:
        """Keep what can be encoded, which must be all."""
        for message in batch.messages:
            orjson.dumps(message)
            self.messages.append(dict(message))


@pytest.fixture(scope="module")
def used() -> Iterator[tuple[Client, Keeping]]:
    """A client for all examples: what one does must not harm the next."""
    keeping = Keeping()
    client = Client(plugins=[keeping], discover=False, upload_interval=0.001)
    yield client, keeping
    client.shutdown(1)


class Opaque:
    """A type that JSON does not have."""


class Hostile:
    """A value that raises whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        raise RuntimeError


def _cyclic() -> dict[str, Any]:
    itself: dict[str, Any] = {"a": 1}
    itself["self"] = itself
    return itself


def _deep() -> list[Any]:
    nested: list[Any] = []
    for _ in range(10_000):
        nested = [nested]
    return nested


_TEXT: Final = st.text(st.characters(exclude_categories=()), max_size=20)
_ODD: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.decimals(),
    st.binary(max_size=20),
    _TEXT,
    st.uuids(),
    st.datetimes(),
    st.dates(),
    st.timedeltas(),
    st.complex_numbers(),
    st.just(_cyclic()),
    st.builds(_deep),
    st.builds(Opaque),
    st.builds(Hostile),
    st.just(Opaque),
    st.sets(st.integers(), max_size=3),
    st.frozensets(_TEXT, max_size=3),
    st.builds(lambda: (n for n in range(3))),
    st.functions(),
)
_KEYS: Final = st.one_of(_TEXT, st.integers(), st.floats(), st.booleans(), st.none(), st.binary(max_size=5))
_VALUES: Final = st.recursive(
    _ODD,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.tuples(inner, inner), st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_leaves=10,
)


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return (
        value is None
        or isinstance(value, (str, bool, int))
        or (isinstance(value, float) and math.isfinite(value))
    )


def _check(used: tuple[Client, Keeping], call: str, arguments: dict[str, Any]) -> None:
    """A call is taken, or refuses an argument; what is tracked next arrives, and the sums add up."""
    client, keeping = used
    keeping.messages.clear()
    try:
        taken, _ = getattr(client, call)(**arguments)
    except ArgumentError:
        taken = False
    client.track("u", "Next")
    assert client.flush(30) == 0
    assert keeping.messages[-1]["event"] == "Next"
    assert len(keeping.messages) == 1 + taken
    assert all(map(_is_json, keeping.messages))
    stats = client.stats()["Keeping"]
    assert stats.accepted == stats.delivered + sum(stats.dropped.values())


_FAST: Final = 150
_FULL: Final = 10_000


def _fuzz(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=quiet, database=None)


class TestFuzz:
    """Random values of every kind, in every argument."""

    @pytest.mark.parametrize("examples", [_FAST, pytest.param(_FULL, marks=pytest.mark.stress)])
    def test_properties(self, used: tuple[Client, Keeping], examples: int) -> None:
        """Properties, names and ids of the right type, with anything in them."""

        @_fuzz(examples)
        @given(properties=st.dictionaries(_KEYS, _VALUES, max_size=5), event=_TEXT, user=_TEXT)
        def check(properties: Any, event: str, user: str) -> None:
            _check(used, "track", {"user_id": user, "event": event, "properties": properties})

        check()

    @pytest.mark.parametrize("examples", [_FAST, pytest.param(_FULL, marks=pytest.mark.stress)])
    def test_arguments(self, used: tuple[Client, Keeping], examples: int) -> None:
        """Arguments of any type, right or wrong."""
        names = st.sampled_from(["user_id", "context", "timestamp", "integrations", "message_id"])
        calls = st.sampled_from(["track", "identify", "group", "page", "screen", "alias"])

        @_fuzz(examples)
        @given(call=calls, arguments=st.dictionaries(names, _VALUES))
        def check(call: str, arguments: dict[str, Any]) -> None:
            _check(used, call, arguments)

        check()


def _million() -> dict[str, int]:
    return {f"key {number}": number for number in range(1_000_000)}


_CASES: dict[str, tuple[Any, Any]] = {
    "set": ({1}, [1]),
    "bytes": (b"text", "text"),
    "Decimal": (Decimal("1.5"), 1.5),
    "NaN": (math.nan, None),
    "infinity": (-math.inf, None),
    "lone surrogate": ("a\ud800b", "a\ufffdb"),
    "10**400": (10**400, None),
    "2**80": (2**80, float(2**80)),
    "date": (date(2026, 11, 23), "2026-11-23"),
    "timedelta": (timedelta(minutes=2), 120.0),
    "naive datetime": (datetime(2020, 1, 2, 3, 4, 5), "2020-01-02T03:04:05+00:00"),
    "keys": ({None: "b", True: "c", 1.5: "d"}, {"true": "c", "null": "b", "1.5": "d"}),
    "newlines": ("a\r\nb\x00", "a\r\nb\x00"),
}


@pytest.mark.parametrize(("value", "expected"), _CASES.values(), ids=_CASES)
def test_what_a_value_becomes(used: tuple[Client, Keeping], value: Any, expected: Any) -> None:
    """Each has one defined form."""
    client, keeping = used
    keeping.messages.clear()
    assert client.track("u", "Odd", {"value": value})[0]
    assert client.flush(30) == 0
    found = keeping.messages[-1]["properties"]["value"]
    assert found == expected


@pytest.mark.parametrize(
    "properties",
    [{"value": _cyclic()}, {"value": _deep()}, {"value": Opaque()}, {"value": Hostile()}],
    ids=["cyclic", "10,000 deep", "unknown type", "hostile"],
)
def test_what_cannot_be_encoded_costs_its_key(used: tuple[Client, Keeping], properties: Any) -> None:
    """The message arrives without it."""
    client, keeping = used
    keeping.messages.clear()
    assert client.track("u", "Odd", {"kept": 1, **properties})[0]
    assert client.flush(30) == 0
    assert keeping.messages[-1]["properties"]["kept"] == 1


def test_a_million_keys(used: tuple[Client, Keeping]) -> None:
    """Too long a message is dropped, and counted; the next is taken."""
    client, keeping = used
    before = client.stats()["Keeping"].dropped
    assert client.track("u", "Huge", _million())[0] is False
    client.track("u", "Next")
    assert client.flush(30) == 0
    after = client.stats()["Keeping"].dropped
    assert sum(after.values()) == sum(before.values()) + 1
    assert keeping.messages[-1]["event"] == "Next"


def test_what_is_changed_after_the_call(used: tuple[Client, Keeping]) -> None:
    """A message is what it was at the time of the call."""
    client, keeping = used
    properties: dict[str, Any] = {"list": [1], "dict": {"a": 1}}
    client.track("u", "Kept", properties)
    properties["list"].append(2)
    properties["dict"].clear()
    properties.clear()
    assert client.flush(30) == 0
    assert keeping.messages[-1]["properties"] == {"list": [1], "dict": {"a": 1}}


_FATES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "no name": ({"event": ""}, "rejected"),
    "a blank name": ({"event": " "}, "rejected"),
    "a name as long as may be": ({"event": "x" * 255}, "delivered"),
    "a longer name": ({"event": "x" * 256}, "rejected"),
    "a huge name": ({"event": "x" * 900_000}, "rejected"),
    "lines": ({"event": "a\nb\r\n"}, "delivered"),
    "NUL": ({"event": "\x00"}, "delivered"),
    "half a character": ({"event": "a\ud800b", "user_id": "\udfff"}, "delivered"),
    **{
        f"the user {user}": ({"user_id": user}, "rejected")
        for user in ("anon", "null", "0", "undefined", "00000000-0000-0000-0000-000000000000", "-1", "none")
    },
    "a user of lines": ({"user_id": "a\nb"}, "delivered"),
    "no user": ({"user_id": ""}, "refused"),
    "32 KB": ({"properties": {"p": "x" * 33_000}}, "delivered"),
    "almost 1 MB": ({"properties": {"p": "x" * 999_000}}, "delivered"),
    "over 1 MB": ({"properties": {"p": "x" * 1_000_000}}, "dropped"),
    "300 properties": ({"properties": {f"p{n}": n for n in range(300)}}, "rejected"),
}


@pytest.mark.parametrize(("arguments", "fate"), _FATES.values(), ids=_FATES)
def test_what_becomes_of_it_at_mixpanel(
    make_client: Callable[..., Client], stand_in: StandIn, arguments: dict[str, Any], fate: str
) -> None:
    """Each has one fate, with a reason, by Mixpanel's documented rules; what is beside it arrives."""
    told: list[str] = []
    client = make_client(
        Mixpanel(token="a-token-0123456789", api_host=stand_in.url),
        upload_interval=60,
        on_error=lambda error, messages: told.extend(error.reason for _ in messages),
    )
    client.track("u", "Before")
    try:
        taken, _ = client.track(**{"user_id": "u", "event": "Odd", **arguments})
    except ArgumentError:
        assert fate == "refused"
    else:
        assert fate != "refused"
        assert taken is (fate != "dropped")
    client.track("u", "After")
    assert client.flush(30) == 0
    stats = client.stats()["Mixpanel"]
    counts = {
        "delivered": stats.delivered,
        "rejected": stats.rejected,
        "dropped": sum(stats.dropped.values()),
    }
    expected = {"delivered": 2, "rejected": 0, "dropped": 0}
    if fate in expected:
        expected[fate] += 1
    assert counts == expected
    assert [bool(reason) for reason in told] == [True] * (fate in ("rejected", "dropped"))
    assert {"Before", "After"} <= {event.event for event in stand_in.events}
