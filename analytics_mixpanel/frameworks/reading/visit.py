"""A request as a scope: who visits, and in which circumstances."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

from analytics_mixpanel.frameworks.reading.facts import context_of
from analytics_mixpanel.frameworks.reading.lookup import Lookup, attempt
from analytics_mixpanel.frameworks.reading.options import Options
from analytics_mixpanel.frameworks.reading.request import Request
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.message import id_text
from analytics_mixpanel.scopes import Values
from analytics_mixpanel.scopes.values import checked_values

_MARK: Final = "analytics_mixpanel.visit"
_ID_LIMIT: Final = 255


class Visit:
    """Reads a request when its scope is first asked, and keeps what cannot change.

    Args:
        read: makes the request.
        subject: what the lookups are given, the framework's own request.
    """

    __slots__ = ("_context", "_fallback", "_options", "_read", "_request", "_settled", "_subject")

    def __init__(self, read: Callable[[], Request], subject: Any, options: Options) -> None:
        self._read = read
        self._subject = subject
        self._options = options
        self._request: Request | None = None
        self._context: dict[str, Any] = {}
        self._fallback: str | None = None
        self._settled: Values | None = None

    def __call__(self) -> Values:
        """What is known now; not settled as long as nobody is."""
        if self._settled is None:
            values = self._values()
            if not values.settled:
                return values
            self._settled = values
        return self._settled

    def _values(self) -> Values:
        options = self._options
        request = self._once()
        user = self._ask(options.user_id)
        visitor = self._ask(options.anonymous_id) or _visitor(request, options)
        session = self._session(request)
        self._fallback = visitor or session or self._fallback or uuid4().hex
        facts = {**self._context, "sessionId": session, "groupId": self._ask(options.group_id)}
        return Values(
            user_id=user,
            # A visitor's own id goes with the visitor's user only: see Values.who.
            anonymous_id=visitor if user else None,
            properties=self._properties(),
            context={name: fact for name, fact in facts.items() if fact},
            fallback_id=self._fallback,
            settled=user is not None or options.user_id is None,
        )

    def _once(self) -> Request | None:
        if self._request is None:
            request = self._request = attempt("what a request tells", self._read)
            if request is not None:
                self._context = (
                    attempt("what a request tells", lambda: context_of(request, self._options)) or {}
                )
        return self._request

    def _ask(self, lookup: Lookup | None) -> str | None:
        """An id that the application knows, as text."""
        answer = None if lookup is None else lookup.ask(self._subject)
        if lookup is None or answer is None or answer == "":
            return None
        return attempt(lookup.name, lambda: id_text(lookup.name, answer))

    def _properties(self) -> dict[str, Any]:
        lookup = self._options.properties
        answer = None if lookup is None else lookup.ask(self._subject)
        values = attempt("properties", lambda: checked_values(properties=answer))
        return dict(values.properties) if values else {}

    def _session(self, request: Request | None) -> str | None:
        """What tells the session apart. Its key would open the session, so a digest stands for it."""
        key = self._ask(self._options.session_id)
        if key is None and request is not None and self._options.session_cookie:
            key = request.cookie(self._options.session_cookie)
        return hashlib.sha256(key.encode()).hexdigest()[:32] if key else None


def _visitor(request: Request | None, options: Options) -> str | None:
    if request is None or options.anonymous_cookie is None:
        return None
    visitor = unquote(request.cookie(options.anonymous_cookie) or "").strip('"')
    return visitor if visitor and len(visitor) <= _ID_LIMIT else None


def first_here(carrier: MutableMapping[str, Any], adapter: str) -> bool:
    """Mark a request as seen; False, with a warning, if another adapter has it already."""
    if _MARK not in carrier:
        carrier[_MARK] = adapter
        return True
    log_seldom(
        f"twice {adapter}",
        "a request passes two adapters, %s and %s; the inner one has no effect: take one of them out",
        carrier[_MARK], adapter,
        level=logging.WARNING,
    )  # fmt: skip
    return False
