"""The setting ``when_full``, read and checked."""

from __future__ import annotations

import math
import os
from typing import Final

from attrs import frozen

from analytics_mixpanel.errors import ConfigurationError

VARIABLE: Final = "ANALYTICS_MIXPANEL_WHEN_FULL"
_KINDS: Final = ("drop-new", "drop-old", "raise", "spill")


@frozen
class WhenFull:
    """A choice of what gives way when a queue is full.

    Attributes:
        kind: ``drop-new``, ``drop-old``, ``block``, ``raise`` or ``spill``.
        seconds: how long ``block`` waits for room at most.
    """

    kind: str = "drop-new"
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str) -> WhenFull:
        """Read ``drop-new``, ``drop-old``, ``block:SECONDS``, ``raise`` or ``spill``.

        Raises:
            ConfigurationError: it is none of them.
        """
        kind, colon, rest = str(text).partition(":")
        if kind in _KINDS and not colon:
            return cls(kind)
        try:
            seconds = float(rest)
        except ValueError:
            seconds = math.nan
        if kind == "block" and 0 <= seconds < math.inf:
            return cls("block", seconds)
        raise ConfigurationError(f"when_full must be {', '.join(_KINDS[:-1])}, spill or block:SECONDS")


def chosen(given: str | None) -> str:
    """The setting as given, else that of the environment, else ``drop-new``; checked."""
    text = given or os.environ.get(VARIABLE) or WhenFull().kind
    WhenFull.parse(text)
    return text
