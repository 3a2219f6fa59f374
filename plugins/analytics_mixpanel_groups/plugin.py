"""The plugin: Groups."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from numbers import Number
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.message import Message, id_text, identity
from analytics_mixpanel.per_user import PerUser
from analytics_mixpanel.scopes.scope import CURRENT
from analytics_mixpanel.scopes.values import GroupIds
from analytics_mixpanel_groups.keys import DEFAULT_KEY, Keys
from analytics_mixpanel_groups.membership import Membership

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

_EVENTS: Final = frozenset({"track", "page", "screen"})

_NONE: Final[Mapping[str, GroupIds]] = {}
_open_scope: Final = CURRENT.get


class Groups:
    """Tie users, their events and their groups together in Mixpanel.

    After ``group("user-1", "acme")`` the group has a profile, the profile of user-1 names it, and so do later
    events of user-1: ``company_id: "acme"``, or a list where there are several. What an event or a user's
    traits say under the group key wins, then ``context.groupId``, then the open scope's groups, then what is
    remembered of the user.

    To destinations it says in ``context``: ``groupKey``, the key of a ``group`` call; ``memberOf``, group key
    → ids that belong on the user's profile; ``leftGroups``, group key → id that no longer does.

    Args:
        keys: the group keys as defined in the project's settings, ``"company_id"``; or by type,
            ``{"company": "company_id"}``. None for Segment's ``$group_id``.
        type_trait: the trait of ``group`` that may name the type, where ``context.groupType`` does not.
        max_users: how many users are remembered; beyond it, those seen last.
        max_age: seconds after which a user who was not seen is forgotten.
        clock: monotonic, in seconds.

    Raises:
        ConfigurationError: a key is no text, reserved by Mixpanel or declared twice.
    """

    name: ClassVar[str] = "Groups"

    def __init__(
        self,
        *keys: str | Mapping[str, str],
        type_trait: str | None = "group_type",
        max_users: int = 10_000,
        max_age: float = 86_400.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = Keys(keys)
        self._type_trait = type_trait
        self._members = PerUser(Membership, max_users, max_age, clock)
        self._client: Client | None = None

    def __repr__(self) -> str:
        return f"Groups({self._keys!r}, users={len(self._members)})"

    def of(self, user_id: Any = None, *, anonymous_id: Any = None) -> dict[str, list[str]]:
        """Group key → ids that are remembered of a user, or of an anonymous visitor."""
        member = self._members.find(*identity(user_id, anonymous_id))
        return {} if member is None else member.groups()

    def leave(self, user_id: Any, group_id: Any, group_type: str | None = None) -> None:
        """Take a user out of a group: later events do not carry it, and the user's profile loses it.

        Args:
            user_id: who leaves.
            group_id: what they leave.
            group_type: a declared type or group key; else the first.

        Raises:
            ArgumentError: an id is no text, number or UUID.
        """
        user, group = id_text("user_id", user_id), id_text("group_id", group_id)
        key = self._keys.of(group_type)
        member = self._members.find(user)
        if member is not None:
            member.leave(key, group)
        if self._client is None:
            log_seldom("groups", "leave() changes no profile: register(Groups(...)) with a client first")
            return
        context = {"library": self._client.library, "leftGroups": {key: group}}
        self._client.enqueue({"type": "identify", "userId": user, "traits": {}, "context": context})

    @hookimpl
    def startup(self, client: Client) -> None:
        """Keep the client, for messages about users who leave groups."""
        self._client = client

    @hookimpl(trylast=True)
    def capture(self, message: Message) -> None:
        """Tie a message to its groups; last, since other plugins may give ``context.groupId``."""
        kind = message["type"]
        if kind in _EVENTS:
            if groups := self._groups_of(message):
                _tie_event(message, groups)
        elif kind == "identify":
            _tie_profile(message, self._groups_of(message))
        elif kind == "group":
            self._join(message)

    def _groups_of(self, message: Message) -> Mapping[str, GroupIds]:
        """The groups that a message is about: group key → id, or ids where there are several."""
        member = self._members.find(message.get("userId"), message.get("anonymousId"))
        groups = _NONE if member is None else member.tied()
        scope = _open_scope()
        if scope is not None:
            groups = self._nearer(groups, scope.groups)
        context = message.get("context")
        if type(context) is dict and "groupId" in context:
            group_id = _text(context["groupId"])
            if group_id:
                groups = {**groups, self._keys.of(context.get("groupType")): group_id}
        return groups

    def _nearer(
        self, groups: Mapping[str, GroupIds], of_scope: Mapping[str, GroupIds]
    ) -> Mapping[str, GroupIds]:
        """The groups of a scope over those that are remembered; without those that it takes away."""
        if not of_scope:
            return groups
        named = {self._keys.of(name): _listed(ids) for name, ids in of_scope.items()}
        kept = {key: ids for key, ids in groups.items() if key not in named}
        return kept | {key: ids[0] if len(ids) == 1 else ids for key, ids in named.items() if ids}

    def _join(self, message: Message) -> None:
        context, traits = message.get("context") or {}, message.get("traits") or {}
        if not (isinstance(context, dict) and isinstance(traits, dict)):
            return  # of another library; no destination can read it
        named = traits.get(self._type_trait) if self._type_trait else None
        key = self._keys.of(context.get("groupKey") or context.get("groupType") or named)
        # As Segment has it: a trait named like the group key is the id.
        group_id = _text(traits.get(key) or None) or _text(message.get("groupId"))
        if not group_id:
            return
        member = self._members.of(message.get("userId"), message.get("anonymousId"))
        _add_to_context(message, "groupKey", key)
        if member is not None:
            member.join(key, group_id)
            _add_to_context(message, "memberOf", {key: [group_id]})


def _tie_event(message: Message, groups: Mapping[str, GroupIds]) -> None:
    own = message.get("properties")
    if own is None:
        own = message["properties"] = {}
    elif not isinstance(own, dict):
        return  # of another library; nothing can be added
    for key, ids in groups.items():
        if key == DEFAULT_KEY:
            # Events have it from the context, and only one id there: that of the group joined last.
            _add_to_context(message, "groupId", _listed(ids)[-1])
        elif key not in own:
            own[key] = ids


def _tie_profile(message: Message, groups: Mapping[str, GroupIds]) -> None:
    traits = message.get("traits") or {}
    member_of = {key: _listed(ids) for key, ids in groups.items() if key not in traits}
    if member_of:
        _add_to_context(message, "memberOf", member_of)


def _listed(ids: GroupIds) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids or ())  # None is no group


def _add_to_context(message: Message, name: str, value: Any) -> None:
    """Add to a message's context what it does not have."""
    context = message.get("context") or {}
    if isinstance(context, dict) and not context.get(name):
        message["context"] = {**context, name: value}


def _text(value: Any) -> str | None:
    """An id as Mixpanel compares it; None for what is none."""
    return str(value) if isinstance(value, (str, Number, UUID)) else None
