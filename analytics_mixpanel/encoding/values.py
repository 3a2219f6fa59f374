"""What a value of a type that JSON does not have becomes."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import singledispatch
from typing import Any
from uuid import UUID

import attrs

from analytics_mixpanel.message import with_timezone


@singledispatch
def simplify(value: object) -> Any:
    """One step towards JSON: a value of a simpler type, whose parts may again need a step.

    Raises:
        TypeError: there is no such step.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    kind: type[Any] = type(value)
    if attrs.has(kind):
        return {field.name: getattr(value, field.name) for field in attrs.fields(kind)}
    # By their methods, so that neither library need be here: pydantic models, numpy scalars and arrays.
    for method in ("model_dump", "tolist"):
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    raise TypeError(type(value).__name__)


@simplify.register(str)
def _(value: str) -> str:
    return str.__str__(value)


@simplify.register(int)
def _(value: int) -> int:
    return int(value)


@simplify.register(float)
@simplify.register(Decimal)
def _(value: float | Decimal) -> float:
    return float(value)  # as upstream: a Decimal is a number to Mixpanel too


@simplify.register(tuple)
@simplify.register(list)
@simplify.register(AbstractSet)
def _(value: Any) -> list[Any]:
    return list(value)


@simplify.register
def _(value: Mapping) -> dict[Any, Any]:  # type: ignore[type-arg]  # singledispatch takes no parameters
    return dict(value)


@simplify.register
def _(value: datetime) -> str:
    return with_timezone(value).isoformat()


@simplify.register(date)
@simplify.register(time)
def _(value: date | time) -> str:
    return value.isoformat()


@simplify.register
def _(value: timedelta) -> float:
    return value.total_seconds()


@simplify.register
def _(value: UUID) -> str:
    return str(value)


@simplify.register
def _(value: Enum) -> Any:
    return value.value


@simplify.register(bytes)
@simplify.register(bytearray)
@simplify.register(memoryview)
def _(value: bytes | bytearray | memoryview) -> str:
    raw = bytes(value)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode()
