"""What is kept, for how long, and from which thread."""

from __future__ import annotations

import sqlite3
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.debugger.store import Store


@pytest.fixture
def store() -> Any:
    """An empty store that keeps 100 of each kind."""
    kept = Store(keep=100)
    yield kept
    kept.close()


def rows(*insert_ids: str) -> list[tuple[Any, ...]]:
    """Give events as ingestion hands them over."""
    return [(1, "token", "/import", 0.0, "A", "u", 0, insert_id, b'{"n":1}') for insert_id in insert_ids]


def test_the_oldest_events_go_first(store: Store) -> None:
    """The newest hundred stay."""
    with store.writing():
        store.add_events(rows(*(f"i{n}" for n in range(250))))
    kept = [event.insert_id for event in store.events()]
    assert kept == [f"i{n}" for n in range(150, 250)]


def test_every_kind_is_bounded(store: Store) -> None:
    """Nothing grows without end: requests, history, refusals, messages; profiles and users have more room."""
    for number in range(600):
        with store.writing():
            store.add_request(0.0, "POST", "/import", {}, {})
            store.put_profile(("token", "", f"u{number}"), {}, 0.0)
            store.put_profile(("token", "company", f"c{number}"), {}, 0.0)
            store.add_operations([(1, "token", "", f"u{number}", "$set", b"{}", b"{}", 0.0)])
            store.merge("token", f"a{number}", f"b{number}")
            store.add_rejections([(1, "/import", 0, "", "", "", b"{}")])
            store.link(
                store.add_message((0.0, "key", f"m{number}", "track", "", 1, b"{}", "[]", "segment")), []
            )
    counts = store.counts()
    assert 1000 <= counts["profiles"] + counts["groups"] <= 1007
    assert len(store.operations()) == 100
    assert (counts["requests"], counts["rejections"], counts["messages"]) == (100, 100, 100)
    assert store.canonical("token", "a0") is None
    assert store.canonical("token", "a599") == "b599"


def test_duplicates_are_counted(store: Store) -> None:
    """Adding says how many took an equal one's place."""
    with store.writing():
        assert store.add_events(rows("a", "b", "a")) == 1
        assert store.add_events(rows("a", "c")) == 1
    assert [(event.insert_id, event.duplicates) for event in store.events()] == [("a", 2), ("b", 0), ("c", 0)]


def test_what_fails_midway_leaves_nothing(store: Store) -> None:
    """A batch is seen at once, or not at all."""

    def write_half() -> None:
        with store.writing():
            store.add_events(rows("a"))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        write_half()
    assert store.events() == []
    with store.writing():
        store.add_events(rows("b"))
    assert len(store.events()) == 1


def test_clearing_forgets_everything(store: Store) -> None:
    """Users that were merged as well."""
    with store.writing():
        store.add_events(rows("a"))
        store.merge("token", "a", "b")
        store.put_profile(("token", "", "u"), {"a": 1}, 0.0)
    store.clear()
    assert set(store.counts().values()) == {0}
    assert store.canonical("token", "a") is None


def test_a_file_keeps_what_arrived(tmp_path: Path) -> None:
    """A store that opens the file again gives it back."""
    path = tmp_path / "debugger.db"
    first = Store(path)
    with first.writing():
        first.add_events(rows("a"))
    first.close()
    second = Store(path)
    assert [event.insert_id for event in second.events()] == ["a"]
    second.close()


def test_waiting_ends_with_the_write_that_was_waited_for(store: Store) -> None:
    """Another thread's write wakes the waiting one."""

    def write() -> None:
        for name in ("a", "b", "c"):
            with store.writing():
                store.add_events(rows(name))

    writer = threading.Thread(target=write)
    writer.start()
    assert store.wait_until(lambda: store.counts()["events"] == 3, timeout=10)
    writer.join()


def test_waiting_in_vain_ends_in_time(store: Store) -> None:
    """The answer says that the condition does not hold."""
    assert store.wait_until(lambda: False, timeout=0.01) is False


def test_threads_read_and_write_together(store: Store) -> None:
    """No reader meets half a batch, and no write is lost."""
    halves: list[int] = []

    def write(name: str) -> None:
        for number in range(20):
            with store.writing():
                store.add_events(rows(f"{name}{number}-1"))
                store.add_events(rows(f"{name}{number}-2"))

    def read() -> None:
        halves.extend(len(store.events()) % 2 for _ in range(40))

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(halves) == {0}
    assert store.counts()["events"] == 80


@pytest.mark.parametrize("text", ["'; DROP TABLE events; --", '"', "%", "\0", "💥", "<script>"])
def test_any_text_is_only_text(store: Store, text: str) -> None:
    """Names and ids are hostile: they come back as they were."""
    with store.writing():
        store.add_events([(1, text, "/import", 0.0, text, text, 0, text, b"{}")])
        store.merge(text, text, text + "2")
    (event,) = store.events(project=text, event=text)
    assert (event.event, event.insert_id, event.user) == (text, text, text + "2")


def test_a_closed_store_cannot_be_read() -> None:
    """There is an error, not an empty list."""
    store = Store()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.events()


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    """With what to do, and without a change to the file."""
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.execute("CREATE TABLE events (id INTEGER PRIMARY KEY)")
    old.close()
    before = path.read_bytes()
    with pytest.raises(ValueError, match="another version wrote this file"):
        Store(path)
    assert path.read_bytes() == before


def test_a_write_inside_another_is_part_of_it(store: Store) -> None:
    """It is undone with the outer one, and listeners hear of both once."""
    heard: list[int] = []
    store.listen(lambda: heard.append(store.counts()["events"]))

    def write_both() -> None:
        with store.writing():
            with store.writing():
                store.add_events(rows("a"))
            raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError, match="afterwards"):
        write_both()
    assert (store.events(), heard) == ([], [])
    with store.writing():
        store.add_events(rows("a"))
        with store.writing():
            store.add_events(rows("b"))
    assert heard == [2]


def test_the_oldest_go_in_blocks() -> None:
    """Not with every write, and never more than a small part beyond what is kept."""
    store = Store(keep=1280)
    sizes = []
    for number in range(1500):
        with store.writing():
            store.add_events(rows(f"i{number}"))
        sizes.append(store.span("events")[1])
    store.close()
    assert max(sizes) <= 1290
    assert min(sizes[1280:]) >= 1280
    assert sum(after < before for before, after in pairwise(sizes)) < 30


def test_links_go_with_their_message(store: Store) -> None:
    """Nothing leads from what is kept no more."""
    for number in range(150):
        with store.writing():
            row = (0.0, "key", f"m{number}", "track", "", 1, b"{}", "[]", "segment")
            store.link(store.add_message(row), [("event", number)])
    assert store.links(50) == []
    assert store.links(150) == [("event", 149)]
