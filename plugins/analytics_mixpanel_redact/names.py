"""Keys that are told by their names."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_redact.actions import Action

# Names come with the data: no more, and no longer ones, are remembered than an application makes up itself.
MOST: Final = 10_000
LONGEST: Final = 100


class Names:
    """What is done with a key's value, by the key's name; upper and lower case are the same.

    Args:
        actions: by pattern, where ``*`` stands for anything and ``?`` for one character; the first that fits
            counts.
        is_value: whether a name itself is something that nobody may see.

    Attributes:
        ordinary: names with which nothing is to be done; more are added as they are met.

    Raises:
        ConfigurationError: a pattern is no text, or empty.
    """

    def __init__(self, actions: Mapping[str, Action], is_value: Callable[[str], bool]) -> None:
        for pattern in actions:
            if not (isinstance(pattern, str) and pattern.strip()):
                raise ConfigurationError('keys must be names, or patterns of names: {"password*": drop}')
        self._patterns = [(_compiled(pattern), action) for pattern, action in actions.items()]
        self._is_value = is_value
        self.ordinary: set[str] = set()

    def action(self, name: str) -> Action | None:
        """What is done with the value of such a key; None for nothing."""
        if name in self.ordinary:
            return None
        for fits, action in self._patterns:
            if fits(name):
                return action
        if len(self.ordinary) < MOST and len(name) <= LONGEST and not self._is_value(name):
            self.ordinary.add(name)
        return None


def _compiled(pattern: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(pattern), re.IGNORECASE).match
