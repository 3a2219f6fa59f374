"""The destination a command works for: an installed plugin, found by its entry point."""

from __future__ import annotations

import argparse
from typing import Any

from analytics_mixpanel.discovery import installed_plugins
from analytics_mixpanel.errors import ConfigurationError


def add_destination(parser: argparse.ArgumentParser) -> None:
    """Declare ``--destination``."""
    parser.add_argument(
        "--destination", default="Mixpanel", metavar="NAME", help="an installed plugin (default: %(default)s)"
    )


def add_mappings(parser: argparse.ArgumentParser) -> None:
    """Declare ``--mappings``."""
    parser.add_argument(
        "--mappings", metavar="FILE", help="JSON file of mappings to use in place of the default ones"
    )


def installed_destination(name: str, ability: str) -> Any:
    """The class of an installed destination that has a certain method.

    Raises:
        ConfigurationError: there is none of that name.
    """
    for found, load in installed_plugins(lambda installed: installed != name):
        if found == name and hasattr(plugin := load(), ability):
            return plugin
    raise ConfigurationError(f"no installed plugin called {name!r} has the method {ability}")


def with_mappings(file: str | None, **settings: Any) -> dict[str, Any]:
    """The settings to make a destination with; one that knows no mappings is not asked for any."""
    return settings if file is None else {**settings, "mappings": file}
