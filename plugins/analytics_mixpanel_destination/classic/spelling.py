"""Names that mean the same however they are spelled: ``firstName``, ``first_name``, ``First Name``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

_NEITHER: Final = re.compile("[^A-Za-z0-9]+")


@lru_cache(maxsize=2048)
def plain(name: str) -> str:
    """Answer a name in small letters and digits alone. Source: obj-case, its normalizer."""
    return _NEITHER.sub("", name).lower()


def by_plain_name(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the values under their plain names; of several with the same, the first."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found.setdefault(plain(name), value)
    return found
