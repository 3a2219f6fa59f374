"""Values that must not be seen: tokens, secrets, passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN = 4
_LONG_ENOUGH = 12  # of a shorter value, four characters would be too much of it


def masked(value: str) -> str:
    """Show which value it is, not the value: its last four characters if it is long."""
    return f"***{value[-_SHOWN:]}" if len(value) >= _LONG_ENOUGH else "***"


@frozen(repr=False)
class Secret:
    """A value that shows itself only when asked to."""

    _value: str = field()

    def reveal(self) -> str:
        """Give the value itself."""
        return self._value

    def __repr__(self) -> str:
        return masked(self._value)

    def __str__(self) -> str:
        return masked(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is never pickled: make the plugin anew where it is needed.")


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of somebody else's words, and what could forge a line of a log."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, masked(secret))
    return "".join(character if character.isprintable() else " " for character in text)
