"""What the parts of our own way cost by themselves, to see which of them a change made slower."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from timeit import Timer
from typing import Any, Final

import orjson

from analytics_mixpanel import Client
from analytics_mixpanel.delivery import Batch
from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel.queues.memory import MemoryQueue
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.translate import Translator
from benchmarks.event import NAME, event
from benchmarks.sink import Sink

_BATCH: Final = 2_000
_REPEATS: Final = 5
_SECONDS: Final = 0.2


def measured(quick: bool) -> dict[str, float]:
    """Microseconds of each part for one event."""
    repeats, seconds = (1, 0.01) if quick else (_REPEATS, _SECONDS)
    costs = {name: _microseconds(part, repeats, seconds) for name, part in _parts().items()}
    costs["all that the plugin does with an event of a batch of 2,000"] = _deliver(1 if quick else _REPEATS)
    return costs


def _parts() -> dict[str, Callable[[], Any]]:
    idle = Client("benchmark", send=False)
    call = event(0)
    small = idle.track(call.user, NAME, {"plan": "pro"})[1]
    full = idle.track(call.user, NAME, call.properties, call.context)[1]
    encoder, translator = Encoder(), Translator(token="benchmark")
    body = encoder.encode(full)
    return {
        "build and encode a message": lambda: idle.track(call.user, NAME, call.properties, call.context),
        "encode the message": lambda: encoder.encode(full),
        "put it into the queue, and take it": _put_and_take(body),
        "decode the message": lambda: orjson.loads(body),
        "translate it, with one property and no context": lambda: translator.translate(small),
        "translate it": lambda: translator.translate(full),
    }


def _put_and_take(body: bytes) -> Callable[[], Any]:
    queue = MemoryQueue(1_000, 1_000_000)
    line = queue.open("Mixpanel")[0]

    def put_and_take() -> None:
        queue.put(body, ("Mixpanel",))
        line.take_now(1, 1_000_000)
        line.settle()

    return put_and_take


def _microseconds(part: Callable[[], Any], repeats: int, seconds: float) -> float:
    """The median of several timings of about this long each."""
    timer = Timer(part)
    once = max(timer.timeit(10) / 10, 1e-7)
    number = max(1, int(seconds / once))
    return median(timer.repeat(repeats, number)) / number * 1e6


def _deliver(repeats: int) -> float:
    """Translate, encode, compress, send and read the answer, by the plugin alone."""
    idle = Client("benchmark", send=False)
    calls = [
        idle.track(each.user, NAME, each.properties, each.context)[1] for each in map(event, range(_BATCH))
    ]
    bodies = [Encoder().encode(message) for message in calls]
    taken = []
    with Sink("answer") as sink:
        destination = Mixpanel(token="benchmark", api_host=sink.url)
        for _ in range(repeats + 1):  # the first imports and connects
            batch = Batch(
                [orjson.loads(body) for body in bodies], attempt=1, deadline=time.monotonic() + 60.0
            )
            started = time.perf_counter()
            outcome = destination.deliver(batch)
            taken.append(time.perf_counter() - started)
            assert not outcome.retry, outcome
        destination.shutdown()
    return median(taken[1:]) / _BATCH * 1e6
