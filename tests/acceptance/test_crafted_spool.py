"""A spool that somebody has tampered with: no crash, nothing forged, and what else is in it arrives."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.frames import HEAD, MAGIC, MAX_BODY, frame
from analytics_mixpanel.queues.spool.segment import new_header

MakeClient = Callable[..., Client]
INSTANCE = "0" * 24
# Frames with right checks around bodies that no call makes.
BODIES = (b"", b"[]", b"5", b"null", b"\xff\xfe", b"{", b"[" * 100_000, b'"text"', b"\0" * 1_000)


@pytest.fixture
def craft(make_client: MakeClient, answering: Any, tmp_path: Path) -> Callable[[bytes], Path]:
    """Puts a segment of an ended process, with a right header, into the spool of a client."""

    def write(content: bytes) -> Path:
        root = tmp_path / "spool"
        with make_client(answering(), queue=f"spool:{root}") as client:
            place: Path = client.queue.path  # type: ignore[attr-defined]
        directory = Directory.open(root, place.name)
        header, data = new_header(["Shop"])
        for file, text in ((f"{INSTANCE}.lock", b""), (f"{INSTANCE}-0-00000000.seg", data + content)):
            descriptor = directory.create(file)
            assert os.write(descriptor, text) == len(text)
            os.close(descriptor)
        directory.close()
        _salts.append(header.salt)
        return root

    return write


_salts: list[int] = []


def salted(root: Path, bodies: tuple[bytes, ...]) -> None:
    """Append frames that are right for the segment."""
    (segment,) = root.glob(f"*/{INSTANCE}*.seg")
    with segment.open("ab") as file:
        for body in bodies:
            file.write(frame(body, 1, _salts[-1]))


def ended(client: Client, count: int) -> None:
    """Wait until so many messages were taken over, and all of them are settled."""
    deadline = time.monotonic() + 60
    while client.stats()["Shop"].recovered < count or client.stats()["Shop"].pending:
        assert time.monotonic() < deadline, client.stats()
        client.flush(0.1)


@pytest.mark.parametrize("threads", [True, False], ids=["threads", "no threads"])
def test_bodies_that_are_no_messages(
    craft: Any,
    make_client: MakeClient,
    answering: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    threads: bool,
) -> None:
    """They are dropped and counted; the messages among them arrive, each once, and a callback may look."""
    root = craft(b"")
    message = b'{"type":"track","event":"%d","userId":"u"}'
    salted(root, tuple(body for n, bad in enumerate(BODIES) for body in (message % n, bad)))
    if not threads:
        monkeypatch.setattr("analytics_mixpanel.lanes.lane.threads_run", lambda: False)
    lost: list[Any] = []
    shop = answering()
    client = make_client(
        shop, queue=f"spool:{root}", on_error=lambda error, messages: lost.extend((error, messages))
    )
    client.track("u", "own")
    ended(client, 2 * len(BODIES))
    assert sorted(shop.events) == sorted([*map(str, range(len(BODIES))), "own"])
    stats = client.stats()["Shop"]
    assert stats.dropped == {"damaged on disk": len(BODIES)}
    assert stats.accepted == stats.delivered + len(BODIES) == 2 * len(BODIES) + 1
    assert lost
    client.shutdown(1)
    assert [path for path in root.glob("*/*") if path.is_file()] == []


def test_heads_that_promise_much(craft: Any, make_client: MakeClient, answering: Any) -> None:
    """Lengths of gigabytes, frames within frames and ends that are cut off hide nothing and forge nothing."""
    forged = b'{"type":"track","event":"forged","userId":"u"}'
    foreign = frame(forged, 1, 12_345)  # of another salt
    root = craft(
        HEAD.pack(MAGIC, 0xFFFFFFFF, 1, 0, 0)
        + foreign
        + HEAD.pack(MAGIC, MAX_BODY + 1, 1, 0, 0)
        + MAGIC * 1_000
        + foreign[:-1]
    )
    quoted = b'{"type":"track","event":"true","userId":"u","properties":{"p":"%s"}}'
    salted(root, (quoted % foreign[HEAD.size :].replace(b'"', b"'"),))
    shop = answering()
    client = make_client(shop, queue=f"spool:{root}")
    client.track("u", "own")
    ended(client, 1)
    assert sorted(shop.events) == ["own", "true"]


@pytest.mark.parametrize("count", [50_000, pytest.param(1_000_000, marks=pytest.mark.stress)])
def test_tiny_frames(craft: Any, make_client: MakeClient, answering: Any, count: int) -> None:
    """However many fit into a segment: they are read batch by batch, while own messages are delivered."""
    root = craft(b"")
    salted(root, (b"{}",) * count)
    sizes: list[int] = []

    def note(batch: Batch) -> None:
        sizes.append(len(batch.messages))

    client = make_client(answering(note), queue=f"spool:{root}")
    client.track("u", "own")
    ended(client, count)
    assert sum(sizes) == count + 1
    assert max(sizes) <= client.upload_size
