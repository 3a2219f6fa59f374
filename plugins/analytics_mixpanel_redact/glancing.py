"""What a message holds, at a glance: whether there can be anything to redact."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from analytics_mixpanel_redact.values import number_text

#: Of no interest: neither texts nor numbers, and nothing is inside them.
NOTHING: Final = frozenset({bool, type(None)})
_NUMBERS: Final = frozenset({int, float})
# Dicts and lists of a message; one that contains itself has no end of them.
_USUAL: Final = 1_000


def glance(values: list[Any], ordinary: set[str], numbers_from: float) -> tuple[list[str], bool] | None:
    """Look through values, and the dicts and lists in them; quick, since every call waits for it.

    Args:
        values: the parts of a message.
        ordinary: names of keys with which nothing is to be done.
        numbers_from: smaller numbers are only numbers.

    Returns:
        All texts, the numbers among them that may be more than a number; and whether all names are ordinary.
        None where that does not tell enough: a value is of no type of JSON's, or there are more dicts and
        lists than is usual.
    """
    texts: list[str] = []
    add, only_ordinary = texts.append, True
    waiting: list[Iterable[Any]] = [values]
    for each in islice(waiting, _USUAL):  # which grows meanwhile
        for value in each:
            kind = type(value)
            if kind is str:
                add(value)
            elif kind in _NUMBERS:
                if not -numbers_from < value < numbers_from:
                    add(number_text(value))
            elif kind is dict:
                waiting.append(value.values())
                if not ordinary.issuperset(value):
                    only_ordinary = False
                    waiting.append(list(value))  # a name may be something to redact, too
            elif kind is list:
                waiting.append(value)
            elif kind not in NOTHING:
                return None
    return (texts, only_ordinary) if len(waiting) <= _USUAL else None
