"""``requests``, made careful: what it would do by itself, and must not do with our credentials."""

from __future__ import annotations

import http.client
import ssl
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Final

import requests
import urllib3
from requests.exceptions import RequestException

from analytics_mixpanel_destination.sending.deadline import EXCHANGE, DeadlineAdapter
from analytics_mixpanel_destination.sending.transport import (
    Answer,
    ProxyDeniedError,
    UnreachableError,
    UntrustedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FAILURES: Final = (RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
_HEADERS: Final = 131_072  # bytes of an answer before its body
_HUNG_UP: Final = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_WHO_ASKS: Final = "Tunnel connection failed: 407"  # http.client's words for an answer to CONNECT
#: Words in OpenSSL's reasons that no repetition changes.
_UNACCEPTABLE: Final = (
    "CERTIFICATE",
    "UNKNOWN_CA",
    "PROTOCOL",
    "VERSION",
    "HANDSHAKE_FAILURE",
    "HTTP_REQUEST",
)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Know of no redirect: even with redirects off, requests would read the whole body of one."""


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def open_session(headers: Mapping[str, str]) -> requests.Session:
    """A session without cookies, redirects or .netrc; HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE work."""
    session = _Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter())
    session.headers.update(headers)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    # Any auth of our own keeps requests from looking into .netrc, which would replace our header; trust_env
    # stays on for the proxies.
    session.auth = _as_it_is
    return session


def post(
    session: requests.Session,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    proxies: Mapping[str, str] | None,
    timeout: float,
    read: int,
) -> Answer:
    """Make one request of the session; see :meth:`Transport.post`."""
    EXCHANGE.begin(timeout, _HEADERS + 2 * read)
    try:
        response = _send(session, url, headers, body, proxies)
        try:
            return Answer(response.status_code, response.headers, _read(response, read))
        finally:
            response.close()
    except _FAILURES as error:
        failure = _failure(error)
    raise failure  # outside of the handler, so that it does not keep the connection alive as its context


def _read(response: requests.Response, most: int) -> bytes:
    """The raw body, up to so many bytes; a body that breaks off is an error."""
    body = b""
    while len(body) < most and (some := response.raw.read(most - len(body), decode_content=False)):
        body += some
    return body


def _send(
    session: requests.Session,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    proxies: Mapping[str, str] | None,
) -> requests.Response:
    for may_be_stale in (True, False):
        try:
            left = EXCHANGE.remaining()
            return session.post(
                url,
                data=body,
                headers=dict(headers),
                proxies=dict(proxies or {}),
                timeout=left,
                allow_redirects=False,
                stream=True,
            )
        except _FAILURES as error:
            # The server may close a kept connection just as we use it, and has then not read the request. If
            # it has, the same bytes arrive twice: $insert_id makes one event of them, and a lane's repetition
            # would do no better.
            if not (may_be_stale and EXCHANGE.reused and _hung_up(error)):
                raise
    raise AssertionError("unreachable")


def _hung_up(error: BaseException) -> bool:
    return any(isinstance(cause, _HUNG_UP) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and everything it wraps, in the several ways of urllib3 and requests."""
    seen: list[BaseException] = [error]
    for current in seen:
        yield current
        wrapped = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        seen.extend(inner for inner in wrapped if isinstance(inner, BaseException) and inner not in seen)


def _failure(error: BaseException) -> Exception:
    causes = list(_causes(error))
    for cause in causes:
        if type(cause) is OSError and str(cause).startswith(_WHO_ASKS):
            return ProxyDeniedError("HTTP 407 from the proxy")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UntrustedError(cause.verify_message or "its certificate cannot be verified")
        if isinstance(cause, ssl.SSLError) and any(word in (cause.reason or "") for word in _UNACCEPTABLE):
            return UntrustedError(cause.reason.replace("_", " ").lower())
    return UnreachableError(_described(causes))


def _described(causes: list[BaseException]) -> str:
    """Name the first cause that the system reported; the wrappers' texts hold addresses and queries."""
    for cause in causes:
        if isinstance(cause, TimeoutError):
            return "no answer in time"
        if isinstance(cause, OSError) and cause.strerror:
            return f"{cause.strerror} ({type(cause).__name__})"
        if type(cause) is OSError:
            return str(cause)
    return type(causes[0]).__name__
