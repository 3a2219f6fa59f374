"""How old messages may become on disk."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import field, frozen


@frozen
class Age:
    """The limit of age.

    Attributes:
        most: seconds.
        clock: seconds since the epoch; what is on disk outlives every monotonic clock.
    """

    most: float
    clock: Callable[[], float] = field(default=time.time)

    def is_over(self, modified: float) -> bool:
        """Whether what was written then is too old."""
        return self.clock() - modified > self.most

    @property
    def reason(self) -> str:
        """Why it is given up."""
        return f"older than {self.most / 86_400:g} days"
