"""Checks of settings; each error names the setting and what it must be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable


def _wrong(name: str, must_be: str, value: object) -> ConfigurationError:
    return ConfigurationError(f"{name} must be {must_be}, not {type(value).__name__}.")


def text(_settings: object, attribute: Any, value: object) -> None:
    """Check that a setting is a string that fits on one line of a request."""
    plain = value.reveal() if isinstance(value, Secret) else value
    if plain is None:
        return
    if not isinstance(plain, str):
        raise _wrong(attribute.name, "a string", plain)
    if not plain.strip():
        raise ConfigurationError(f"{attribute.name} must not be empty; leave it out if it is not needed.")
    if not plain.isprintable():
        raise ConfigurationError(f"{attribute.name} must not hold line breaks or other control characters.")


def boolean(_settings: object, attribute: Any, value: object) -> None:
    """Check that a setting is True or False."""
    if value is not None and not isinstance(value, bool):
        raise _wrong(attribute.name, "True or False", value)


def count(most: int) -> Callable[[object, Any, object], None]:
    """Check that a setting is a whole number from 1 to ``most``."""

    def check(_settings: object, attribute: Any, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(attribute.name, "a whole number", value)
        if not 1 <= value <= most:
            raise ConfigurationError(f"{attribute.name} must be between 1 and {most:,}, but is {value:,}.")

    return check


def seconds(_settings: object, attribute: Any, value: object) -> None:
    """Check that a setting is a positive number of seconds."""
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(attribute.name, "a number of seconds", value)
    if not (math.isfinite(value) and value > 0):
        raise ConfigurationError(f"{attribute.name} must be more than 0 seconds.")
