"""Installed plugins: entry points in the group ``analytics_mixpanel``, each loaded by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from analytics_mixpanel.hookspecs import PROJECT
from analytics_mixpanel.process.late_imports import late_import

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def installed_plugins(skip: Callable[[str], bool]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Names and loaders of the installed plugins, by name; one to skip is not imported."""
    with late_import():
        from importlib.metadata import entry_points  # noqa: PLC0415 - it imports what reads e-mail

        points = {point.name: point for point in entry_points(group=PROJECT)}
    for name in sorted(points):
        if not skip(name):
            yield name, partial(_loaded, points[name])


def _loaded(point: EntryPoint) -> Any:
    with late_import():
        return point.load()


def instance_of(loaded: Any) -> Any:
    """A plugin from what an entry point names: its class, or an instance."""
    return loaded() if isinstance(loaded, type) else loaded
