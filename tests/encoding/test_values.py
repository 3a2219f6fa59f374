"""What every type of value becomes in a message."""

from __future__ import annotations

import dataclasses
import enum
from collections import OrderedDict, UserDict, defaultdict, namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import attrs
import numpy as np
import orjson
import pydantic
import pytest

from analytics_mixpanel.encoding import Encoder


class _Color(enum.Enum):
    RED = "red"
    PAIR = (1, 2)


class _Level(enum.IntEnum):
    HIGH = 3


class _Name(str):
    __slots__ = ()


class _Count(int):
    pass


class _Ratio(float):
    pass


_Point = namedtuple("_Point", "x y")


@dataclasses.dataclass
class _Item:
    sku: str
    price: Decimal
    bought: date


@attrs.frozen
class _Address:
    city: str
    tags: frozenset[str]


class _Order(pydantic.BaseModel):
    total: Decimal
    at: datetime


_PLUS_ONE = timezone(timedelta(hours=1))
_UUID = UUID("12345678-1234-5678-1234-567812345678")
_INFINITY = float("inf")

TABLE: list[tuple[str, Any, Any]] = [
    ("str", "ä\n", "ä\n"),
    ("str subclass", _Name("n"), "n"),
    ("int", 2**53, 2**53),
    ("largest int", 2**64 - 1, 2**64 - 1),
    ("smallest int", -(2**63), -(2**63)),
    ("int beyond 64 bits", 2**64, float(2**64)),
    ("int beyond a float", 10**400, None),
    ("int subclass", _Count(4), 4),
    ("float", 1.5, 1.5),
    ("float subclass", _Ratio(0.25), 0.25),
    ("NaN", float("nan"), None),
    ("infinity", _INFINITY, None),
    ("minus infinity", -_INFINITY, None),
    ("bool", True, True),
    ("None", None, None),
    ("list", [1, [2]], [1, [2]]),
    ("tuple", (1, (2,)), [1, [2]]),
    ("named tuple", _Point(1, 2), [1, 2]),
    ("set", {1}, [1]),
    ("frozenset", frozenset({"a"}), ["a"]),
    ("dict keys", {"k": 1}.keys(), ["k"]),
    ("dict", {"a": {"b": 1}}, {"a": {"b": 1}}),
    ("OrderedDict", OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    ("defaultdict", defaultdict(list, a=[1]), {"a": [1]}),
    ("UserDict", UserDict(a=1), {"a": 1}),
    ("mapping proxy", MappingProxyType({"a": 1}), {"a": 1}),
    ("Decimal", Decimal("42.50"), 42.5),
    ("Decimal NaN", Decimal("NaN"), None),
    ("date", date(2020, 1, 2), "2020-01-02"),
    ("time", time(3, 4, 5), "03:04:05"),
    ("datetime", datetime(2020, 1, 2, 3, 4, 5, 6, _PLUS_ONE), "2020-01-02T03:04:05.000006+01:00"),
    ("naive datetime", datetime(2020, 1, 2, 3, 4, 5), "2020-01-02T03:04:05+00:00"),
    ("timedelta", timedelta(minutes=1, milliseconds=500), 60.5),
    ("UUID", _UUID, str(_UUID)),
    ("Enum", _Color.RED, "red"),
    ("Enum of a tuple", _Color.PAIR, [1, 2]),
    ("IntEnum", _Level.HIGH, 3),
    ("bytes", b"text", "text"),
    ("bytes that are no text", b"\xff\xfe", "//4="),
    ("bytearray", bytearray(b"text"), "text"),
    ("memoryview", memoryview(b"text"), "text"),
    (
        "dataclass",
        _Item("s", Decimal("1.5"), date(2020, 1, 2)),
        {"sku": "s", "price": 1.5, "bought": "2020-01-02"},
    ),
    ("attrs", _Address("Rome", frozenset({"a"})), {"city": "Rome", "tags": ["a"]}),
    (
        "pydantic",
        _Order(total=Decimal("2.5"), at=datetime(2020, 1, 2, tzinfo=timezone.utc)),
        {"total": 2.5, "at": "2020-01-02T00:00:00+00:00"},
    ),
    ("numpy integer", np.int64(5), 5),
    ("numpy float", np.float64(1.5), 1.5),
    ("numpy half", np.float16(0.5), 0.5),
    ("numpy NaN", np.float32("nan"), None),
    ("numpy bool", np.bool_(True), True),
    ("numpy string", np.str_("s"), "s"),
    ("numpy time", np.datetime64("2020-01-02T03:04:05"), "2020-01-02T03:04:05+00:00"),
    ("numpy array", np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    ("numpy array of times", np.array(["2020-01-02"], "datetime64[D]"), ["2020-01-02"]),
]
# Both ways of the encoder must agree: one message it encodes at once, the other has a key that is no str.
WAYS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "fast": lambda value: {"type": "track", "properties": {"value": value}},
    "slow": lambda value: {"type": "track", "properties": {"value": value, 1: None}},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("value", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_value_s_form_in_json(value: Any, expected: Any, way: str) -> None:
    """Each type that applications put in has its form, alone and beside something hard to encode."""
    message: Any = WAYS[way](value)
    encoded = orjson.loads(Encoder().encode(message))["properties"]["value"]
    assert encoded == expected
    assert type(encoded) is type(expected)


@pytest.mark.parametrize(("value", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_value_s_form_within_values(value: Any, expected: Any) -> None:
    """The form is the same inside lists, dicts and tuples."""
    message: Any = {"type": "track", "properties": {"deep": [{"value": (value,)}]}}
    assert orjson.loads(Encoder().encode(message))["properties"] == {"deep": [{"value": [expected]}]}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (1, "1"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        (_UUID, str(_UUID)),
        (_Color.RED, "red"),
        (date(2020, 1, 2), "2020-01-02"),
        (_Name("n"), "n"),
        (_Level.HIGH, "3"),
        (b"k", "k"),
    ],
)
def test_a_key_s_form_in_json(key: Any, expected: str) -> None:
    """A key that is no string becomes one, as ``json`` would make it or as its value would be."""
    message: Any = {"type": "track", "properties": {key: "v"}}
    assert orjson.loads(Encoder().encode(message))["properties"] == {expected: "v"}
