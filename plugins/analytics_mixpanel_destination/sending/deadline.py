"""HTTP connections on which the whole of a request ends at a deadline.

A timeout of ``requests`` starts anew with every byte, so that a server which sends one byte now and then
holds a thread for ever. These connections allow each single wait, to send and to receive, what is left.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import allowed_gai_family, create_connection

_LONGEST_CONNECT = 5.0
_SENT_AT_ONCE = 16_384  # one TLS record: Python bounds each record's wait, not their sum


class Exchange(threading.local):
    """The request that this thread is making.

    urllib3 has no way to hand anything from a request to its connection, hence this.

    Attributes:
        deadline: ``time.monotonic()`` at which it has to be over.
        allowance: bytes that may still be received; headers and the sizes of chunks count too.
        reused: whether its connection had already served another one.
    """

    deadline: float = math.inf
    allowance: float = math.inf
    reused: bool = False

    def begin(self, timeout: float, allowance: int) -> None:
        """Make a request within so many seconds, and receive so many bytes at most."""
        self.deadline = time.monotonic() + timeout
        self.allowance = allowance
        self.reused = False

    def received(self, count: int) -> None:
        """Note so many bytes; OSError when they are too many."""
        self.allowance -= count
        if self.allowance < 0:
            raise OSError("the answer is too long")

    def remaining(self) -> float:
        """Seconds that are left; TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        return left


EXCHANGE = Exchange()


class _BoundedReader(io.RawIOBase):
    """A socket's bytes; each read waits at most for what is left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(EXCHANGE.remaining())
        count = self._raw.readinto(buffer)
        EXCHANGE.received(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_BoundedReader(sock))


class _BoundedConnection(HTTPConnection):
    response_class = _BoundedResponse
    _served = False

    def connect(self) -> None:
        self._served = False
        super().connect()

    def _new_conn(self) -> socket.socket:
        """Try the host's addresses one after the other: a dead one leaves time for the next."""
        try:
            host = self._dns_host.strip("[]")
            addresses = socket.getaddrinfo(host, self.port, allowed_gai_family(), socket.SOCK_STREAM)
        except UnicodeError:
            raise OSError("the host is no name") from None
        failure = OSError("the host has no address")
        for *_, address in addresses:
            try:
                timeout = min(EXCHANGE.remaining(), _LONGEST_CONNECT)
                sock = create_connection(
                    (str(address[0]), self.port), timeout, socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
            else:
                sock.settimeout(EXCHANGE.remaining())
                return sock
        raise failure

    def request(self, *args: Any, **options: Any) -> None:
        EXCHANGE.reused = self._served
        super().request(*args, **options)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._served = True
        return response

    def send(self, data: Any) -> None:
        if not isinstance(data, bytes):
            super().send(data)
            return
        for start in range(0, len(data), _SENT_AT_ONCE):
            if self.sock is not None:
                self.sock.settimeout(EXCHANGE.remaining())
            super().send(data[start : start + _SENT_AT_ONCE])


class _BoundedTlsConnection(_BoundedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class DeadlineAdapter(HTTPAdapter):
    """Makes a session's connections end at their deadline, through a proxy too."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Use these connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Use these connections through the proxy."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        """Close the connections now; urllib3 leaves it to the garbage collector."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - it is no mapping, and cannot be iterated over
                if pool := manager.pools.get(key):
                    pool.close()
        super().close()
