"""Where reports go: a debugger on this machine, or another one that a token opens."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError

VARIABLE: Final = "ANALYTICS_MIXPANEL_DEBUGGER"
TOKEN_VARIABLE: Final = "ANALYTICS_MIXPANEL_DEBUGGER_TOKEN"  # noqa: S105 - a name, not a token
DEFAULT: Final = "http://127.0.0.1:8765"
PATH: Final = "/debugger/reports"


@frozen
class Address:
    """A debugger's address, checked.

    Reports hold what users did: they leave this machine only for an address that comes with a token.

    Attributes:
        url: without a path, as ``http://127.0.0.1:8765``.
        token: the debugger's, needed for one that is not on loopback.

    Raises:
        ConfigurationError: it is no address, or another machine's without a token.
    """

    url: str = DEFAULT
    token: str | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ConfigurationError(f"the debugger's address must be a URL such as {DEFAULT}")
        if parts.username is not None or parts.query or parts.fragment or parts.path not in ("", "/"):
            raise ConfigurationError(f"the debugger's address must end after the port, as in {DEFAULT}")
        if not self.token and not _is_loopback(self.host):
            raise ConfigurationError(
                "the debugger is on another machine: give its token, "
                f"debugger(url, token=...) or {TOKEN_VARIABLE}, or forward its port to this one"
            )

    @property
    def secure(self) -> bool:
        """Whether it is https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        """Its name or number."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Its port."""
        return urlsplit(self.url).port or (443 if self.secure else 80)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
