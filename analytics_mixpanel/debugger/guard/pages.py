"""The page's door: the token, the origin, what a change needs, and the headers that every answer has."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode, urlsplit

from attrs import frozen
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.bodies import read_body
from analytics_mixpanel.debugger.guard.access import Access

#: The header in which the page says its ``Access.page_token`` with a change.
PAGE_TOKEN: Final = "x-debugger-token"  # noqa: S105 - a header's name
#: Where programs write, which have no page token; browsers may not.
FOR_PROGRAMS: Final = "/debugger/reports"
COOKIE: Final = "analytics_mixpanel_debugger"
MOST_BYTES: Final = 12 * 1024 * 1024  # a request to Mixpanel, pasted in base64
_READING: Final = ("GET", "HEAD")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ASK: Final = "Open the address that the debugger printed when it started: it ends with the token.\n"
_OTHER_ORIGIN: Final = "This page answers only to itself, not to another site.\n"
_NOT_THE_PAGE: Final = "A change needs the header X-Debugger-Token, which the page itself sends: reload it.\n"
_NOT_JSON: Final = "Send JSON, with the header Content-Type: application/json.\n"


@frozen
class Pages:
    """ASGI middleware before everything under ``/debugger/``.

    Args:
        app: what is behind it; only what it lets browsers keep is kept by them.
        access: who may look.
        styles: the styles that the page has, as a Content-Security-Policy names them.
    """

    app: ASGIApp
    access: Access
    styles: str = "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""

        async def heading(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY.format(styles=self.styles)
                headers.setdefault("Cache-Control", "no-store")
                headers.update(_HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        refusal = self._refusal(request)
        if refusal is not None:
            await refusal(scope, receive, heading)
            return
        if request.method in _READING:
            await self.app(scope, receive, heading)
            return
        try:
            body = await read_body(request, MOST_BYTES)
        except Refused as refused:
            await PlainTextResponse(f"{refused.error}\n", refused.status)(scope, receive, heading)
            return
        await self.app(scope, _again(body, receive), heading)

    def _refusal(self, request: Request) -> Response | None:
        """Give the answer to a request that is not let in, or None."""
        if self.access.token is not None and (answer := self._stranger(request)):
            return answer
        if not _is_of_the_page(request):
            return PlainTextResponse(_OTHER_ORIGIN, 403)
        if request.method in _READING:
            return None
        if not self._may_write(request):
            return PlainTextResponse(_NOT_THE_PAGE, 403)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if kind == "application/json" else PlainTextResponse(_NOT_JSON, 415)

    def _stranger(self, request: Request) -> Response | None:
        """Ask for the token; who brings it in the address gets a cookie in its place."""
        if self.access.remembers(request.cookies.get(COOKIE, "")):
            return None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.access.admits(given.strip()):
            return None
        if request.method == "GET" and self.access.admits(request.query_params.get("token", "")):
            rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
            path = request.scope["path"] + ("?" + urlencode(rest) if rest else "")
            answer = RedirectResponse("/" + path.lstrip("/"), 303)
            answer.set_cookie(COOKIE, self.access.cookie, path="/debugger", httponly=True, samesite="strict")
            return answer
        return PlainTextResponse(_ASK, 403)

    def _may_write(self, request: Request) -> bool:
        """Say whether a request comes from our page, or from a program where programs write."""
        if self.access.wrote(request.headers.get(PAGE_TOKEN, "")):
            return True
        from_browser = "origin" in request.headers or "sec-fetch-site" in request.headers
        return request.scope["path"].rstrip("/") == FOR_PROGRAMS and not from_browser


def _is_of_the_page(request: Request) -> bool:
    """Say whether a request comes from the page's own origin, or from no page at all.

    A link from elsewhere may be followed here; what it shows is of no use to who made it.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    if request.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    followed = request.headers.get("sec-fetch-mode") == "navigate"
    return followed and request.method == "GET" and request.headers.get("sec-fetch-dest") == "document"


def _again(body: bytes, receive: Receive) -> Receive:
    """Give what hands a body over that has been read already."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give
