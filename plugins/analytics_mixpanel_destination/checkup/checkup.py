"""The checks in their order: settings, region, proxy, reachability, clock, credentials."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Final

import orjson
from attrs import frozen

from analytics_mixpanel_destination.checkup.finding import Finding, bad, good, open_
from analytics_mixpanel_destination.checkup.places import proxy_for, shown, validation_address
from analytics_mixpanel_destination.sending.advice import advice
from analytics_mixpanel_destination.sending.routes import Route, routes
from analytics_mixpanel_destination.sending.transport import (
    Answer,
    Transport,
    UnreachableError,
    UntrustedError,
)
from analytics_mixpanel_destination.settings.host import REGIONS
from analytics_mixpanel_destination.settings.secret import scrub
from analytics_mixpanel_destination.settings.settings import Settings

#: Seconds that this machine's clock may differ; Mixpanel refuses events of the future.
SKEW: Final = 60.0
_TROUBLE: Final = (
    "The server, or a proxy before it, has trouble: try again. Meanwhile messages wait, as many as the queue "
    "holds."
)
_READ: Final = 4096
_SECRET: Final = 6
_JSON: Final = {"Content-Type": "application/json"}


def checkup(
    settings: Settings, transport: Transport, timeout: float, now: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Check settings against the place they lead to; nothing is stored there.

    Args:
        settings: complete, with the environment's.
        transport: to send with.
        timeout: seconds for each request.
        now: the clock, in seconds since 1970.
    """
    yield _settings(settings)
    yield _region(settings)
    yield _proxy(settings)
    route = next(each for each in routes(settings) if each.endpoint == "import")
    look = _Look(settings, transport, route, timeout, now)
    yield from look.findings()


def _settings(settings: Settings) -> Finding:
    if settings.token is None:
        return bad(
            "settings",
            "there is no project token",
            "Set MIXPANEL_TOKEN, or write_key in the code. Mixpanel: Settings > Project > Project token.",
        )
    mode = (
        "events are checked one by one" if settings.strict else "strict is off: refused events are not named"
    )
    return good("settings", f"a project token; events authenticate by {settings.credential}; {mode}")


def _region(settings: Settings) -> Finding:
    base = settings.base_url
    known = {address: name for name, address in REGIONS.items()}
    if base in known:
        by = "set" if settings.region or settings.api_host else "the default"
        return good("region", f"{known[base]} ({by}): {base}")
    return good("region", f"not one of Mixpanel's: {base}, from api_host or MIXPANEL_API_HOST")


def _proxy(settings: Settings) -> Finding:
    found, wrong = proxy_for(settings)
    mend = "Write it as http://HOST:PORT in HTTPS_PROXY (or the setting proxies), or take it out."
    return bad("proxy", found, mend) if wrong else good("proxy", found)


@frozen
class _Look:
    """Asks ``/import`` with no events in hand, which shows whether it is there and whom it lets in."""

    settings: Settings
    transport: Transport
    route: Route
    timeout: float
    now: Callable[[], float]

    def findings(self) -> Iterator[Finding]:
        began, started = self.now(), time.monotonic()
        try:
            answer = self._post(
                self.route.url, {**_JSON, "Authorization": self.settings.authorization}, b"[]"
            )
        except (UnreachableError, UntrustedError) as error:
            yield self._unreachable(error)
            yield open_("clock", "no answer to compare with")
            yield open_("credentials", "nobody to ask")
            return
        took = time.monotonic() - started
        yield self._reached(answer, took)
        yield self._clock(answer, began + took / 2)
        yield self._credentials(answer)

    def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        return self.transport.post(url, headers, body, timeout=self.timeout, read=_READ)

    def _unreachable(self, error: Exception) -> Finding:
        words = self._without_secrets(str(error))
        base = self.settings.base_url
        if isinstance(error, UntrustedError):
            return bad("reachable", f"{base}: {words}", advice("TLS", self.route, self.settings))
        proxy, _ = proxy_for(self.settings)
        if proxy != "none":
            return bad(
                "reachable",
                f"{base} does not answer by the proxy {proxy}: {words}",
                "Check that proxy, and whether it lets requests through to there; NO_PROXY names what is "
                "reached without one.",
            )
        return bad(
            "reachable",
            f"{base} does not answer: {words}",
            "Check the address (MIXPANEL_REGION, MIXPANEL_API_HOST), whether this machine may reach it (DNS, "
            "firewall), and HTTPS_PROXY where it may only by a proxy.",
        )

    def _reached(self, answer: Answer, took: float) -> Finding:
        base, status = self.settings.base_url, answer.status
        if 300 <= status < 400:
            return bad(
                "reachable",
                f"{base} answers HTTP {status}, a redirect",
                advice("", self.route, self.settings),
            )
        if status >= 500:
            return bad("reachable", f"{base}/import answers HTTP {status}", _TROUBLE)
        if status in (404, 407):
            mend = advice(f"HTTP {status}", self.route, self.settings)
            return bad("reachable", f"{base}/import answers HTTP {status}", mend)
        return good("reachable", f"{base} answers in {took * 1000:.0f} ms")

    def _clock(self, answer: Answer, moment: float) -> Finding:
        try:
            server = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return open_("clock", "the answer has no date to compare with")
        skew = moment - server - 0.5  # the header has no fractions
        if abs(skew) > SKEW:
            side = "ahead of" if skew > 0 else "behind"
            mend = (
                "Set the clock, best by NTP: events get their times from it; those of the future are refused."
            )
            return bad("clock", f"this machine's clock is {abs(skew):.0f} s {side} the server's", mend)
        return good("clock", f"within {max(1, round(abs(skew)))} s of the server's")

    def _credentials(self, probe: Answer) -> Finding:
        """Judge by both: what ``/import`` said, and what Mixpanel's own test of credentials says."""
        if self.settings.token is None:
            return open_("credentials", "there are none")
        mend = advice("HTTP 401", self.route, self.settings)
        if probe.status in (401, 403):
            said = self._without_secrets(_error(probe))
            return bad("credentials", f"/import refuses them: HTTP {probe.status} {said}".strip(), mend)
        url, body = validation_address(self.settings), self._asked()
        try:
            answer = self._post(url, _JSON, body)
        except (UnreachableError, UntrustedError):
            return open_("credentials", f"/import does not refuse them; {shown(url)} cannot be reached")
        verdict = _verdict(answer)
        if verdict is None:
            return open_("credentials", f"/import does not refuse them; {shown(url)} has no answer to it")
        if not verdict:
            said = self._without_secrets(_error(answer))
            return bad("credentials", f"Mixpanel does not know them: {said}".strip(": "), mend)
        return good("credentials", f"the {self.settings.credential} is good there")

    def _without_secrets(self, text: str) -> str:
        """Take out what an answer may repeat; shorter texts are no secrets, and parts of words."""
        return scrub(text, [secret for secret in self.settings.secrets if len(secret) >= _SECRET])

    def _asked(self) -> bytes:
        settings = self.settings
        token = {"project_token": settings.token.reveal()} if settings.token else {}
        secret = {"api_secret": settings.api_secret.reveal()} if settings.api_secret else {}
        return orjson.dumps({**secret, **token})


def _verdict(answer: Answer) -> bool | None:
    """Read the answer of the test of credentials; None where it is none."""
    if answer.status in (400, 401, 403):
        return False if _document(answer) else None
    document = _document(answer)
    if answer.status != 200 or "status" not in document:
        return None
    results = document.get("results")
    valid = results.get("valid", True) if isinstance(results, dict) else True
    return document["status"] == "ok" and valid is not False


def _error(answer: Answer) -> str:
    error = _document(answer).get("error")
    return error[:200] if isinstance(error, str) else ""


def _document(answer: Answer) -> dict[str, object]:
    try:
        document = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
