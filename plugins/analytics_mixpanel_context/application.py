"""Which application this is."""

from __future__ import annotations

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.process.late_imports import late_import


def application(name: str | None, version: str | None, distribution: str | None) -> dict[str, str]:
    """Segment's ``context.app``: as given, and filled from an installed distribution's metadata.

    Raises:
        ConfigurationError: the distribution is not installed, or an argument is no str.
    """
    for argument, value in {"app_name": name, "app_version": version, "distribution": distribution}.items():
        if value is not None and not (isinstance(value, str) and value):
            raise ConfigurationError(f"{argument} must be a str, not empty")
    found = _installed(distribution or name) if distribution or (name and not version) else {}
    if distribution and not found:
        raise ConfigurationError("distribution must be the name of an installed one, as pip list shows it")
    given = {"name": name, "version": version}
    return {**found, **{field: value for field, value in given.items() if value}}


def _installed(distribution: str | None) -> dict[str, str]:
    with late_import():
        from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415 - slow to import
    try:
        found = metadata(distribution or "")
    except (PackageNotFoundError, ValueError):
        return {}
    return {"name": found["Name"], "version": found["Version"]}
