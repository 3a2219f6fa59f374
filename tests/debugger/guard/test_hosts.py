"""To which names the debugger answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel.debugger import Access, StandIn
from analytics_mixpanel.debugger.guard.hosts import name_in

Ask = Callable[..., Any]

PATHS = ["/", "/debugger/", "/debugger/live", "/import", "/track", "/v1/batch", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.localhost.example",
        "1.2.3.4",
        "169.254.169.254",
        "[2001:db8::1]",
        "127.0.0.1@evil.example",
        "evil.example#127.0.0.1",
        "localhost, evil.example",
        "",
    ],
)
def test_a_strangers_name_is_refused_everywhere(stand_in: StandIn, ask: Ask, host: str, path: str) -> None:
    """A page whose name leads here by DNS rebinding reaches nothing, before any route is looked for."""
    method = "POST" if path in ("/import", "/track", "/v1/batch") else "GET"
    assert ask(stand_in, method, path, {"Host": host}).status == 403


@pytest.mark.parametrize("path", ["/debugger/live", "/import"])
def test_no_name_is_refused(stand_in: StandIn, raw: Callable[..., Any], path: str) -> None:
    """Old HTTP allows a request without a Host; here it is nobody's."""
    assert raw(stand_in.url, [f"GET {path} HTTP/1.0"]).status == 403
    assert raw(stand_in.url, [f"GET {path} HTTP/1.1"]).status == 400


def test_two_names_are_refused(stand_in: StandIn, raw: Callable[..., Any]) -> None:
    """One of them could be for us and the other for the browser."""
    lines = ["GET /debugger/live HTTP/1.0", "Host: 127.0.0.1", "Host: evil.example"]
    assert raw(stand_in.url, lines).status in (400, 403)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:9", "localhost", "LOCALHOST:8765", "localhost.", "[::1]:80", "127.8.9.1"),
        "host.docker.internal:8765",
    ],
)
def test_its_own_names_are_answered(stand_in: StandIn, ask: Ask, host: str) -> None:
    """With any port: behind a tunnel it is another one."""
    assert ask(stand_in, "POST", "/track?data=5", {"Host": host}).status == 200


def test_further_names_can_be_allowed(ask: Ask) -> None:
    """Those that were given, and no others."""
    with StandIn(access=Access(names=("DevBox.example",))) as running:
        assert ask(running, "POST", "/track?data=5", {"Host": "devbox.example:80"}).status == 200
        assert ask(running, "POST", "/track?data=5", {"Host": "x.devbox.example"}).status == 403


def test_where_others_can_reach_it_any_address_is_its_name(ask: Ask) -> None:
    """No name can be rebound to an address; names are still refused."""
    with StandIn(access=Access("0.0.0.0", token="a-token-of-some-length")) as running:
        assert running.url.startswith("http://127.0.0.1:")
        assert ask(running, "POST", "/track?data=5", {"Host": "192.168.1.5"}).status == 200
        assert ask(running, "POST", "/track?data=5", {"Host": "evil.example"}).status == 403


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Localhost:80", "localhost"),
        ("[::1]:80", "::1"),
        ("a.example.", "a.example"),
        ("a b", None),
        ("a:b", None),
        ("a:1:2", None),
        ("::1", None),
        ("[::1", None),
        ("é", None),
    ],
)
def test_a_host_header_is_read_strictly(header: str, name: str | None) -> None:
    """What is no host has no name."""
    assert name_in(header) == name
