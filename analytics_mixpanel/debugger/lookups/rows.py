"""Rows of a query, as dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson

from analytics_mixpanel.debugger.store import Store

_JSON: Final = frozenset({"query", "headers", "properties", "value", "record", "body", "errors"})


def rows(store: Store, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Give the rows of a query; ``values`` are its named parameters."""
    with store.reading() as db:
        return [dict(row) for row in db.execute(sql, dict(values or {}))]


def first(store: Store, sql: str, **values: Any) -> dict[str, Any] | None:
    """Give the first row of a query, its JSON columns read, or None."""
    found = rows(store, sql, values)
    return decoded(found[0]) if found else None


def decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row with its JSON columns read."""
    return {name: orjson.loads(value) if name in _JSON else value for name, value in row.items()}
