"""Answers only to its own names.

A web page of a stranger can have its name lead to this machine (DNS rebinding), and is then of one origin
with what it reads here. Its Host header gives it away: this is looked at before anything else.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from attrs import field, frozen
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_mixpanel.debugger.guard.access import Access, is_loopback

#: Reserved names, which no stranger can have lead here; the second is this machine as its containers call it.
_OWN: Final = frozenset({"localhost", "host.docker.internal"})
_HOST: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::[0-9]{1,5})?")
_REFUSAL: Final = (
    "This debugger does not answer to the name in the Host header. "
    "Use its address, as http://127.0.0.1, or start it with --allow-host NAME.\n"
)


def name_in(header: str) -> str | None:
    """Give the name or address in a Host header, without its port; None for what is none."""
    match = _HOST.fullmatch(header)
    return None if match is None else match[1].strip("[]").rstrip(".").lower()


@frozen
class Hosts:
    """ASGI middleware that refuses requests by other names.

    The port may be any: behind a tunnel or a container's published port it is another than ours.
    """

    app: ASGIApp
    access: Access
    _names: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        own = (name.strip("[]").rstrip(".").lower() for name in (self.access.host, *self.access.names))
        object.__setattr__(self, "_names", _OWN | set(own))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] == "http" and not self._is_ours(scope):
            await PlainTextResponse(_REFUSAL, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        name = name_in(given[0]) if len(given) == 1 else None
        if name is None:
            return False
        return name in self._names or is_loopback(name) or (not self.access.is_local and _is_address(name))


def _is_address(name: str) -> bool:
    """Say whether this is an address; only a name can be made to lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
