"""A server that takes events and only counts them: ``python -m benchmarks.server FD MODE``.

It shares the machine with the client that is measured, so it does next to nothing while events arrive: a
request is read whole, answered at once and kept as it came. Its events are counted when ``/count`` is asked;
``/close`` has requests wait for their answers until ``/open``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Final

from benchmarks.counting import Request, count_events

# Seconds; nothing that is measured takes so long, so a server that was left behind ends by itself.
LIFETIME: Final = 300.0
DELAY: Final = 0.1
_BUFFER: Final = 1 << 23

# What each API answers to events that it has taken; the number of them is left out of Mixpanel's.
_ANSWERS: Final = {
    "/import": b'{"code":200,"status":"OK"}',
    "/track": b'{"status":1,"error":null}',
    "/v1/batch": b'{"success":true}',
    "/batch/": b'{"status":1}',
}


class CountingServer:
    """Keeps what is posted to it.

    Args:
        mode: ``answer`` at once, when the ``gate`` is open, after a ``delay``, or ``hang``: never.
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._kept: list[Request] = []
        self._open = asyncio.Event()
        self._open.set()

    async def run(self, listening: socket.socket) -> None:
        """Serve until the lifetime is over."""
        server = await asyncio.start_server(self._connection, sock=listening, limit=_BUFFER)
        async with server:
            await asyncio.sleep(LIFETIME)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, encoding, length = parse_head(head)
                body = await reader.readexactly(length)
                status, answer = await self._answer(method, Request(path, encoding, body))
                writer.write(b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n" % status)
                writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, method: str, request: Request) -> tuple[bytes, bytes]:
        if method == "GET":
            return b"200 OK", json.dumps(self._order(request.path)).encode()
        answer = _ANSWERS.get(request.path)
        if answer is None:
            return b"404 Not Found", b"{}"
        self._kept.append(request)
        await self._open.wait()
        if self._mode == "delay":
            await asyncio.sleep(DELAY)
        if self._mode == "hang":
            await asyncio.sleep(LIFETIME)
        return b"200 OK", answer

    def _order(self, path: str) -> dict[str, int]:
        if path == "/open":
            self._open.set()
        elif path == "/close":
            self._open.clear()
        elif path == "/count":
            return {"requests": len(self._kept), "events": sum(map(count_events, self._kept))}
        return {"requests": len(self._kept)}


def parse_head(head: bytes) -> tuple[str, str, str, int]:
    """Method, path without query, content encoding and content length."""
    first, *lines = head.decode("latin-1").splitlines()
    method, target, _ = first.split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    path = target.partition("?")[0]
    return method, path, fields.get("content-encoding", ""), int(fields.get("content-length", 0))


def main() -> None:
    """Serve on the listening socket that the parent left open."""
    descriptor, mode = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as listening:
        asyncio.run(CountingServer(mode).run(listening))


if __name__ == "__main__":
    main()
