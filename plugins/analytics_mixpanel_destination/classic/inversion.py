"""Lists of objects, which Mixpanel cannot take apart, turned into lists of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def inverted(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the properties with ``products: [{"sku": 1}, {"sku": 2}]`` as ``products_skus: [1, 2]``.

    A list stays as it is where any item is something else than an object or null.
    """
    if not any(isinstance(value, list) for value in properties.values()):
        return dict(properties)
    answer = dict(properties)
    for name, value in properties.items():
        columns = _columns(name, value) if isinstance(value, list) else {}
        if columns:
            del answer[name]
        for column, items in columns.items():
            answer[column] = _joined(answer[column], items) if column in answer else items
    return answer


def _columns(name: str, items: list[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for item in items:
        if item is None:
            continue
        if not isinstance(item, dict):
            return {}
        for key, value in item.items():
            columns.setdefault(f"{name}_{key}s", []).append(value)
    return columns


def _joined(before: Any, items: list[Any]) -> list[Any]:
    return [*(before if isinstance(before, list) else [before]), *items]
