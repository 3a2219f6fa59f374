"""From Segment's messages to Mixpanel's records, by the mappings in force."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from attrs import define, field, frozen

from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.debugger.intake import Endpoint

_TOKENS: Final = 100  # of which a translator is kept ready


@frozen
class MadeRecord:
    """One of the records that a message becomes.

    Attributes:
        endpoint: where it goes.
        body: the record in Mixpanel's form.
        preset: name of the mapping that made it.
        action: the action that made it.
    """

    endpoint: Endpoint
    body: dict[str, Any]
    preset: str
    action: str


@frozen
class Translated:
    """What a message becomes.

    Attributes:
        records: in the order of sending.
        errors: ``severity``, ``message``, ``field``, ``preset`` and ``action`` of what could not be made.
    """

    records: list[MadeRecord]
    errors: list[dict[str, str]]


@define(eq=False)
class Translating:
    """The installed destination for Mixpanel, with the mappings in force.

    Args:
        given: mappings in Segment's JSON form, the path of a file of them, or None for the default ones.

    Raises:
        ConfigurationError, MappingError: they cannot work.
    """

    _given: Any = None
    _by_token: OrderedDict[str, Callable[[Any], dict[str, Any]]] = field(init=False, factory=OrderedDict)

    def __attrs_post_init__(self) -> None:
        self.use(self._given)

    @property
    def mappings(self) -> list[dict[str, Any]]:
        """Those in force, in Segment's JSON form."""
        return copy.deepcopy(destination().default_mappings() if self._given is None else self._given)

    def use(self, given: Any) -> None:
        """Put other mappings in force, or None for the default ones; nothing changes if they cannot work.

        Raises:
            ConfigurationError, MappingError: they cannot work.
        """
        if given is not None:
            given = destination().load_mappings(given)
            destination().as_sent("", given)
        self._given, self._by_token = given, OrderedDict()

    def translate(self, message: Any, token: str) -> Translated:
        """Translate a message for the project of a token."""
        answer = self._for(token)(message)
        errors = [{"severity": "error", **error} for error in answer["errors"]]
        if answer["dropped"]:
            errors.append(_dropped(answer["dropped"]))
        return Translated([MadeRecord(**record) for record in answer["records"]], errors)

    def _for(self, token: str) -> Callable[[Any], dict[str, Any]]:
        by_token = self._by_token
        found = by_token.pop(token, None) or destination().as_sent(token, self._given)
        by_token[token] = found
        if len(by_token) > _TOKENS:
            by_token.popitem(last=False)
        return found


def _dropped(reason: str) -> dict[str, str]:
    if reason == "no mapping":
        reason = "no mapping's condition matches this message, so nothing is sent for it"
    return {"severity": "warning", "message": reason, "field": "", "preset": "", "action": ""}
