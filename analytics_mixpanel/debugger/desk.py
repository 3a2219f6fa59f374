"""What the page, Segment's API, the reports and the tester work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field, frozen

from analytics_mixpanel.debugger.forwarding import Forwarding
from analytics_mixpanel.debugger.guard import Access
from analytics_mixpanel.debugger.intake import Endpoint, Fate, Intake
from analytics_mixpanel.debugger.live.hub import Hub
from analytics_mixpanel.debugger.store import Store
from analytics_mixpanel.debugger.translating import Translated, Translating


@frozen
class DeskSettings:
    """How the debugger was started.

    Attributes:
        keep: how many events, requests, messages and so on are kept.
        db: the file that they are kept in, or None for memory.
        mappings: the file that the mapping tester keeps mappings in, or None.
    """

    keep: int = 100_000
    db: str | None = None
    mappings: str | None = None


@define(eq=False)
class Desk:
    """The debugger's parts, each under its name.

    Attributes:
        store: everything that arrived.
        hub: tells live readers that something did.
        settings: how the debugger was started.
        now: the clock, in seconds since 1970.
        access: who may look and write; a change by the page needs its ``page_token`` in the header
            ``X-Debugger-Token``, and ``Content-Type: application/json``.
        url: the address that it serves at, without a trailing slash.
        reports: what live clients say of themselves.
        forwarding: what passes accepted data on to the real Mixpanel, or None.
    """

    store: Store
    hub: Hub
    settings: DeskSettings
    now: Callable[[], float]
    _intake: Intake
    _translating: Translating
    access: Access = field(factory=Access)
    url: str = ""
    reports: Any = field(default=None)
    forwarding: Forwarding | None = None

    def __attrs_post_init__(self) -> None:
        if self.forwarding is not None:
            self.forwarding.changed = self.hub.touch
            self.hub.facts["forwarding"] = self.forwarding.status

    @property
    def mappings(self) -> list[dict[str, Any]]:
        """The mappings in force, in Segment's JSON form."""
        return self._translating.mappings

    def use_mappings(self, mappings: Any) -> None:
        """Put other mappings in force, or None for the default ones; nothing changes if they cannot work.

        Args:
            mappings: a list in one of Segment's JSON forms, or the path of a file.

        Raises:
            ConfigurationError, MappingError: they cannot work.
        """
        self._translating.use(mappings)
        self.hub.touch()

    def translate(self, message: Any, token: str) -> Translated:
        """Translate a message by the mappings in force, as it would be sent for the project of a token."""
        return self._translating.translate(message, token)

    def project_of(self, token: str) -> str:
        """Give the name that the project of a token is kept under: the token, or what stands for it."""
        return self._intake.project_of(token)

    def ingest(self, records: Sequence[Any], kind: Endpoint, token: str, request: int = 0) -> list[Fate]:
        """Take in records as the stand-in's own endpoint would, and say what became of each.

        Args:
            records: in Mixpanel's form.
            kind: ``import``, ``track``, ``engage`` or ``groups``.
            token: of their project.
            request: id of the request that brought them, or 0.
        """
        return self._intake.take(records, kind, token, request)
