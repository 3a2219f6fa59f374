"""The calls of analytics-python: the same names, parameters and order."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from analytics_mixpanel.message import (
    Message,
    MessageIds,
    Timestamps,
    copied,
    id_text,
    identity,
    optional_text,
    require,
    timestamp_text,
)
from analytics_mixpanel.scopes.opening import scope as opening
from analytics_mixpanel.scopes.scope import CURRENT, Scope
from analytics_mixpanel.scopes.values import merged_context

Id: TypeAlias = Any  # a str, a number or a UUID
Values: TypeAlias = Mapping[str, Any] | None
Result: TypeAlias = tuple[bool, Message]

_open_scope: Final = CURRENT.get


class Calls:
    """Builds a message from each call and hands it to ``_accept``.

    Every call returns whether the message was taken, and the message. It raises ArgumentError, which is an
    AssertionError too, when an argument has the wrong type, and nothing else. What it leaves out is taken
    from the scope that is open.
    """

    library: dict[str, str]
    #: Open a scope, as ``analytics_mixpanel.scope``; it holds for the calls of every client.
    scope = staticmethod(opening)
    _ids: MessageIds
    _timestamps: Timestamps

    def _accept(self, message: Message) -> Result:
        raise NotImplementedError

    def _notice_fork(self) -> None:
        """Called before anything is drawn or counted that a forked child must not share."""
        raise NotImplementedError

    def identify(
        self,
        user_id: Id = None,
        traits: Values = None,
        context: Values = None,
        timestamp: datetime | None = None,
        anonymous_id: Id = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Tie a user to an id and to traits."""
        scope = _open_scope()
        if scope is not None:
            user_id, anonymous_id = scope.values().who(user_id, anonymous_id)
        user, anonymous = identity(user_id, anonymous_id)
        message: Message = {
            "type": "identify",
            "userId": user,
            "anonymousId": anonymous,
            "traits": copied("traits", traits),
        }
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def track(
        self,
        user_id: Id = None,
        event: str | None = None,
        properties: Values = None,
        context: Values = None,
        timestamp: datetime | None = None,
        anonymous_id: Id = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Record that a user did something."""
        scope = _open_scope()
        if scope is not None:
            user_id, anonymous_id = scope.values().who(user_id, anonymous_id)
        user, anonymous = identity(user_id, anonymous_id)
        require("event", event, str, "a str")
        message: Message = {
            "type": "track",
            "event": event,  # type: ignore[typeddict-item]  # required just above
            "userId": user,
            "anonymousId": anonymous,
            "properties": copied("properties", properties),
        }
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def alias(
        self,
        previous_id: Id = None,
        user_id: Id = None,
        context: Values = None,
        timestamp: datetime | None = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Merge a user's previous id into the new one."""
        scope = _open_scope()
        if scope is not None and user_id is None:
            user_id = scope.values().user_id
        message: Message = {
            "type": "alias",
            "previousId": id_text("previous_id", previous_id),
            "userId": id_text("user_id", user_id),
            "anonymousId": None,
        }
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def group(
        self,
        user_id: Id = None,
        group_id: Id = None,
        traits: Values = None,
        context: Values = None,
        timestamp: datetime | None = None,
        anonymous_id: Id = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Tie a user to a group, and the group to traits."""
        scope = _open_scope()
        if scope is not None:
            user_id, anonymous_id = scope.values().who(user_id, anonymous_id)
        user, anonymous = identity(user_id, anonymous_id)
        message: Message = {
            "type": "group",
            "groupId": id_text("group_id", group_id),
            "userId": user,
            "anonymousId": anonymous,
            "traits": copied("traits", traits),
        }
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def page(
        self,
        user_id: Id = None,
        category: str | None = None,
        name: str | None = None,
        properties: Values = None,
        context: Values = None,
        timestamp: datetime | None = None,
        anonymous_id: Id = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Record that a user saw a page."""
        scope = _open_scope()
        message = self._view("page", scope, user_id, anonymous_id, category, name, properties)
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def screen(
        self,
        user_id: Id = None,
        category: str | None = None,
        name: str | None = None,
        properties: Values = None,
        context: Values = None,
        timestamp: datetime | None = None,
        anonymous_id: Id = None,
        integrations: Values = None,
        message_id: Id = None,
    ) -> Result:
        """Record that a user saw a screen of an app."""
        scope = _open_scope()
        message = self._view("screen", scope, user_id, anonymous_id, category, name, properties)
        return self._accept(self._complete(message, scope, context, timestamp, integrations, message_id))

    def enqueue(self, message: Mapping[str, Any]) -> Result:
        """Take a message that is in wire form already, from another library, an archive or a queue.

        It goes as it is; only a ``messageId`` and a ``timestamp`` are given to one that has none.
        """
        self._notice_fork()
        require("message", message, Mapping, "a dict in Segment's wire form")
        require(
            "message['type']", message.get("type"), str, "a str: track, identify, group, page, screen, alias"
        )
        # The values of these are the message's own, as in a call: plugins may change them.
        taken: Any = {name: {**value} if type(value) is dict else value for name, value in message.items()}
        if taken.get("messageId") is None:
            taken["messageId"] = self._ids.next()
        if taken.get("timestamp") is None:
            taken["timestamp"] = self._timestamps.at(time.time())
        return self._accept(taken)

    @staticmethod
    def _view(
        kind: str,
        scope: Scope | None,
        user_id: Id,
        anonymous_id: Id,
        category: Any,
        name: Any,
        properties: Values,
    ) -> Message:
        if scope is not None:
            user_id, anonymous_id = scope.values().who(user_id, anonymous_id)
        user, anonymous = identity(user_id, anonymous_id)
        return {
            "type": kind,
            "category": optional_text("category", category),
            "name": optional_text("name", name),
            "userId": user,
            "anonymousId": anonymous,
            "properties": copied("properties", properties),
        }

    def _complete(
        self,
        message: Message,
        scope: Scope | None,
        context: Values,
        timestamp: Any,
        integrations: Values,
        message_id: Id,
    ) -> Message:
        """Add what every message has, and what the scope adds; its id and time are fixed here."""
        self._notice_fork()
        context = copied("context", context)
        if scope is not None:
            around = scope.values()
            context = merged_context(around.context, context)
            if "properties" in message:
                message["properties"] = {**around.properties, **message["properties"]}
        if "library" not in context:
            context["library"] = self.library
        message["context"] = context
        message["integrations"] = copied("integrations", integrations)
        if timestamp is None:
            message["timestamp"] = self._timestamps.at(time.time())
        else:
            require("timestamp", timestamp, datetime, "a datetime")
            message["timestamp"] = timestamp_text(timestamp)
        message["messageId"] = self._ids.next() if message_id is None else str(message_id)
        return message
