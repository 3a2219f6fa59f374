"""Mixpanel's /import with faults: ``python -m benchmarks.soak.server FD ARRIVALS SEED``.

What is taken is appended to a file before it is answered, as it came: reading it is for later.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from benchmarks.server import parse_head
from benchmarks.soak.arrivals import write
from benchmarks.soak.faults import TOO_LARGE, Faults

# Seconds: a server that was left behind ends by itself.
LIFETIME: Final = 900.0
_BUFFER: Final = 1 << 23
# One of so many records is refused where some are.
_REFUSED: Final = 97

_GOOD: Final = b'{"code":200,"status":"OK"}'
_ANSWERS: Final = {
    None: (b"200 OK", _GOOD),
    "500": (b"500 Internal Server Error", b"{}"),
    "429 with Retry-After": (b"429 Too Many Requests\r\nRetry-After: 0.5", b"{}"),
    "200 of somebody else's": (b"200 OK", b"<html>Welcome to our network</html>"),
    TOO_LARGE: (b"413 Payload Too Large", b"{}"),
}
_LOST: Final = "taken, and the answer lost"


class FaultyServer:
    """Takes events, when it does."""

    def __init__(self, arrivals: BinaryIO, faults: Faults) -> None:
        self._arrivals = arrivals
        self._faults = faults
        self._counts: Counter[str] = Counter()

    async def run(self, listening: socket.socket) -> None:
        """Serve until the lifetime is over."""
        server = await asyncio.start_server(self._connection, sock=listening, limit=_BUFFER)
        async with server:
            await asyncio.sleep(LIFETIME)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                method, path, _, length = parse_head(await reader.readuntil(b"\r\n\r\n"))
                body = await reader.readexactly(length)
                answer = self._order(path) if method == "GET" else await self._import(body)
                if answer is None:
                    break
                status, content = answer
                head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n" % status
                writer.write(b"%sContent-Length: %d\r\n\r\n%s" % (head, len(content), content))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _order(self, path: str) -> tuple[bytes, bytes]:
        if path == "/calm":
            self._faults.end()
        return b"200 OK", json.dumps(self._counts).encode()

    async def _import(self, body: bytes) -> tuple[bytes, bytes] | None:
        """Answer; None breaks the connection off."""
        fault = self._faults.draw(len(body))
        self._counts[fault or "taken"] += 1
        if fault == "never answered":
            await asyncio.sleep(LIFETIME)
        if fault == "400 with failed_records":
            return self._take_some(body)
        if fault in {None, _LOST}:
            write(self._arrivals, body, answered=fault is None)
        return _ANSWERS.get(fault)

    def _take_some(self, body: bytes) -> tuple[bytes, bytes]:
        records: list[dict[str, Any]] = orjson.loads(gzip.decompress(body))
        refused = [
            {
                "index": index,
                "insert_id": record["properties"]["$insert_id"],
                "field": "properties",
                "message": "drawn",
            }
            for index, record in enumerate(records)
            if index % _REFUSED == 0
        ]
        taken = [record for index, record in enumerate(records) if index % _REFUSED]
        write(self._arrivals, gzip.compress(orjson.dumps(taken), 1))
        self._counts["refused records"] += len(refused)
        answer = {"code": 400, "num_records_imported": len(taken), "failed_records": refused}
        return b"400 Bad Request", orjson.dumps(answer)


def main() -> None:
    """Serve on the listening socket that the parent left open."""
    descriptor, arrivals, seed = sys.argv[1:]
    with (
        socket.socket(fileno=int(descriptor)) as listening,
        Path(arrivals).open("ab", buffering=0) as file,
    ):
        asyncio.run(FaultyServer(file, Faults(int(seed))).run(listening))


if __name__ == "__main__":
    main()
