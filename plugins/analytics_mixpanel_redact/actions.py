"""What is done with a value that nobody may see."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

from analytics_mixpanel.errors import ConfigurationError

#: From a value, as text, to what stands in its place; None for nothing.
Action: TypeAlias = Callable[[str], str | None]

MASK: Final = "***"
_LEAST_BYTES: Final = 16


def drop(_: str) -> None:
    """Leave the value out, and its key."""


def mask(_: str) -> str:
    """Put ``***`` in the value's place."""
    return MASK


def hash_with(key: str | bytes) -> Keyed:
    """Put a hash in the value's place: the same for the same value and key, so that it can be joined on.

    It is HMAC-SHA256 in 64 hexadecimal digits. Without a key, anybody could hash a list of addresses and look
    theirs up.

    Args:
        key: a secret of at least 16 bytes, as ``secrets.token_hex(32)`` makes one.

    Raises:
        ConfigurationError: the key is no text and no bytes, or too short.
    """
    return Keyed(key)


class Keyed:
    """The action of ``hash_with``; its key is not to be seen, and not in a pickle."""

    __slots__ = ("_keyed",)

    def __init__(self, key: str | bytes) -> None:
        if not isinstance(key, (str, bytes)):
            raise ConfigurationError(f"hash_with: key must be a str or bytes, not {type(key).__name__}")
        secret = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
        if len(secret) < _LEAST_BYTES:
            raise ConfigurationError(
                f"hash_with: key must have at least {_LEAST_BYTES} bytes, or it can be guessed; "
                "secrets.token_hex(32) makes one"
            )
        self._keyed = hmac.new(secret, digestmod="sha256")  # which does not give the key back

    def __call__(self, text: str) -> str:
        """The hash of a text."""
        digest = self._keyed.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def __repr__(self) -> str:
        return f"hash_with({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("The key of a hash is never pickled: make the plugin anew where it is needed.")


def action_name(action: Action) -> str:
    """An action as a text of the plugin shows it."""
    return repr(action) if isinstance(action, Keyed) else getattr(action, "__name__", type(action).__name__)
