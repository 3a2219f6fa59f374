"""Which setting is wrong, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analytics_mixpanel_destination.sending.routes import Route
    from analytics_mixpanel_destination.settings.settings import Settings

_CREDENTIALS: Final = {
    "token": "Check the project token (token, write_key, MIXPANEL_TOKEN)",
    "api_secret": "Check api_secret (MIXPANEL_API_SECRET): it must be the secret of the token's project",
    "service account": (
        "Check the service account's username and secret (MIXPANEL_SERVICE_ACCOUNT), its role in the "
        "project, and project_id (MIXPANEL_PROJECT_ID)"
    ),
}
#: Source: Mixpanel docs, EU and India Residency.
_REGIONS: Final = (
    "A project of another region is unknown there: if the project's address in the browser begins with "
    'https://eu. or https://in., set region="eu" or "in" (MIXPANEL_REGION), and "us" if with neither. '
    "No redirect shows it, and profiles and identities sent to the wrong region are answered with yes "
    "and lost."
)
_PLACE: Final = "region (MIXPANEL_REGION) and api_host (MIXPANEL_API_HOST)"


def advice(cause: str, route: Route, settings: Settings) -> str:
    """Say what to do about a pause of this cause."""
    if cause == "TLS":
        return (
            "Check api_host (MIXPANEL_API_HOST) and this machine's clock; behind a proxy that opens TLS, "
            "name its certificate in REQUESTS_CA_BUNDLE."
        )
    if cause == "HTTP 407":
        return "Check proxies (HTTPS_PROXY): the proxy wants a user name and password."
    if cause in ("HTTP 401", "HTTP 403"):
        asked = f"{_CREDENTIALS[route.credential]}, and whether {_PLACE} are the project's"
        return f"{asked}: {settings.base_url}. {_REGIONS}"
    return f"Check {_PLACE}: Mixpanel does not answer at {settings.base_url}, and no redirect is followed."
