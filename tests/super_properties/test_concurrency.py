"""Super properties under threads, signal handlers and forks."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel.testing import recording_client
from analytics_mixpanel_super_properties import SuperProperties

Run = Callable[..., subprocess.CompletedProcess[str]]


def in_threads(work: Callable[[int], None], count: int = 8) -> None:
    """Run ``work`` in so many threads at once, and raise what one of them raised."""
    failures: list[BaseException] = []
    start = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            start.wait(30)
            work(number)
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]


def test_two_users_in_eight_threads_are_never_mixed() -> None:
    """Each event carries its own user's traits, whoever is identified meanwhile."""
    client, recorded = recording_client(plugins=[SuperProperties(from_traits=True)])

    def work(thread: int) -> None:
        for step in range(200):
            user = f"user-{(thread + step) % 2}"
            client.identify(user, {"who": user, "threads": [thread]})
            client.track(user, "Event")

    in_threads(work)
    events = recorded.of_type("track")
    assert len(events) == 1_600
    assert [event for event in events if event["properties"]["who"] != event["userId"]] == []


def test_what_threads_register_at_once_is_all_there() -> None:
    """Nothing is lost when many register for one user, nor of a list that many unite."""
    supers = SuperProperties(from_traits=True)

    def work(thread: int) -> None:
        for step in range(25):
            supers.for_user("user-1").register({f"p-{thread}-{step}": step})
            message: Any = {"type": "identify", "userId": "user-1", "traits": {"seen": [thread * 25 + step]}}
            supers.capture(message)

    in_threads(work)
    properties = supers.for_user("user-1").properties
    assert sorted(properties.pop("seen")) == list(range(200))
    assert properties == {f"p-{thread}-{step}": step for thread in range(8) for step in range(25)}


_HANDLER = """
    import signal
    from analytics_mixpanel.testing import recording_client
    from analytics_mixpanel_super_properties import SuperProperties

    supers = SuperProperties(from_traits=True, max_users=5)
    client, recorded = recording_client(plugins=[supers], send=False)
    handled = 0

    def on_alarm(*_):
        global handled
        handled += 1
        client.identify(f"user-{handled % 7}", {"tags": [handled % 9], "handled": handled})
        client.track(f"user-{handled % 7}", "Alarm")

    signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    step = 0
    while handled < 500:
        step += 1
        client.identify(f"user-{step % 7}", {"tags": [step % 9], "step": step})
        client.track(f"user-{step % 7}", "Event")
    signal.setitimer(signal.ITIMER_REAL, 0)
    print("done", len(supers._users) <= 5)
"""


def test_a_signal_handler_may_track_in_the_middle_of_a_call(run_python: Run) -> None:
    """It waits for nothing that the code holds which it interrupts."""
    ended = run_python(_HANDLER)
    assert ended.stdout == "done True\n", ended.stderr


_FORK = """
    import os, threading, warnings
    warnings.simplefilter("ignore")
    from analytics_mixpanel.testing import recording_client
    from analytics_mixpanel_super_properties import SuperProperties

    supers = SuperProperties(from_traits=True, max_users=50)
    supers.for_user("known").register({"plan": "pro"})
    client, recorded = recording_client(plugins=[supers], send=False)
    stop = threading.Event()

    def hammer():
        step = 0
        while not stop.is_set():
            step += 1
            client.identify(f"user-{step % 40}", {"tags": [step % 9]})
            client.track(f"user-{step % 40}", "Event")

    threading.Thread(target=hammer, daemon=True).start()
    statuses = []
    for number in range(20):
        child = os.fork()
        if not child:
            message = client.track("known", "Event")[1]
            client.identify("user-1", {"mine": number})
            fine = message["properties"] == {"plan": "pro"} and "mine" in supers.for_user("user-1").properties
            os._exit(0 if fine else 1)
        statuses.append(os.waitpid(child, 0)[1])
    stop.set()
    print(sum(statuses), any("mine" in supers.for_user(f"user-{n}").properties for n in range(40)))
"""


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="no fork here")
def test_a_child_forked_while_a_thread_is_at_it_goes_on(run_python: Run) -> None:
    """It knows what its parent knew, nothing is left locked, and what it learns is its own."""
    ended = run_python(_FORK)
    assert ended.stdout == "0 False\n", ended.stderr
