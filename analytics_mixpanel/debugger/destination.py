"""The installed destination for Mixpanel; the debugger knows it by its entry point alone."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from analytics_mixpanel.discovery import installed_plugins
from analytics_mixpanel.errors import ConfigurationError

NAME: Final = "Mixpanel"


@cache
def destination() -> Any:
    """Give its class.

    Raises:
        ConfigurationError: it is not installed.
    """
    for name, load in installed_plugins(lambda installed: installed != NAME):
        if name == NAME:
            return load()
    raise ConfigurationError(
        f"no installed plugin is called {NAME!r}, which translates messages and sends records."
    )
