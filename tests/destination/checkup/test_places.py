"""Where a checkup goes, and by which way."""

from __future__ import annotations

import pytest

from analytics_mixpanel_destination.checkup.places import proxy_for, shown, validation_address
from analytics_mixpanel_destination.settings.settings import Settings


@pytest.mark.parametrize(
    ("settings", "site"),
    [
        (Settings(), "https://mixpanel.com"),
        (Settings(region="eu"), "https://eu.mixpanel.com"),
        (Settings(api_host="https://api-in.mixpanel.com/"), "https://in.mixpanel.com"),
        (Settings(api_host="http://127.0.0.1:8765"), "http://127.0.0.1:8765"),
    ],
)
def test_credentials_are_tested_at_the_regions_site(settings: Settings, site: str) -> None:
    """A stand-in has the test under its own address."""
    assert validation_address(settings) == f"{site}/api/app/validate-project-credentials/"


@pytest.mark.parametrize(
    "proxies", ["http://me:S3CRET@proxy.example:3128", {"https": "http://me:S3CRET@proxy.example:3128"}]
)
def test_a_proxy_is_shown_without_its_credentials(proxies: str | dict[str, str]) -> None:
    """Who gave it is said as well."""
    assert proxy_for(Settings(proxies=proxies)) == (
        "http://proxy.example:3128, from the setting proxies",
        False,
    )


def test_the_environments_proxy_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless NO_PROXY lets this host alone."""
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for(Settings()) == ("none", False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert proxy_for(Settings()) == ("http://proxy.example:3128, from HTTPS_PROXY and its like", False)
    monkeypatch.setenv("NO_PROXY", "mixpanel.com")
    assert proxy_for(Settings()) == ("none", False)


@pytest.mark.parametrize("proxy", ["http://:3128", "http://[::1", "http://proxy:99999"])
def test_a_proxy_that_is_no_address_is_wrong(proxy: str) -> None:
    """It is not repeated: it may hold a password."""
    assert proxy_for(Settings(proxies=proxy)) == ("what the setting proxies gives is no address", True)


def test_an_address_is_shown_without_its_query() -> None:
    """Nor with user and password."""
    assert shown("https://u:p@h.example:1/path/?a=b") == "https://h.example:1/path"
