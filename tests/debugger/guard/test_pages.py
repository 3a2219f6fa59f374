"""Who may look at the page, and who may change something there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from analytics_mixpanel.debugger import Access, StandIn
from analytics_mixpanel.debugger.guard import Hosts, Pages
from analytics_mixpanel.debugger.serving import Server, listen

Ask = Callable[..., Any]

TOKEN = "a-token-of-some-length"
JSON = {"Content-Type": "application/json"}


class Echo:
    """A page that tells what was written to it; served behind the guard."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.writes: list[Any] = []

        async def take(request: Request) -> JSONResponse:
            if request.method == "POST":
                self.writes.append(await request.json())
            return JSONResponse({"path": request.url.path, "query": request.url.query})

        paths = ["/debugger/", "/debugger/thing", "/debugger/reports"]
        app = Starlette(routes=[Route(path, take, methods=["GET", "POST"]) for path in paths])
        listener = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.server = Server(Hosts(Pages(app, access), access), listener)
        self.server.start()


@pytest.fixture
def echo() -> Iterator[Echo]:
    """One that asks for no token."""
    echo = Echo(Access())
    yield echo
    echo.server.stop()


@pytest.fixture
def shut() -> Iterator[Echo]:
    """One that asks for a token."""
    echo = Echo(Access(token=TOKEN))
    yield echo
    echo.server.stop()


def test_the_page_may_write(echo: Echo, ask: Ask) -> None:
    """With its own token, from its own origin."""
    headers = {
        **JSON,
        "Origin": echo.url,
        "Sec-Fetch-Site": "same-origin",
        "X-Debugger-Token": echo.access.page_token,
    }
    assert ask(echo, "POST", "/debugger/thing", headers, b'{"a":1}').status == 200
    assert echo.writes == [{"a": 1}]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Debugger-Token": ""},
        {"X-Debugger-Token": "guess"},
        {"Origin": "{own}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://evil.example", "X-Debugger-Token": "{token}"},
        {"Origin": "http://127.0.0.1:1", "X-Debugger-Token": "{token}"},
        {"Origin": "null", "X-Debugger-Token": "{token}"},
        {"Sec-Fetch-Site": "cross-site", "X-Debugger-Token": "{token}"},
        {"Sec-Fetch-Site": "same-site", "X-Debugger-Token": "{token}"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nobody_else_may_write(echo: Echo, ask: Ask, method: str, headers: dict[str, str]) -> None:
    """Another site, a rebound one, and a program without the page's token are refused."""
    values = {"own": echo.url, "token": echo.access.page_token}
    given = {**JSON, **{name: value.format(**values) for name, value in headers.items()}}
    assert ask(echo, method, "/debugger/thing", given, b"{}").status == 403
    assert echo.writes == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_written(echo: Echo, ask: Ask, kind: str) -> None:
    """What a form of another site could send is no JSON."""
    headers = {"X-Debugger-Token": echo.access.page_token, "Content-Type": kind}
    assert ask(echo, "POST", "/debugger/thing", headers, b"{}").status == 415
    assert echo.writes == []


def test_a_program_may_report(echo: Echo, ask: Ask) -> None:
    """A live client has no page token, and no browser's headers."""
    assert ask(echo, "POST", "/debugger/reports", JSON, b'{"a":1}').status == 200
    assert ask(echo, "POST", "/debugger/reports/", {}, b'{"a":1}').status == 415


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "{own}"}]
)
def test_a_web_page_may_not_report(echo: Echo, ask: Ask, headers: dict[str, str]) -> None:
    """Only programs say what clients do."""
    given = {**JSON, **{name: value.format(own=echo.url) for name, value in headers.items()}}
    assert ask(echo, "POST", "/debugger/reports", given, b"{}").status == 403
    assert echo.writes == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "{own}"}, 200),
        # A link from elsewhere is followed; a picture, a script or a frame of elsewhere gets nothing.
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_its_own_origin_reads(echo: Echo, ask: Ask, headers: dict[str, str], status: int) -> None:
    """The browser says who asks."""
    given = {name: value.format(own=echo.url) for name, value in headers.items()}
    assert ask(echo, "GET", "/debugger/thing", given).status == status


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}])
def test_every_answer_has_the_headers(echo: Echo, ask: Ask, headers: dict[str, str]) -> None:
    """Also those that refuse: nothing foreign is loaded, framed, guessed at or kept."""
    answer = ask(echo, "GET", "/debugger/", headers)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'none'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_large_body_is_refused(echo: Echo, ask: Ask) -> None:
    """Before anything reads it."""
    headers = {**JSON, "X-Debugger-Token": echo.access.page_token}
    assert ask(echo, "POST", "/debugger/thing", headers, b" " * 12_600_000).status == 413
    assert echo.writes == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong-wrong-wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": f"analytics_mixpanel_debugger={TOKEN}"},
        {"Cookie": "analytics_mixpanel_debugger="},
    ],
)
@pytest.mark.parametrize(
    "path", ["/debugger/", "/debugger/?token=", "/debugger/?token=wrong", "/debugger/nothing"]
)
def test_without_the_token_there_is_nothing(shut: Echo, ask: Ask, path: str, headers: dict[str, str]) -> None:
    """Not even whether there is such a page."""
    answer = ask(shut, "GET", path, headers)
    assert answer.status == 403
    assert TOKEN not in answer.body


def test_a_program_says_the_token(shut: Echo, ask: Ask) -> None:
    """In the header, as ``tail`` and live clients do."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert ask(shut, "GET", "/debugger/thing", headers).status == 200
    assert ask(shut, "POST", "/debugger/reports", {**headers, **JSON}, b"{}").status == 200
    assert ask(shut, "POST", "/debugger/reports", JSON, b"{}").status == 403


def test_a_browser_brings_the_token_once(shut: Echo, ask: Ask) -> None:
    """It gets a cookie that no script and no other site can use, and an address without the token."""
    answer = ask(shut, "GET", f"/debugger/thing?a=1&token={TOKEN}&b=%26")
    assert (answer.status, answer.headers["location"]) == (303, "/debugger/thing?a=1&b=%26")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/debugger"))
    assert TOKEN not in cookie
    kept = answer.headers["set-cookie"].partition(";")[0]
    after = ask(shut, "GET", "/debugger/thing?a=1", {"Cookie": kept})
    assert (after.status, json.loads(after.body)["query"]) == (200, "a=1")


def test_the_way_back_stays_here(locked: StandIn, ask: Ask) -> None:
    """A path with two slashes does not lead to another site."""
    answer = ask(locked, "GET", f"//evil.example/debugger/?token={TOKEN}")
    assert not answer.headers.get("location", "").startswith("//")


def test_the_cookie_alone_writes_nothing(shut: Echo, ask: Ask) -> None:
    """A change needs the page's own token as well."""
    cookie = {"Cookie": f"analytics_mixpanel_debugger={shut.access.cookie}"}
    assert ask(shut, "POST", "/debugger/thing", {**JSON, **cookie}, b"{}").status == 403
    headers = {**JSON, **cookie, "X-Debugger-Token": shut.access.page_token}
    assert ask(shut, "POST", "/debugger/thing", headers, b"{}").status == 200


def test_ingestion_asks_for_no_token(locked: StandIn, ask: Ask) -> None:
    """An SDK cannot say it: what it sends is taken, and only the page can show it."""
    body = b'[{"event":"A","properties":{"token":"t","distinct_id":"u"}}]'
    assert ask(locked, "POST", "/track", JSON, body).body.endswith("1")
    assert ask(locked, "POST", "/v1/track", JSON, b'{"userId":"u","event":"B","writeKey":"k"}').status == 200
    assert [event.event for event in locked.events] == ["A", "B"]
    for path in ("/", "/debugger", "/debugger/", "/debugger/live"):
        assert ask(locked, "GET", path).status == 403
