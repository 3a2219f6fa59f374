"""Installed plugins: entry points in the group ``analytics_mixpanel``, each loaded by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from analytics_mixpanel.hookspecs import PROJECT


def installed_plugins(skip: Callable[[str], bool]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Names and loaders of the installed plugins, by name; one to skip is not imported."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - reads every installed distribution

    points = {point.name: point for point in entry_points(group=PROJECT)}
    for name in sorted(points):
        if not skip(name):
            yield name, points[name].load


def instance_of(loaded: Any) -> Any:
    """A plugin from what an entry point names: its class, or an instance."""
    return loaded() if isinstance(loaded, type) else loaded
