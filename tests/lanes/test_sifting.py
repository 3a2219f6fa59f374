"""What of a load goes on."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel.hookspecs import Drop, hookimpl
from analytics_mixpanel.lanes.load import Load
from analytics_mixpanel.lanes.sifting import DAMAGED, enriched, readable
from analytics_mixpanel.plugins import Plugins


def test_plugins_part_a_load() -> None:
    """What they drop is told with its reason; the rest goes on as they made it, by its own bytes."""

    class DropB:
        @hookimpl
        def enrich(self, message: Any, destination: str) -> object:
            return Drop("not wanted") if message["event"] == "b" else {**message, "seen": destination}

    plugins = Plugins(None, ())
    plugins.register(DropB())
    load = Load([b'{"event":"a"}', b'{"event":"b"}', b'{"event":"c"}'])
    sifted = enriched(load, plugins, "Shop")
    assert sifted.load.bodies == [load.bodies[0], load.bodies[2]]
    assert list(sifted.load.messages) == [{"event": "a", "seen": "Shop"}, {"event": "c", "seen": "Shop"}]
    assert (sifted.dropped, sifted.reasons) == ([{"event": "b"}], ["not wanted"])


def test_what_is_no_message_is_parted_with() -> None:
    """Bytes that are no JSON, or no object; notes stay with their messages."""
    load = Load([b"", b'{"event":"a"}', b"[]", b"5", b"\xff", b'{"event":"b"}'], notes={1: "a", 5: "b"})
    sifted = readable(load)
    assert list(sifted.load.messages) == [{"event": "a"}, {"event": "b"}]
    assert sifted.load.notes == {0: "a", 1: "b"}
    assert (sifted.dropped, sifted.reasons) == ([{}] * 4, [DAMAGED] * 4)


def test_a_load_of_messages_stays_as_it_is() -> None:
    """What plugins made of it, too."""
    load = Load([b"{}"], [{"event": "made"}])
    assert readable(load).load is load
