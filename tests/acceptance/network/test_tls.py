"""Servers that cannot prove who they are: they get nothing, and nothing is lost."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination import Mixpanel

Make = Callable[..., Client]
AddsUp = Callable[..., None]
WaitUntil = Callable[[Callable[[], bool]], None]
SURELY = 60.0


def old(certificates: Any) -> ssl.SSLContext:
    """For a server that speaks nothing newer than TLS 1.0."""
    context: ssl.SSLContext = certificates.context("good")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("self-signed", "self"),
        ("wrong host", "doesn't match|mismatch"),
        ("expired", "expired"),
        ("TLS 1.0", "protocol|version"),
    ],
)
def test_who_cannot_be_trusted_pauses(
    server: Any,
    certificates: Any,
    mixpanel_client: Make,
    adds_up: AddsUp,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    said: str,
) -> None:
    """It is sent nothing and everything is kept; with a good certificate all of it arrives."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificates.authority)
    server.context = old(certificates) if kind == "TLS 1.0" else certificates.context(kind)
    client = mixpanel_client(server.url)
    for number in range(20):
        client.track("u", f"E{number}")
    wait_until(lambda: client.stats()["Mixpanel"].retried >= 4)
    health = client.health["Mixpanel"]
    assert health.state == "paused"
    assert any(word in health.reason.lower() for word in said.split("|"))
    assert "clock" in health.reason
    assert "REQUESTS_CA_BUNDLE" in health.reason
    assert server.heard == []
    adds_up(client, accepted=20, pending=20)

    server.context = certificates.context("good")
    assert client.flush(SURELY) == 0
    assert sorted(server.events) == sorted(f"E{number}" for number in range(20))
    adds_up(client, accepted=20, delivered=20)


def test_a_port_without_tls_is_not_trusted(
    server: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil
) -> None:
    """There is no falling back to plain http."""

    def say_so(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    server.misbehave(say_so)
    client = mixpanel_client(server.url.replace("http:", "https:"))
    client.track("u", "A")
    wait_until(lambda: client.health["Mixpanel"].state == "paused")
    assert server.heard == []
    adds_up(client, accepted=1, pending=1)


@pytest.mark.parametrize("start", [b"", b"\x16\x03\x03\x40\x00"], ids=["silent", "dripping"])
def test_a_handshake_has_no_more_time_than_a_request(
    server: Any, mixpanel_client: Make, adds_up: AddsUp, wait_until: WaitUntil, start: bytes
) -> None:
    """A server that says nothing, or a byte now and then, is left; that is no question of trust."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            time.sleep(0.02)
            connection.sendall(start[:1])
            if not start and not connection.recv(65_536):
                return

    server.misbehave(drip)
    client = mixpanel_client(server.url.replace("http:", "https:"), timeout=0.5)
    client.track("u", "A")
    wait_until(lambda: client.health["Mixpanel"].state == "retrying")
    assert "no answer in time" in client.health["Mixpanel"].reason
    adds_up(client, accepted=1, pending=1)


@pytest.mark.parametrize("url", ["http://mixpanel.example", "http://10.0.0.1", "http://[2001:db8::1]"])
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    """At construction, before anything could be sent."""
    with pytest.raises(ConfigurationError, match="https"):
        Mixpanel(token="t", api_host=url)
