"""What the command line and the debugger ask of the plugin: its mappings and records, without a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics_mixpanel.process.late_imports import late_import

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics_mixpanel_destination.mappings import MappingFileError
    from analytics_mixpanel_destination.mappings.loading import Given
    from analytics_mixpanel_destination.relay import Relay


class Workbench:
    """Mappings to start from, to load and to check; and what they make of messages."""

    @staticmethod
    def presets() -> list[dict[str, Any]]:
        """Answer the mappings to start from, for the command ``mappings preset``."""
        from analytics_mixpanel_destination.presets import presets  # noqa: PLC0415

        return presets()

    @staticmethod
    def additions() -> list[dict[str, Any]]:
        """Answer the mappings that are in force besides the presets where none are given."""
        from analytics_mixpanel_destination.presets import additions  # noqa: PLC0415

        return additions()

    @classmethod
    def default_mappings(cls) -> list[dict[str, Any]]:
        """Answer the mappings in force where none are given: Segment's presets, and what is sent besides."""
        return cls.presets() + cls.additions()

    @staticmethod
    def load_mappings(mappings: Given) -> list[dict[str, Any]] | None:
        """Answer mappings, or those of a file, in Segment's JSON form; raise for what is wrong with them."""
        with late_import():
            from analytics_mixpanel_destination.mappings import load_mappings  # noqa: PLC0415
        return load_mappings(mappings)

    @staticmethod
    def check_mappings(body: bytes, name: str) -> tuple[int, list[MappingFileError]]:
        """Answer how many mappings a file holds, and all that is wrong with them.

        Args:
            body: of the file.
            name: of the file, for the errors.
        """
        with late_import():
            from analytics_mixpanel_destination.mappings import Document, MappingFileError  # noqa: PLC0415
        try:
            document = Document.of(body, name)
        except MappingFileError as error:
            return 0, [error]
        return document.count, document.errors()

    @staticmethod
    def actions() -> dict[str, dict[str, Any]]:
        """Answer the actions by name, each with ``fields`` (JSON Schema), ``required`` and ``mapping``."""
        from analytics_mixpanel_destination.actions import ACTIONS  # noqa: PLC0415
        from analytics_mixpanel_destination.presets import default_mapping, payload_schema  # noqa: PLC0415

        schemas = {name: payload_schema(name) for name in ACTIONS}
        return {
            name: {
                "fields": schema["properties"],
                "required": schema["required"],
                "mapping": default_mapping(name),
            }
            for name, schema in schemas.items()
        }

    @staticmethod
    def as_sent(token: str, mappings: Given = None) -> Callable[[Any], dict[str, Any]]:
        """Answer a function from a message to what is sent for it, for a project and these mappings."""
        from analytics_mixpanel_destination.as_sent import as_sent  # noqa: PLC0415

        return as_sent(token, mappings)

    @staticmethod
    def relay(target: str) -> Relay:
        """Answer what sends others' records on to a region or an address."""
        from analytics_mixpanel_destination.relay import Relay  # noqa: PLC0415

        return Relay(target)
