"""What a plugin remembers of each user: bounded, and never another user's."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from numbers import Number
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from analytics_mixpanel.errors import ConfigurationError

V = TypeVar("V")

# A user's id is the key itself; an anonymous id is wrapped, so that it is no user's.
_Key: TypeAlias = "str | tuple[str]"
# Seconds within which a user is not noted as seen again: the calls of one request come together.
_AT_ONCE: Final = 0.1
# Users who were not seen for too long that are forgotten for each new one; more than come.
_FORGOTTEN_AT_ONCE: Final = 2


class PerUser(Generic[V]):
    """One value for each of the users seen last.

    There is no lock. Each step is one operation of a dict, which nothing interrupts, and between two steps
    all is whole: so a signal handler that tracks waits for nobody, and a fork finds nothing half done. A
    forked child goes on with what its parent knew, in a copy of its own.

    Args:
        make: makes the value of a new user.
        max_users: beyond it, whoever was not seen for longest is forgotten.
        max_age: seconds after which a user who was not seen is forgotten.
        clock: monotonic, in seconds.

    Raises:
        ConfigurationError: there is no room for a user, or no time.
    """

    def __init__(
        self,
        make: Callable[[], V],
        max_users: int,
        max_age: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if max_users < 1 or max_age <= 0:
            raise ConfigurationError("max_users must be at least 1, and max_age more than 0 seconds")
        self._make = make
        self._max_users = max_users
        self._max_age = max_age
        self._clock = clock
        self._kept: OrderedDict[_Key, _Kept[V]] = OrderedDict()  # who was seen last is last

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, user_id: Any, anonymous_id: Any = None) -> V | None:
        """A user's value, if there is one; of who has no user id, the anonymous visitor's."""
        key: Any = user_id
        if type(user_id) is not str or not user_id:
            key = _key(user_id, anonymous_id)
        kept = self._kept.get(key)  # None is nobody's key
        if kept is None:
            return None
        now = self._clock()
        unseen = now - kept.seen
        if unseen < _AT_ONCE:
            return kept.value
        if unseen > self._max_age:
            self._forget(key, kept)
            return None
        kept.seen = now
        try:
            self._kept.move_to_end(key)
        except KeyError:
            pass  # forgotten by another thread just now
        return kept.value

    def of(self, user_id: Any, anonymous_id: Any = None) -> V | None:
        """A user's value, made if there is none; None for a message that is nobody's."""
        value = self.find(user_id, anonymous_id)
        if value is not None:
            return value
        key = _key(user_id, anonymous_id)
        if key is None:
            return None
        kept = self._kept.setdefault(key, _Kept(self._make(), self._clock()))
        self._make_room()
        return kept.value

    def _make_room(self) -> None:
        while len(self._kept) > self._max_users:
            try:
                self._kept.popitem(last=False)
            except KeyError:
                break  # other threads were quicker
        for _ in range(_FORGOTTEN_AT_ONCE):
            try:
                key, kept = next(iter(self._kept.items()))
            except (StopIteration, RuntimeError):
                break  # changed by another thread: the next new user has a look again
            if self._clock() - kept.seen <= self._max_age:
                break
            self._forget(key, kept)

    def _forget(self, key: Any, old: _Kept[V]) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None and gone is not old:
            self._kept.setdefault(key, gone)  # seen again meanwhile, by another thread


class _Kept(Generic[V]):
    __slots__ = ("seen", "value")

    def __init__(self, value: V, seen: float) -> None:
        self.value = value
        self.seen = seen


def _key(user_id: Any, anonymous_id: Any) -> _Key | None:
    """Whose it is; messages of other libraries may have ids of any type."""
    if user_id:
        return _text(user_id)
    anonymous = _text(anonymous_id) if anonymous_id else None
    return None if anonymous is None else (anonymous,)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, Number, UUID)) else None
