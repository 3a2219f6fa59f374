"""The client's address: who is believed, and how far."""

from __future__ import annotations

import pytest

from analytics_mixpanel.frameworks.reading.address import client_address, forwarded
from analytics_mixpanel.frameworks.reading.request import Request, of_asgi


def _request(peer: str | None = "10.0.0.9", **headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return of_asgi({"type": "http", "headers": sent, "client": (peer, 1) if peer else None})


def _ip(proxies: int, forwarded_for: str | None, peer: str | None = "10.0.0.9") -> str | None:
    headers = {} if forwarded_for is None else {"x_forwarded_for": forwarded_for}
    return client_address(_request(peer, **headers), proxies, "X-Forwarded-For")


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (0, None, "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.8", "1.1.1.1"),
        (2, "1.1.1.1, 10.0.0.8", "1.1.1.1"),
    ],
)
def test_the_entry_of_the_farthest_proxy_counts(proxies: int, header: str | None, address: str) -> None:
    """It is the n-th from the right, whatever a client put to the left of it; without proxies, the peer."""
    assert _ip(proxies, header) == address


@pytest.mark.parametrize(("proxies", "header"), [(1, None), (1, ""), (2, "6.6.6.6"), (5, "1.1.1.1, 2.2.2.2")])
def test_a_request_past_the_proxies_is_its_peer_s(proxies: int, header: str | None) -> None:
    """A header with too few entries did not come through all proxies, and is not believed."""
    assert _ip(proxies, header) == "10.0.0.9"


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("1.1.1.1:4711", "1.1.1.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("<script>", None),
        ("1.1.1.1.1", None),
    ],
)
def test_an_entry_is_an_address_or_nothing(entry: str, address: str | None) -> None:
    """Ports go; what is no address is not passed on, and is not replaced by the proxy's."""
    assert _ip(1, entry) == address


def test_a_socket_has_no_address() -> None:
    """Over a Unix socket there is no peer."""
    assert _ip(0, "1.1.1.1", peer=None) is None


def test_several_headers_are_one() -> None:
    """Headers of the same name are read in their order."""
    headers = [(b"x-forwarded-for", b"6.6.6.6"), (b"X-Forwarded-For", b"1.1.1.1")]
    request = of_asgi({"type": "http", "headers": headers, "client": ("10.0.0.9", 1)})
    assert client_address(request, 1, "X-Forwarded-For") == "1.1.1.1"


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ('for=6.6.6.6, for="[2001:db8::7]:80";proto=https', "2001:db8::7"),
        ("for=6.6.6.6, proto=https;For=1.1.1.1", "1.1.1.1"),
        ("for=6.6.6.6, for=_hidden", None),
        ("for=6.6.6.6, by=1.1.1.1", None),
    ],
)
def test_forwarded_is_read_when_named(value: str, address: str | None) -> None:
    """RFC 7239's header is read in the same way, if that is the one that the proxies write."""
    request = _request(forwarded=value, x_forwarded_for="6.6.6.6")
    assert client_address(request, 1, "Forwarded") == address


def test_a_header_with_one_address_is_read_when_named() -> None:
    """As CDNs write it."""
    request = _request(cf_connecting_ip="1.1.1.1", x_forwarded_for="6.6.6.6")
    assert client_address(request, 1, "CF-Connecting-IP") == "1.1.1.1"


def test_scheme_and_host_are_believed_with_proxies_only() -> None:
    """Without trusted proxies the headers say nothing."""
    request = _request(x_forwarded_proto="https", x_forwarded_host="evil, shop.example")
    assert forwarded(request, 0, "x-forwarded-proto") is None
    assert forwarded(request, 2, "x-forwarded-proto") == "https"
    assert forwarded(request, 1, "x-forwarded-host") == "shop.example"
