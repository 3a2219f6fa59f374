"""Nothing is sent anywhere else: not where a redirect points, not what .netrc holds, not past a proxy."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client

Make = Callable[..., Client]
AddsUp = Callable[..., None]
WaitUntil = Callable[[Callable[[], bool]], None]
SURELY = 60.0
TOKEN = "the-project-token-0123456789"


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_to_another_host_gets_nothing(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil, status: str
) -> None:
    """Not one byte, and so no token, goes there; everything is kept and delivered after the repair."""
    elsewhere = wire.serve()

    def redirect(connection: socket.socket) -> None:
        while wire.read_request(connection):
            location = f"Location: {elsewhere.url}/import?strict=1"
            connection.sendall(wire.answer(b"moved", status, location))

    server.misbehave(redirect)
    client = mixpanel_client(server.url)
    client.track("u", "A")
    client.identify("u", {"plan": "pro"})
    wait_until(lambda: client.stats()["Mixpanel"].retried >= 4)
    assert elsewhere.connections == 0
    assert "a redirect to 127.0.0.1" in client.health["Mixpanel"].reason
    adds_up(client, accepted=2, pending=2)

    server.mend()
    assert client.flush(SURELY) == 0
    assert elsewhere.connections == 0
    adds_up(client, accepted=2, delivered=2)


def test_netrc_is_not_read(
    server: Any, mixpanel_client: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry for the host neither replaces our credential nor is sent."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password netrc-canary\ndefault login me password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text(netrc.read_text())
    (tmp_path / ".netrc").chmod(0o600)
    client = mixpanel_client(server.url)
    client.track("u", "A")
    client.identify("u", {"plan": "pro"})
    assert client.flush(SURELY) == 0

    ours = "Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode()
    said = {heard.path: heard.header("authorization") for heard in server.heard}
    assert said == {"/import": ours, "/engage": None}


def test_a_proxy_that_refuses_is_tried_again(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """A CONNECT that is refused keeps everything; the proxy sees neither token nor events."""
    seen: list[bytes] = []

    def refuse(connection: socket.socket) -> None:
        seen.append(connection.recv(65_536))
        connection.sendall(wire.answer(b"", "502 Bad Gateway"))

    server.misbehave(refuse)
    client = mixpanel_client("https://mixpanel.invalid", proxies=server.url)
    client.track("u", "A")
    wait_until(lambda: client.stats()["Mixpanel"].retried >= 3)
    assert client.health["Mixpanel"].state == "retrying"
    assert all(each.startswith(b"CONNECT mixpanel.invalid:443") for each in seen)
    assert not any(b"uthorization" in each for each in seen)
    adds_up(client, accepted=1, pending=1)


def test_a_proxy_that_wants_to_know_who_asks_pauses(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """A 407 is a wrong setting: everything is kept, and the text names the proxy's."""
    server.misbehave(
        lambda connection: (
            connection.recv(65_536),
            connection.sendall(wire.answer(b"", "407 Proxy Authentication Required")),
        )
    )
    client = mixpanel_client("https://mixpanel.invalid", proxies=server.url)
    client.track("u", "A")
    wait_until(lambda: client.health["Mixpanel"].state == "paused")
    assert "HTTPS_PROXY" in client.health["Mixpanel"].reason
    adds_up(client, accepted=1, pending=1)


def test_no_proxy_leads_past_it(
    server: Any, wire: Any, mixpanel_client: Make, adds_up: AddsUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What NO_PROXY names is asked directly."""
    proxy = wire.serve()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    client = mixpanel_client(server.url)
    client.track("u", "A")
    assert client.flush(SURELY) == 0
    assert (proxy.connections, server.events) == (0, ["A"])
    adds_up(client, accepted=1, delivered=1)
