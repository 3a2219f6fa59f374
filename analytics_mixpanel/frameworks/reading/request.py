"""A request, as WSGI and ASGI tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from attrs import frozen

Environ: TypeAlias = dict[str, Any]
AsgiScope: TypeAlias = MutableMapping[str, Any]

# What a path may hold as it is. Source: RFC 3986, 3.3.
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=~"


@frozen
class Request:
    """What there is to read of a request.

    Attributes:
        header: a header by its name in small letters; several of one name are joined by commas.
        peer: the address that is connected, of a proxy if there is one.
        path: percent-encoded.
        query: without the question mark.
    """

    header: Callable[[str], str | None]
    peer: str | None
    scheme: str
    host: str | None
    path: str
    query: str

    def cookie(self, name: str) -> str | None:
        """A cookie's value, or None."""
        # http.cookies gives up at the first cookie that it finds odd; browsers send odd ones.
        for each in (self.header("cookie") or "").split(";"):
            key, _, value = each.partition("=")
            if key.strip() == name:
                return value.strip()
        return None


def of_wsgi(environ: Mapping[str, Any]) -> Request:
    """Read a WSGI environ. Source: PEP 3333."""

    def header(name: str) -> str | None:
        value: str | None = environ.get("HTTP_" + name.upper().replace("-", "_"))
        return value

    host = environ.get("HTTP_HOST")
    path = (environ.get("SCRIPT_NAME") or "") + (environ.get("PATH_INFO") or "")
    return Request(
        header,
        environ.get("REMOTE_ADDR") or None,
        environ.get("wsgi.url_scheme", "http"),
        host or environ.get("SERVER_NAME"),
        quote(path.encode("latin-1"), safe=_PATH_CHARACTERS),
        environ.get("QUERY_STRING") or "",
    )


def of_asgi(scope: Mapping[str, Any]) -> Request:
    """Read an ASGI scope of a request or a websocket. Source: ASGI, HTTP & WebSocket message format."""
    headers = scope.get("headers") or ()

    def header(name: str) -> str | None:
        wanted = name.encode("latin-1")
        joint = b"; " if name == "cookie" else b", "  # HTTP/2 may send a cookie header for each cookie
        found = [value for key, value in headers if key.lower() == wanted]
        return joint.join(found).decode("latin-1") if found else None

    client, server = scope.get("client"), scope.get("server")
    path = scope.get("path") or ""
    raw = scope.get("raw_path")
    return Request(
        header,
        client[0] if client else None,
        scope.get("scheme") or "http",
        header("host") or (server[0] if server else None),
        raw.decode("latin-1").partition("?")[0] if raw else quote(path, safe=_PATH_CHARACTERS),
        (scope.get("query_string") or b"").decode("latin-1"),
    )
