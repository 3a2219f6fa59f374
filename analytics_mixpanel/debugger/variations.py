"""Other values of the same kind: what is put in the place of one, to see where it comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

#: Unlike anything that a message holds.
MARK: Final = "Zq7xVj"

_YEAR: Final = re.compile(r"(?<!\d)([12]\d{3})(?=-\d{2})")
_DIGITS: Final = re.compile(r"-?\d{1,15}")


def variations(value: Any) -> Iterator[Any]:
    """Answer values that a mapping takes as it takes this one: dates stay dates, numbers stay numbers.

    Several, for what looks at a text may see one change and not another. A missing value is never made of
    one that is there, nor the other way round.
    """
    if isinstance(value, str):
        yield from _texts(value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + (1 if isinstance(value, int) else 1.5)
    elif value is None:
        yield MARK
    elif isinstance(value, list):
        yield [MARK]
    else:
        yield {MARK: MARK}


def _texts(text: str) -> Iterator[str]:
    if _YEAR.search(text):
        yield _YEAR.sub(lambda year: str(int(year[1]) - 1), text, count=1)
    if _DIGITS.fullmatch(text):
        yield str(int(text) + 1)
    if text in ("true", "false"):
        yield "false" if text == "true" else "true"
    if text:
        yield text + MARK
        yield MARK + text
    yield MARK
