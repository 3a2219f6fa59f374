"""Settings as Segment keeps them for Mixpanel: ``projectToken apiSecret apiRegion sourceName strictMode``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.payload.errors import PayloadError
from analytics_mixpanel_destination.payload.fields import Empties
from analytics_mixpanel_destination.payload.schema import PayloadSchema, compile_schema
from analytics_mixpanel_destination.presets import settings_schema
from analytics_mixpanel_destination.record import Endpoint
from analytics_mixpanel_destination.settings.host import REGIONS

#: Segment writes a region with its flag; its code takes anything else for the United States.
_REGIONS: Final = {"EU 🇪🇺": "eu", "IN 🇮🇳": "in"}


@cache
def _schema() -> PayloadSchema:
    return compile_schema(settings_schema(), Empties.KEPT)


def validate_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Answer Segment's settings as it would use them: coerced, without unknown ones.

    Raises:
        ConfigurationError: they are not complete or not right, in Segment's words.
    """
    try:
        return _schema().coerce(settings)
    except PayloadError as error:
        raise ConfigurationError(str(error)) from None


def segment_endpoints(settings: Mapping[str, Any]) -> dict[Endpoint, str]:
    """Answer the address of each endpoint under Segment's settings."""
    region = settings.get("apiRegion")
    host = REGIONS[_REGIONS.get(region, "us") if isinstance(region, str) else "us"]
    strict = settings.get("strictMode")
    return endpoints(host, "1" if strict is None else strict)


def endpoints(host: str, strict: str = "1") -> dict[Endpoint, str]:
    """Answer the address of each endpoint of a host, as Segment writes it.

    Args:
        host: as ``https://api.mixpanel.com``.
        strict: "1" to have Mixpanel check each event, else "0".
    """
    return {
        "import": f"{host}/import?strict={strict}",
        "track": f"{host}/track",
        "engage": f"{host}/engage",
        "groups": f"{host}/groups",
    }
