"""The plugin: SuperProperties."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Final
from weakref import WeakKeyDictionary

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.message import Message, identity
from analytics_mixpanel.per_user import PerUser
from analytics_mixpanel.scopes import Scope, current_scope
from analytics_mixpanel_super_properties.names import TRAITS, Reserved
from analytics_mixpanel_super_properties.properties import Properties
from analytics_mixpanel_super_properties.reach import Reach

_EVENTS: Final = frozenset({"track", "page", "screen"})
_NONE: Final[Mapping[str, Any]] = {}


class SuperProperties(Reach):
    """Have events carry what was registered: for the process (here), a scope or a user.

    The event's own properties win, those of a ``scope(properties=...)`` among them; then what was registered
    for the scope, for the user, for the process.

    Args:
        properties: to start with, for the process.
        from_traits: register the traits of ``identify`` for its user: all of them, or these. Those that
            Mixpanel has a name for get it (``email``: ``$email``), and lists are united.
            Source: Segment's Classic destination, setAllTraitsByDefault and superProperties.
        super_properties: the properties of events that are registered for their user.
            Source: Segment's Classic destination, superProperties.
        max_users: how many users are remembered; beyond it, those seen last.
        max_age: seconds after which a user who was not seen is forgotten.
        clock: monotonic, in seconds.

    Raises:
        ConfigurationError: a setting is wrong.
        ArgumentError: the properties are no dict with texts as keys.
    """

    name: ClassVar[str] = "SuperProperties"

    def __init__(
        self,
        properties: Mapping[str, Any] | None = None,
        *,
        from_traits: bool | Collection[str] = False,
        super_properties: Collection[str] = (),
        max_users: int = 10_000,
        max_age: float = 86_400.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._process = Properties()
        self._scopes: WeakKeyDictionary[Scope, Properties] = WeakKeyDictionary()
        self._has_scopes = False
        self._users = PerUser(Properties, max_users, max_age, clock)
        self._learns = bool(from_traits)
        self._traits = None if isinstance(from_traits, bool) else _names("from_traits", from_traits)
        self._listed = _names("super_properties", super_properties)
        super().__init__(lambda _: self._process, Reserved())
        self.register(properties or {})

    def __repr__(self) -> str:
        return f"SuperProperties(names={sorted(self.properties)}, users={len(self._users)})"

    @property
    def left_out(self) -> dict[str, int]:
        """How often a reserved name was left out, by name."""
        return self._reserved.counts()

    def for_user(self, user_id: Any = None, *, anonymous_id: Any = None) -> Reach:
        """Those of one user's events; of events without a user id, those of one anonymous visitor's.

        Raises:
            ArgumentError: neither id is given, or one is no text, number or UUID.
        """
        ids = identity(user_id, anonymous_id)
        return Reach(lambda make: (self._users.of if make else self._users.find)(*ids), self._reserved)

    def for_scope(self) -> Reach:
        """Those of the events inside the innermost scope that is open here, until it is closed."""
        scope = current_scope()
        if scope is None:
            log_seldom("super properties scope", "for_scope() registers nothing where no scope is open")
            return Reach(lambda _: None, self._reserved)
        self._has_scopes = True
        registered = self._scopes.setdefault(scope, Properties())
        return Reach(lambda _: registered, self._reserved)

    @hookimpl
    def capture(self, message: Message) -> None:
        """Give an event what was registered, and learn from ``identify`` and from events."""
        if message["type"] not in _EVENTS:
            self._learn(message)
            return
        own = message.get("properties")
        if own is None:
            own = message["properties"] = {}
        elif not isinstance(own, dict):
            return  # of another library; nothing can be added
        if self._listed:
            self._learn_listed(message, own)
        process = self._process.shown()
        user = self._users.find(message.get("userId"), message.get("anonymousId"))
        of_scopes = self._of_scopes(current_scope()) if self._has_scopes else _NONE
        if process or of_scopes or user is not None:
            carried = {**process, **(_NONE if user is None else user.shown()), **of_scopes}
            for name, value in carried.items():
                if name not in own:
                    own[name] = value

    def _of_scopes(self, scope: Scope | None) -> dict[str, Any]:
        """What was registered for a scope and those around it; the inner one wins."""
        carried: dict[str, Any] = {}
        while scope is not None:
            known = self._scopes.get(scope)
            if known is not None:
                carried = {**known.shown(), **carried}
            scope = scope.outer
        return carried

    def _learn_listed(self, message: Message, own: dict[str, Any]) -> None:
        listed = {name: value for name, value in own.items() if name in self._listed}
        allowed = self._reserved.without(listed)
        user = self._users.of(message.get("userId"), message.get("anonymousId")) if allowed else None
        if user is not None:
            user.register(allowed)

    def _learn(self, message: Message) -> None:
        traits = message.get("traits")
        if not self._learns or message["type"] != "identify" or not isinstance(traits, dict):
            return
        known = {
            TRAITS.get(name, name): value
            for name, value in traits.items()
            if self._traits is None or name in self._traits
        }
        allowed = self._reserved.without(known)
        user = self._users.of(message.get("userId"), message.get("anonymousId")) if allowed else None
        if user is not None:
            user.unite(allowed)


def _names(setting: str, names: Collection[str]) -> frozenset[str]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise ConfigurationError(f"{setting} must be a list of names")
    return frozenset(names)
