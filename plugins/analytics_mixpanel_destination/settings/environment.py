"""Settings from the environment; what code gives, wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics_mixpanel.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics_mixpanel_destination.settings.settings import Settings


def completed(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Fill what was not given from ``MIXPANEL_*`` variables, and check that the whole is complete.

    Where code gives one of two settings that exclude each other, the environment's other one is not heard.

    Raises:
        ConfigurationError: a variable's value is wrong, or two of them exclude each other.
    """
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    values: dict[str, str | None] = {"token": given.get("MIXPANEL_TOKEN")}
    if settings.region is None and settings.api_host is None:
        values["region"] = given.get("MIXPANEL_REGION")
        values["api_host"] = given.get("MIXPANEL_API_HOST")
        _check_one_of(values, "MIXPANEL_REGION", "MIXPANEL_API_HOST")
    if settings.credential == "token":
        values.update(_credentials(given))
    if settings.api_secret is None:
        values["project_id"] = given.get("MIXPANEL_PROJECT_ID")
    filled = settings.filled(**values)
    filled.check_complete()
    return filled


def _credentials(given: Mapping[str, str]) -> dict[str, str | None]:
    values: dict[str, str | None] = {"api_secret": given.get("MIXPANEL_API_SECRET")}
    account = given.get("MIXPANEL_SERVICE_ACCOUNT")
    if account is None:
        return values
    if values["api_secret"] is not None:
        raise ConfigurationError("MIXPANEL_API_SECRET and MIXPANEL_SERVICE_ACCOUNT are both set: keep one.")
    values["username"], separator, values["secret"] = account.partition(":")
    if not (separator and values["username"] and values["secret"]):
        raise ConfigurationError("MIXPANEL_SERVICE_ACCOUNT must be user:secret.")
    return values


def _check_one_of(values: Mapping[str, str | None], first: str, second: str) -> None:
    if values["region"] is not None and values["api_host"] is not None:
        raise ConfigurationError(f"{first} and {second} are both set: keep one.")
