"""What an application does with the super properties of one reach: the process, a scope or a user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from analytics_mixpanel.message import require
from analytics_mixpanel_super_properties.names import Reserved
from analytics_mixpanel_super_properties.properties import Properties

#: Finds the properties; given True, makes them if there are none. None where nothing can be registered.
Place: TypeAlias = Callable[[bool], Properties | None]


class Reach:
    """Registers super properties, and takes them out again; of any thread."""

    def __init__(self, place: Place, reserved: Reserved) -> None:
        self._place = place
        self._reserved = reserved

    @property
    def properties(self) -> dict[str, Any]:
        """Those registered here, in a dict of the caller's."""
        place = self._place(False)
        return {} if place is None else dict(place.shown())

    def register(self, properties: Mapping[str, Any]) -> None:
        """Have every later event in reach carry these, in place of values registered before.

        Raises:
            ArgumentError: it is no dict with texts as keys.
        """
        allowed = self._checked(properties)
        place = self._place(True)
        if place is not None:
            place.register(allowed)

    def register_once(self, properties: Mapping[str, Any]) -> None:
        """Have every later event in reach carry those of these that have no value here yet.

        Raises:
            ArgumentError: it is no dict with texts as keys.
        """
        allowed = self._checked(properties)
        place = self._place(True)
        if place is not None:
            place.register_once(allowed)

    def unregister(self, *names: str) -> None:
        """Have later events no longer carry these."""
        place = self._place(False)
        if place is not None:
            place.unregister(names)

    def clear(self) -> None:
        """Take everything out that was registered here."""
        place = self._place(False)
        if place is not None:
            place.clear()

    def _checked(self, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        require("properties", properties, Mapping, "a dict")
        for name in properties:
            require("a key of properties", name, str, "a str")
        return self._reserved.without(properties)
