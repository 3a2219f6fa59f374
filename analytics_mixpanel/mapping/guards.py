"""What a guard is: which values of a member need no second look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import frozen


@frozen
class Guard:
    """Which values of a member pass as they are.

    Attributes:
        kind: their Python type, of which an empty string does not pass; None where only ``passes`` can tell.
        passes: tells it of any value.
        drops_null: whether null is left out, rather than failing.
    """

    kind: type | None
    passes: Callable[[Any], bool]
    drops_null: bool

    def condition(self, variable: str) -> str:
        """Write the test of a variable's type; "" where there is none."""
        if self.kind is None:
            return ""
        return f"type({variable}) is {self.kind.__name__}" + (f" and {variable}" if self.kind is str else "")
