"""The options that every adapter for web frameworks takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias, TypedDict

from attrs import Attribute, field, fields_dict, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.frameworks.reading.lookup import Lookup

Function: TypeAlias = Callable[[Any], Any]

#: The options that are functions of a request.
LOOKUPS: Final = ("user_id", "anonymous_id", "group_id", "session_id", "properties")

_FACTS: Final = frozenset({"ip", "userAgent", "userAgentData", "locale", "page", "campaign"})


class Given(TypedDict, total=False):
    """The options as an application gives them; Options says what they mean."""

    user_id: Function | None
    anonymous_id: Function | None
    group_id: Function | None
    session_id: Function | None
    properties: Function | None
    anonymous_cookie: str | None
    session_cookie: str | None
    trusted_proxies: int
    ip_header: str
    leave_out: Iterable[str]
    query: bool


def _count(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigurationError(f"{attribute.name} must be a number of proxies, 0 or more")


def _name(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and not (isinstance(value, str) and value):
        raise ConfigurationError(f"{attribute.name} must be a str, not empty")


def _known_facts(names: Any) -> frozenset[str]:
    known = frozenset([names] if isinstance(names, str) else names)
    if unknown := known - _FACTS:
        raise ConfigurationError(f"leave_out has {sorted(unknown)}; it can have {sorted(_FACTS)}")
    return known


@frozen(kw_only=True)
class Options:
    """What an adapter is told; a lookup is a function of the framework's request, asked when a call needs it.

    Attributes:
        user_id: lookup of the user's id; None while nobody is known, and then asked again by the next call.
        anonymous_id: lookup of the visitor's id; else ``anonymous_cookie``, else the session's, else one
            that is made up for the request, so that no call fails for want of an id.
        group_id: lookup of ``context.groupId``.
        session_id: lookup of what tells sessions apart; else ``session_cookie``. Only a digest of it is sent.
        properties: lookup of properties for the events.
        anonymous_cookie: Segment's cookie in browsers, or another; None for none.
        session_cookie: the cookie with a session's key.
        trusted_proxies: how many proxies in front of the server are to be believed.
        ip_header: the header in which they say who the client is.
        leave_out: facts not to take: ip, userAgent, userAgentData, locale, page, campaign.
        query: whether ``page`` has the query string.
    """

    user_id: Lookup | None = None
    anonymous_id: Lookup | None = None
    group_id: Lookup | None = None
    session_id: Lookup | None = None
    properties: Lookup | None = None
    anonymous_cookie: str | None = field(default="ajs_anonymous_id", validator=_name)
    session_cookie: str | None = field(default=None, validator=_name)
    trusted_proxies: int = field(default=0, validator=_count)
    ip_header: str = field(default="X-Forwarded-For", validator=_name)
    leave_out: frozenset[str] = field(default=frozenset(), converter=_known_facts)
    query: bool = True


def options_of(given: Mapping[str, Any]) -> Options:
    """Check the options that an application gave.

    Raises:
        ConfigurationError: one is unknown, or wrong.
    """
    if unknown := given.keys() - fields_dict(Options).keys():
        raise ConfigurationError(f"unknown options: {', '.join(sorted(map(str, unknown)))}")
    options: dict[str, Any] = dict(given)
    options.update((name, _lookup(name, given[name])) for name in LOOKUPS if name in given)
    return Options(**options)


def _lookup(name: str, function: Any) -> Lookup | None:
    if function is None:
        return None
    if not callable(function) or inspect.iscoroutinefunction(function):
        raise ConfigurationError(f"{name} must be a plain function of the request, not async")
    return Lookup(name, function)
