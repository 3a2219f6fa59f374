"""What the debugger asks of whoever wants to see its page."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from typing import Final

from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError

LOOPBACK: Final = "127.0.0.1"
_SHORTEST: Final = 16
_COOKIE: Final = b"the cookie of the debugger's page"


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address or a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


@frozen
class Access:
    """The rules of one debugger.

    Attributes:
        host: the address or name that it listens at.
        names: more names that it is called by, as ``devbox.example``.
        token: asked of every request to the page where it is given.
        page_token: what the page itself has to say with every change, new with each start.

    Raises:
        ConfigurationError: others can reach the address and there is no token, or too short a one.
    """

    host: str = LOOPBACK
    names: tuple[str, ...] = ()
    token: str | None = field(default=None, repr=False)
    page_token: str = field(init=False, factory=lambda: secrets.token_urlsafe(24), repr=False)

    def __attrs_post_init__(self) -> None:
        if self.token is None and not self.is_local:
            raise ConfigurationError(
                f"host: other machines can reach {self.host}: give a token too, as {secrets.token_hex(16)}."
            )
        if self.token is not None and (len(self.token) < _SHORTEST or not self.token.isascii()):
            raise ConfigurationError(f"token must have at least {_SHORTEST} characters, all of them ASCII.")

    @property
    def is_local(self) -> bool:
        """Say whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def cookie(self) -> str:
        """What a browser that gave the token keeps in place of it."""
        return hmac.new((self.token or "").encode(), _COOKIE, hashlib.sha256).hexdigest()

    def admits(self, token: str) -> bool:
        """Say whether this is the token."""
        return self.token is not None and hmac.compare_digest(self.token.encode(), token.encode())

    def remembers(self, cookie: str) -> bool:
        """Say whether this is the cookie of a browser that gave the token."""
        return hmac.compare_digest(self.cookie.encode(), cookie.encode())

    def wrote(self, page_token: str) -> bool:
        """Say whether this is what the page says with a change."""
        return hmac.compare_digest(self.page_token.encode(), page_token.encode())
