"""Encoding a whole message: nothing costs more than its own key."""

from __future__ import annotations

import dataclasses
import enum
import logging
import tracemalloc
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_mixpanel import Message
from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel.errors import ArgumentError

_CANARY = "secret-canary"


def _encode(properties: Any, encoder: Encoder | None = None) -> Any:
    message: Any = {"type": "track", "properties": properties}
    return orjson.loads((encoder or Encoder()).encode(message))["properties"]


class _Opaque:
    """A value without any form in JSON; its text is what must not be logged."""

    def __str__(self) -> str:
        raise ValueError(_CANARY)

    __repr__ = __str__


def test_bytes_have_exactly_their_size() -> None:
    """A queued message costs its own length, not the buffer that it was written to."""
    encoder, message = Encoder(), Message(type="track", event="e", properties={"text": "x" * 300})
    tracemalloc.start()
    bodies = [encoder.encode(message) for _ in range(200)]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / 200 < len(bodies[0]) + 100


def test_a_bad_value_costs_its_own_key() -> None:
    """What cannot be encoded is left out; its neighbours and the message stay."""
    assert _encode({"bad": _Opaque(), "good": 1, "list": [1, object(), 2]}) == {"good": 1, "list": [1, 2]}


def test_one_warning_names_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """A bad value is warned of once for its key, with its path and type and without any value."""
    encoder = Encoder()
    for _ in range(3):
        _encode({"card": {"number": _Opaque()}, "other": _CANARY}, encoder)
    assert len(caplog.records) == 1
    assert "properties.card.number" in caplog.text
    assert "_Opaque" in caplog.text
    assert _CANARY not in caplog.text


def test_a_bad_key_costs_itself(caplog: pytest.LogCaptureFixture) -> None:
    """A key that cannot become a string, even one that refuses to be printed, takes only its value along."""
    assert _encode({_Opaque(): 1, (1, _CANARY): 2, 10**5000: 3, "good": 4}) == {"good": 4}
    assert _CANARY not in caplog.text


def test_a_cycle_is_cut() -> None:
    """A dict or list that contains itself loses the key under which it does."""
    loop: dict[str, Any] = {"a": 1}
    loop["self"] = loop
    chain: list[Any] = [1]
    chain.append({"back": chain})
    assert _encode({"loop": loop, "chain": chain}) == {"loop": {"a": 1}, "chain": [1, {}]}


def test_a_value_used_twice_is_no_cycle() -> None:
    """The same dict in two places is encoded in both."""
    shared = {"a": 1, 2: "b"}
    assert _encode({"x": shared, "y": [shared]}) == {"x": {"a": 1, "2": "b"}, "y": [{"a": 1, "2": "b"}]}


@pytest.mark.parametrize("depth", [500, 100_000])
def test_depth_is_cut(depth: int) -> None:
    """What is nested beyond all reason is cut, and its neighbours are delivered."""
    deep: Any = {}
    for _ in range(depth):
        deep = {"d": deep}
    result = _encode({"deep": deep, "good": 1})
    assert result["good"] == 1
    assert "d" in result["deep"]
    # Taken apart by hand: the interpreter would recurse.
    while deep:
        deep = deep.pop("d")


def test_surrogates_become_text() -> None:
    """A pair of surrogates is joined, a lone one replaced, in values and in keys."""
    assert _encode({"pair": "\ud83d\ude00", "lone": "a\ud800b", "key\udc00": 1}) == {
        "pair": "\U0001f600",
        "lone": "a\ufffdb",
        "key\ufffd": 1,
    }


def test_a_byte_order_mark_stays() -> None:
    """Replacing surrogates changes nothing else of a text."""
    assert _encode({"text": "\ufeffa\ud800\ufeff"}) == {"text": "\ufeffa\ufffd\ufeff"}


def test_an_ordinary_message_keeps_its_order() -> None:
    """Fields are written in the order in which they were put in."""
    body = Encoder().encode({"type": "track", "event": "e", "userId": "u"})
    assert body == b'{"type":"track","event":"e","userId":"u"}'


class _Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class _Money:
    cents: int


class _Sku(str):
    __slots__ = ()


class _Plain:
    pass


class TestRegistered:
    """Encoders of the application's own."""

    @pytest.mark.parametrize(
        "value",
        [_Plain(), _Color.RED, _Money(5), _Sku("s"), UUID(int=1), (1, 2)],
        ids=lambda value: type(value).__name__,
    )
    def test_it_is_asked(self, value: Any) -> None:
        """A registered encoder decides, also for a type that has a form already."""
        encoder = Encoder({type(value): lambda given: {"was": type(given).__name__}})
        assert _encode({"v": value, "l": [value]}, encoder) == {
            "v": {"was": type(value).__name__},
            "l": [{"was": type(value).__name__}],
        }

    def test_it_serves_subclasses(self) -> None:
        """An encoder for a class is asked for its subclasses, the nearest class first."""

        class Child(_Plain):
            pass

        class Grandchild(Child):
            pass

        encoder = Encoder({_Plain: lambda _: "plain"})
        encoder.register(Child, lambda _: "child")
        assert _encode({"a": _Plain(), "b": Child(), "c": Grandchild()}, encoder) == {
            "a": "plain",
            "b": "child",
            "c": "child",
        }

    @pytest.mark.parametrize("kind", [str, int, float, bool, type(None), dict, list])
    def test_what_is_json_already_has_none(self, kind: type[Any]) -> None:
        """An encoder that would never be asked is an error that names the type."""
        name = "None" if kind is type(None) else kind.__name__
        with pytest.raises(ArgumentError, match=f"^an encoder for {name} has no effect"):
            Encoder({kind: repr})

    def test_it_is_for_a_class(self) -> None:
        """Anything but a class has no values to encode."""
        instance: Any = _Plain()
        with pytest.raises(ArgumentError, match="must be a class, not _Plain"):
            Encoder().register(instance, repr)

    def test_its_result_is_encoded_again(self) -> None:
        """An encoder may return whatever has a form itself."""
        encoder = Encoder({_Plain: lambda _: {_Money(1).cents: {_Color.RED}}})
        assert _encode({"v": _Plain()}, encoder) == {"v": {"1": [1]}}

    def test_one_that_raises_costs_its_key(self, caplog: pytest.LogCaptureFixture) -> None:
        """An encoder's exception leaves out the value and its text stays out of the log."""

        def broken(value: object) -> Any:
            raise RuntimeError(_CANARY)

        assert _encode({"v": _Plain(), "good": 1}, Encoder({_Plain: broken})) == {"good": 1}
        assert "properties.v" in caplog.text
        assert _CANARY not in caplog.text

    @pytest.mark.parametrize("encode", [lambda value: value, lambda _: _Plain()], ids=["itself", "another"])
    def test_one_that_gets_nowhere_costs_its_key(self, encode: Any) -> None:
        """An encoder that returns its own type again does not go on for ever."""
        assert _encode({"v": _Plain(), "good": 1}, Encoder({_Plain: encode})) == {"good": 1}


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.text(st.characters(codec=None)),
    st.binary(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.timedeltas(),
    st.uuids(),
    st.builds(object),
    st.builds(_Opaque),
    st.builds(_Plain),
    st.just(_Plain),
    st.sampled_from(_Color),
    st.sampled_from([len, ..., 10**400, _Money, range(3), iter([1])]),
)
_KEYS = st.one_of(
    st.text(st.characters(codec=None)), st.integers(), st.floats(), st.none(), st.binary(), st.uuids()
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(_KEYS, inner, max_size=4),
        st.builds(_Money, inner),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(_VALUES)
def test_nothing_makes_it_raise(value: Any) -> None:
    """Whatever an application puts in, the result is JSON that has the neighbours of it."""
    logging.getLogger("analytics_mixpanel").disabled = True
    try:
        assert _encode({"any": value, "good": 1})["good"] == 1
    finally:
        logging.getLogger("analytics_mixpanel").disabled = False
