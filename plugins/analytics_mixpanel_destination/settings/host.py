"""Where Mixpanel is: its regions, and what may stand in for them."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from analytics_mixpanel.errors import ConfigurationError

#: Source: Mixpanel docs, Ingestion API, servers.
REGIONS: Final = {
    "us": "https://api.mixpanel.com",
    "eu": "https://api-eu.mixpanel.com",
    "in": "https://api-in.mixpanel.com",
}
_EXAMPLE: Final = "https://api.mixpanel.com"
_UNWANTED: Final = re.compile(r"[\s\x00-\x1f\x7f\\]")


def checked_region(_settings: object, _attribute: Any, value: object) -> None:
    """Check that a region is one of Mixpanel's."""
    if value is not None and (not isinstance(value, str) or value.lower() not in REGIONS):
        given = value if isinstance(value, str) else type(value).__name__
        raise ConfigurationError(f"region must be one of us, eu, in, not {given!r}.")


def checked_host(value: object, *, allow_http: bool) -> None:
    """Check an address before a credential is ever sent to it.

    Raises:
        ConfigurationError: not an http(s) URL; user information, query, fragment or control characters in
            it; a cloud's metadata address; plain http to another machine without ``allow_http``.
    """
    if not isinstance(value, str):
        raise ConfigurationError(f"api_host must be a string such as {_EXAMPLE}, not {type(value).__name__}.")
    if _UNWANTED.search(value):
        raise ConfigurationError("api_host must not hold spaces, backslashes or control characters.")
    parts = _split(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ConfigurationError(f"api_host must begin with a scheme, as in {_EXAMPLE}.")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("api_host must not hold a user name or password; give api_secret instead.")
    if parts.query or parts.fragment or value.endswith(("?", "#")):
        raise ConfigurationError(f"api_host must end before any ? or #, as in {_EXAMPLE}.")
    _check_reachable(parts.hostname, parts.scheme, allow_http=allow_http)


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port  # only reading it checks it
    except ValueError as error:
        raise ConfigurationError(f"api_host is not an address such as {_EXAMPLE}: {error}.") from None
    return parts


def _check_reachable(hostname: str, scheme: str, *, allow_http: bool) -> None:
    address = _address(hostname)
    if address is not None and (address.is_link_local or str(address) == "fd00:ec2::254"):
        raise ConfigurationError("api_host must not be a link-local address, where clouds keep credentials.")
    loopback = address.is_loopback if address is not None else _is_localhost(hostname)
    if scheme == "http" and not loopback and not allow_http:
        raise ConfigurationError(
            "api_host must begin with https:// (plain http shows the token to the network); "
            "allow_http=True permits it."
        )


def _address(hostname: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(hostname)
    except ValueError:
        return None


def _is_localhost(hostname: str) -> bool:
    return hostname == "localhost" or hostname.endswith(".localhost")
