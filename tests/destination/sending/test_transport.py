"""One HTTP request, on a good network and on a bad one."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from analytics_mixpanel_destination.sending.transport import (
    Answer,
    ProxyDeniedError,
    Transport,
    UnreachableError,
    UntrustedError,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport without settings."""
    made = Transport()
    yield made
    made.close()


def request(connection: socket.socket) -> bytes:
    """Read one of the requests that ``post`` makes."""
    read = b""
    while not read.endswith(b"\r\n\r\n[]"):
        if not (some := connection.recv(65_536)):
            raise ConnectionError("the client is done")
        read += some
    return read


def post(transport: Transport, url: str, timeout: float = 20.0, read: int = 65_536) -> Answer:
    """Post a little to an address."""
    return transport.post(
        f"{url}/import", {"Authorization": "Basic b3Vycw=="}, b"[]", timeout=timeout, read=read
    )


def test_connections_are_kept(server: Any, transport: Transport) -> None:
    """Requests one after another share a connection."""
    for _ in range(3):
        post(transport, server.url)

    assert (len(server.heard), server.connections) == (3, 1)


def test_threads_do_not_share_a_connection(server: Any, transport: Transport) -> None:
    """Requests at the same time have a connection each, and each gets its own answer."""
    for _ in range(3):
        server.will_say(200, {"status": 1}, after=0.3)
    threads = [threading.Thread(target=post, args=(transport, server.url)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert (len(server.heard), server.connections) == (3, 3)


def test_the_answer_is_not_to_be_compressed(server: Any, transport: Transport) -> None:
    """Identity encoding is asked for, and the sender says who it is."""
    post(transport, server.url)

    headers = server.heard[0].headers
    assert headers["accept-encoding"] == "identity"
    assert headers["user-agent"].startswith("analytics-mixpanel/")


def test_an_answer_is_read_to_its_bound_and_not_unpacked(server: Any, transport: Transport) -> None:
    """Of a large or compressed answer only so many raw bytes are taken."""
    server.will_say(500, b"\x1f\x8b" + b"x" * 1_000_000, content_encoding="gzip")

    answer = post(transport, server.url, read=1_000)

    assert (answer.status, len(answer.body), answer.body[:2]) == (500, 1_000, b"\x1f\x8b")


def test_a_redirects_body_is_bounded_too(raw_server: Serve, transport: Transport) -> None:
    """A redirect with an endless body is not read to its end."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(50_000):
            connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")

    answer = post(transport, raw_server(behave), read=10_000)

    assert (answer.status, len(answer.body)) == (301, 10_000)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_a_dripping_server_cannot_hold_a_request(
    raw_server: Serve, transport: Transport, start: bytes
) -> None:
    """A server that sends a byte now and then, in the headers or the body, is left at the deadline."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(start)
        for _ in range(200):
            connection.sendall(b"H")
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(UnreachableError, match="no answer in time"):
        post(transport, raw_server(behave), timeout=0.5)
    assert time.monotonic() - began < 5.0


def test_a_server_that_does_not_read_cannot_hold_a_request(raw_server: Serve, transport: Transport) -> None:
    """Sending is bounded by the deadline as well."""
    done = threading.Event()

    def behave(_connection: socket.socket) -> None:
        done.wait(20)

    url = raw_server(behave)
    with pytest.raises(UnreachableError, match="no answer in time"):
        transport.post(url, {}, b"x" * 50_000_000, timeout=0.5, read=100)
    done.set()


@pytest.mark.parametrize(
    "said", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut"]
)
def test_an_answer_that_breaks_off_is_none(raw_server: Serve, transport: Transport, said: bytes) -> None:
    """A connection that ends too early, or speaks no HTTP, raises instead of seeming to succeed."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    with pytest.raises(UnreachableError):
        post(transport, raw_server(behave))


def test_a_stale_connection_is_replaced_at_once(raw_server: Serve, transport: Transport) -> None:
    """A kept connection that the server closes under a request costs no failure; the request goes anew."""
    heard = []

    def behave(connection: socket.socket) -> None:
        heard.append(request(connection))
        connection.sendall(OK)
        heard.append(request(connection))  # the second one is read, and left without an answer

    url = raw_server(behave)

    assert [post(transport, url).status for _ in range(2)] == [200, 200]
    assert len(heard) == 3
    assert len(set(heard)) == 1


def test_a_new_connection_is_not_retried(raw_server: Serve, transport: Transport) -> None:
    """Where the first request of a connection fails, repeating it is left to the lane."""
    heard = []

    def behave(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))

    with pytest.raises(UnreachableError):
        post(transport, raw_server(behave))
    assert len(heard) == 1


def test_netrc_does_not_replace_our_authorization(
    server: Any, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry for the host in .netrc is not looked at."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password netrc-canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    post(transport, server.url)
    transport.post(f"{server.url}/engage", {}, b"[]", timeout=20, read=100)

    assert [heard.headers.get("authorization") for heard in server.heard] == ["Basic b3Vycw==", None]


def test_a_servers_cookies_are_not_kept(server: Any, transport: Transport) -> None:
    """What a server sets is not sent back."""
    server.will_say(200, b"1", set_cookie="a=b")
    for _ in range(2):
        post(transport, server.url)

    assert "cookie" not in server.heard[1].headers


def test_a_proxy_of_the_environment_is_used(
    server: Any, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY leads the request there, and NO_PROXY leads it past."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    post(transport, "http://mixpanel.invalid")
    monkeypatch.setenv("NO_PROXY", "mixpanel.invalid")
    with pytest.raises(UnreachableError):
        post(transport, "http://mixpanel.invalid")

    assert [heard.path for heard in server.heard] == ["/import"]


@pytest.mark.parametrize("form", [str, lambda url: {"http": url}])
def test_a_proxy_given_in_code_is_used(server: Any, form: Callable[[str], Any]) -> None:
    """Both forms of ``proxies`` lead the request there."""
    transport = Transport(form(server.url))
    post(transport, "http://mixpanel.invalid")
    transport.close()

    assert len(server.heard) == 1


def test_a_proxy_that_refuses_to_connect_is_tried_again(raw_server: Serve) -> None:
    """A failed CONNECT keeps the messages; nothing of the request was sent."""
    heard = []

    def behave(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    transport = Transport(raw_server(behave))
    with pytest.raises(UnreachableError):
        post(transport, "https://mixpanel.invalid")
    transport.close()
    assert b"CONNECT" in heard[0]
    assert b"Authorization" not in heard[0]


def test_a_proxy_that_asks_who_we_are_is_told_apart(raw_server: Serve) -> None:
    """A 407 to CONNECT is no passing failure."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    transport = Transport(raw_server(behave))
    with pytest.raises(ProxyDeniedError, match="407"):
        post(transport, "https://mixpanel.invalid")
    transport.close()


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"x" * 60_000 + b"\r\n") * 20,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"1;" + b"x" * 999 + b"\r\n1\r\n") * 999,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
    ],
    ids=["headers", "chunks", "continue"],
)
def test_an_answer_is_bounded_as_a_whole(raw_server: Serve, transport: Transport, start: bytes) -> None:
    """Whatever an answer is made of, it is left when it has had its bytes."""

    def behave(connection: socket.socket) -> None:
        request(connection)
        connection.sendall(start)
        connection.sendall(b"1")

    with pytest.raises(UnreachableError, match="the answer is too long"):
        post(transport, raw_server(behave), read=1_000)


def test_a_bound_holds_for_one_request(raw_server: Serve, transport: Transport) -> None:
    """Many answers on one connection may have more bytes than one."""

    def behave(connection: socket.socket) -> None:
        while request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1_000)

    url = raw_server(behave)
    assert {len(post(transport, url, read=2_000).body) for _ in range(300)} == {1_000}


def test_dead_addresses_leave_time_for_the_next(
    server: Any, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a host with several addresses the first that answers is used."""
    port = int(server.url.rpartition(":")[2])
    families = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    addresses = [(*families, ("127.0.0.2", 1)), (*families, ("127.0.0.1", port))]
    resolve = socket.getaddrinfo

    def several(host: Any, *rest: Any, **more: Any) -> Any:
        return addresses if host == "mixpanel.test" else resolve(host, *rest, **more)

    monkeypatch.setattr("socket.getaddrinfo", several)
    assert post(transport, f"http://mixpanel.test:{port}").status == 200


def test_all_addresses_together_have_the_time_of_one_request(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host of which no address answers holds a request no longer than its timeout."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)] * 20
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            "socket.getaddrinfo",
            lambda host, *rest, **more: found if host == "mixpanel.test" else resolve(host, *rest, **more),
        )
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="no answer in time"):
            post(transport, f"http://mixpanel.test:{address[1]}", timeout=0.5)
        assert time.monotonic() - began < 5
        for each in waiting:
            each.close()


@pytest.mark.parametrize("host", ["a" * 70 + ".invalid", "mixpanel..invalid", "mixpanel.invalid"])
def test_a_host_that_is_none_is_unreachable(transport: Transport, host: str) -> None:
    """A name that cannot be resolved, or that is no name, is a failure like any other."""
    with pytest.raises(UnreachableError):
        post(transport, f"http://{host}")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the server's threads are not the child's
def test_a_forked_process_opens_its_own_connection(server: Any, transport: Transport) -> None:
    """The child of a fork does not speak on its parent's connection."""
    post(transport, server.url)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if post(transport, server.url).status == 200 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    post(transport, server.url)

    assert (len(server.heard), server.connections) == (3, 2)


def test_a_certificate_of_nobody_is_not_trusted(raw_server: Serve, transport: Transport) -> None:
    """A server whose certificate nobody has signed gets no byte of the request."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    heard = []

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            heard.append(secured.recv(65_536))

    with pytest.raises(UntrustedError, match="unable to get local issuer"):
        post(transport, raw_server(behave).replace("http:", "https:"))
    assert heard in ([], [b""])


def test_a_server_that_speaks_no_tls_is_not_trusted(server: Any, transport: Transport) -> None:
    """TLS to a port that speaks plain http is a wrong setting, not a passing failure."""
    with pytest.raises(UntrustedError, match=r"wrong version number|http request"):
        post(transport, server.url.replace("http:", "https:"))
    assert server.heard == []
