"""An open scope, and which one is open here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Final

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.scopes.values import GroupIds, Values

_NOBODY: Final = Values()


class Scope:
    """An open scope; what it shows includes the scopes around it. Only scopes opened inside differ from it.

    Its values are read when a call first needs them: opening a scope costs next to nothing, and a call
    outside any scope pays for asking whether there is one.

    Attributes:
        outer: the scope around this one.
        opening: what opened it.
    """

    __slots__ = ("__weakref__", "_read", "_settled", "opening", "outer")

    def __init__(self, read: Callable[[], Values], outer: Scope | None, opening: object = None) -> None:
        self.outer: Final = outer
        self.opening: Final = opening
        self._read = read
        self._settled: Values | None = None

    def __repr__(self) -> str:
        return f"Scope(nested={self.outer is not None})"

    @property
    def user_id(self) -> str | None:
        """The user that the calls inside are about."""
        return self.values().user_id

    @property
    def anonymous_id(self) -> str | None:
        """The anonymous id of that user, or of a visitor whom nobody knows."""
        values = self.values()
        return values.anonymous_id or (None if values.user_id else values.fallback_id)

    @property
    def properties(self) -> Mapping[str, Any]:
        """What the events inside carry; read only."""
        return self.values().properties

    @property
    def context(self) -> Mapping[str, Any]:
        """What the context of the messages inside has; read only."""
        return self.values().context

    @property
    def groups(self) -> Mapping[str, GroupIds]:
        """Group key or type → id, or ids, or None for no group; read only."""
        return self.values().groups

    def values(self) -> Values:
        """Everything it says, at once."""
        if self._settled is not None:
            return self._settled
        values = self._own()
        if self.outer is not None:
            values = values.within(self.outer.values())
        if values.settled:
            self._settled = values
        return values

    def _own(self) -> Values:
        # What is tracked while reading belongs to the scope around, or it would be read again for it.
        token = CURRENT.set(self.outer)
        try:
            return self._read()
        except Exception as error:  # noqa: BLE001 - analytics must not break the application
            log_seldom("scope", "the values of a scope were left out: %s", place_of(error))
            return _NOBODY
        finally:
            CURRENT.reset(token)


CURRENT: Final[ContextVar[Scope | None]] = ContextVar("analytics_mixpanel_scope", default=None)


class Reopened:
    """A context manager in which a scope is open again, as it was, with what plugins keep for it."""

    __slots__ = ("_scope", "_token")

    def __init__(self, scope: Scope) -> None:
        self._scope: Final = scope
        self._token: Token[Scope | None] | None = None

    def __enter__(self) -> Scope:
        self._token = CURRENT.set(self._scope)
        return self._scope

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            CURRENT.reset(self._token)


def current_scope() -> Scope | None:
    """The innermost scope that is open here."""
    return CURRENT.get()
