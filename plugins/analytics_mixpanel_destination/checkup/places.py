"""Where a checkup goes, and by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from analytics_mixpanel_destination.settings.host import REGIONS
from analytics_mixpanel_destination.settings.settings import Settings

# The test of credentials is at the site, not at the API. Source: action-destinations, Mixpanel,
# ``testAuthentication``, which knows the first; the others are the sites of the regions.
_SITES: Final = {
    REGIONS["us"]: "https://mixpanel.com",
    REGIONS["eu"]: "https://eu.mixpanel.com",
    REGIONS["in"]: "https://in.mixpanel.com",
}
_VALIDATION: Final = "/api/app/validate-project-credentials/"


def validation_address(settings: Settings) -> str:
    """Answer the address of Mixpanel's test of credentials; a stand-in has it under its own."""
    return _SITES.get(settings.base_url, settings.base_url) + _VALIDATION


def proxy_for(settings: Settings) -> tuple[str, bool]:
    """Say by which proxy requests go, and whether its address cannot work."""
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415 - slow to import

    base, given = settings.base_url, settings.proxies
    if given is not None:
        proxies: Mapping[str, str] = {"all": given} if isinstance(given, str) else given
        source = "the setting proxies"
    else:
        proxies, source = get_environ_proxies(base, no_proxy=None), "HTTPS_PROXY and its like"
    proxy = select_proxy(base, dict(proxies))
    if not proxy:
        return "none", False
    if not _is_address(proxy):
        return f"what {source} gives is no address", True
    return f"{shown(proxy)}, from {source}", False


def shown(url: str) -> str:
    """Give an address without user, password and query."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path.rstrip('/')}"


def _is_address(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
