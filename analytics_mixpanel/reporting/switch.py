"""The environment's word on whether a client reports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.journal import log
from analytics_mixpanel.reporting.address import TOKEN_VARIABLE, VARIABLE, Address
from analytics_mixpanel.reporting.reporter import Reporter

_OFF: Final = ("", "0", "false", "no", "off")
_ON: Final = ("1", "true", "yes", "on")


def reporter_from_environment(environ: Mapping[str, str] | None = None) -> Reporter | None:
    """Make the plugin that the environment asks for; a wrong address is logged and stops no application."""
    given = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if given.lower() in _OFF:
        return None
    token = (os.environ if environ is None else environ).get(TOKEN_VARIABLE) or None
    try:
        return Reporter(Address(token=token) if given.lower() in _ON else Address(given, token))
    except ConfigurationError as error:
        log.warning("%s: %s", VARIABLE, error)
        return None
