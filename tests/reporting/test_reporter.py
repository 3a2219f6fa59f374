"""A live client tells a running debugger about itself: over real HTTP, in real processes."""

from __future__ import annotations

import gc
import logging
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel import Client, Drop, hookimpl
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.delivery import Outcome, Rejection
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.reporting import Reporter

Wait = Callable[[Callable[[], bool]], None]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def debugger() -> Iterator[StandIn]:
    """A debugger that has heard of nobody."""
    with StandIn() as running:
        yield running


def _clients(debugger: StandIn) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = debugger.desk.reports.shown()
    return shown


def _reported(debugger: StandIn) -> list[str]:
    return [message.body.get("event", message.type) for message in debugger.store.messages()]


def test_a_client_is_known_before_its_first_message(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """Its plugins and settings are shown at once."""
    make_client(answering()).debugger(debugger.url)

    def plugins() -> list[str]:
        return [plugin["name"] for client in _clients(debugger) for plugin in client["plugins"]]

    wait_until(lambda: plugins() == ["Shop", "debugger"])
    (client,) = _clients(debugger)
    assert (client["state"], client["process"]["pid"]) == ("live", os.getpid())


def test_messages_are_told_as_the_plugins_left_them(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """In Segment's form, in their order, each once."""

    class Stamp:
        @hookimpl
        def capture(self, message: Any) -> Any:
            return {**message, "context": {**message["context"], "stamped": True}}

    client = make_client(answering(), Stamp())
    client.debugger(debugger.url)
    client.track("u", "A", {"set": {1}})
    client.page("u", name="B")
    wait_until(lambda: len(_reported(debugger)) == 2)
    first, second = debugger.store.messages()
    assert (first.body["event"], second.type, first.source) == ("A", "page", "client")
    assert first.body["context"]["stamped"] is True
    assert first.body["properties"] == {"set": [1]}


def test_a_message_is_linked_to_what_mixpanel_got(debugger: StandIn, wait_until: Wait) -> None:
    """Events, updates of profiles and refusals, whichever comes first."""
    with Client("token", debugger.url, upload_interval=0.05) as client:
        client.debugger(debugger.url)
        client.track("u", "A")
        client.identify("u", {"plan": "pro"})
        client.track("u", "B" * 300)
        client.flush()
        wait_until(lambda: len(debugger.store.messages()) == 3)
        numbers = [message.id for message in debugger.store.messages()]
        wait_until(lambda: all(debugger.store.links(number) for number in numbers))
    links = [debugger.store.links(number) for number in numbers]
    assert [kind for ((kind, _),) in links] == ["event", "operation", "rejection"]


def test_losses_are_told_with_their_reasons(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """Refused by the destination or given up by the client, and noted beside the message."""

    class Choosy:
        @hookimpl
        def enrich(self, message: Any) -> Drop | None:
            return Drop("not today") if message["event"] == "B" else None

    client = make_client(answering(lambda _: Outcome(rejected={0: Rejection("too long", "event")})), Choosy())
    client.debugger(debugger.url)
    client.track("u", "A")
    client.track("u", "B")
    wait_until(lambda: bool(_clients(debugger)) and len(_clients(debugger)[0]["losses"]) == 2)
    losses = {loss["event"]: loss for loss in _clients(debugger)[0]["losses"]}
    assert (losses["A"]["fate"], losses["A"]["reason"], losses["A"]["field"]) == (
        "rejected",
        "too long",
        "event",
    )
    assert (losses["B"]["fate"], losses["B"]["reason"]) == ("dropped", "not today")
    wait_until(lambda: sum(bool(message.errors) for message in debugger.store.messages()) == 2)


def test_hostile_names_are_told_as_well(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """Bad characters and endless names do not end the reports."""
    client = make_client(answering(lambda _: Outcome(rejected={0: Rejection("bad \ud800")})))
    client.debugger(debugger.url)
    client.track("u", "<script>\ud800" + "x" * 100_000)
    wait_until(lambda: bool(_clients(debugger)) and bool(_clients(debugger)[0]["losses"]))
    (loss,) = _clients(debugger)[0]["losses"]
    assert loss["event"].startswith("<script>")
    assert len(loss["event"]) <= 300


def test_the_end_of_a_client_is_told(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """With everything that was still to be told, before ``shutdown`` returns."""
    client = make_client(answering())
    client.debugger(debugger.url)
    wait_until(lambda: bool(_clients(debugger)))
    client.track("u", "Last")
    client.shutdown(20)
    wait_until(lambda: _clients(debugger)[0]["state"] == "closed")
    assert _reported(debugger) == ["Last"]


def test_reports_go_on_while_counts_change(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """What was delivered after a report is in a later one."""
    client = make_client(answering())
    client.debugger(debugger.url)
    client.track("u", "A")
    wait_until(lambda: any(each["lanes"][0]["stats"]["delivered"] == 1 for each in _clients(debugger)))


def test_the_environment_switches_it_on(debugger: StandIn, run_python: Run) -> None:
    """A program that knows nothing of the debugger is seen."""
    program = """
        import analytics_mixpanel as analytics
        analytics.track("u", "From Afar")
        analytics.shutdown(20)
    """
    ended = run_python(
        program, ANALYTICS_MIXPANEL_DEBUGGER=debugger.url, MIXPANEL_TOKEN="t", MIXPANEL_API_HOST=debugger.url
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert _reported(debugger) == ["From Afar"]
    assert _clients(debugger)[0]["process"]["program"] == "-c"


@pytest.mark.parametrize(
    "first",
    [
        "",
        "import analytics_mixpanel.debugger",
        "from analytics_mixpanel import track; import analytics_mixpanel.debugger",
    ],
)
def test_the_module_has_a_call_for_it(debugger: StandIn, run_python: Run, first: str) -> None:
    """Also where the package of the same name is loaded."""
    program = f"""
        {first}
        import analytics_mixpanel as analytics
        analytics.write_key, analytics.host = "t", {debugger.url!r}
        analytics.debugger({debugger.url!r})
        analytics.track("u", "Called")
        analytics.shutdown(20)
    """
    ended = run_python(program)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert _reported(debugger) == ["Called"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_reports_anew(debugger: StandIn, run_python: Run) -> None:
    """Under its own number, and nothing is told twice."""
    program = """
        import os, time
        from analytics_mixpanel import Client
        import sys
        client = Client("t", sys.argv[1])
        client.debugger(sys.argv[1])
        client.track("u", "Before")
        client.flush(20)
        time.sleep(0.2)
        child = os.fork()
        client.track("u", "Child" if child == 0 else "Parent")
        client.shutdown(20)
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    """
    ended = run_python(program, debugger.url)
    assert ended.returncode == 0, ended.stderr
    assert sorted(_reported(debugger)) == ["Before", "Child", "Parent"]
    assert len({client["process"]["pid"] for client in _clients(debugger)}) == 2


def _nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_without_a_debugger_nothing_is_kept(
    make_client: Callable[..., Client], answering: Any, wait_until: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing is logged: the application is as if the plugin were not there."""
    shop, reporter = answering(), Reporter()
    reporter.address = type(reporter.address)(_nobody())
    with caplog.at_level(logging.DEBUG, "analytics_mixpanel"):
        client = make_client(shop, reporter)
        wait_until(lambda: not reporter._mailbox.open)
        for _ in range(100):
            client.track("u", "A")
        client.flush()
    assert len(shop.messages) == 100
    assert reporter._mailbox.take(1) == []
    assert [record for record in caplog.records if "debugger" in record.getMessage()] == []


def test_a_debugger_that_does_not_answer_holds_up_nobody(
    make_client: Callable[..., Client], answering: Any
) -> None:
    """Calls, flush and shutdown return while a report waits for its answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shop = answering()
        client = make_client(shop)
        client.debugger(f"http://127.0.0.1:{silent.getsockname()[1]}")
        connection, _ = silent.accept()
        for _ in range(100):
            client.track("u", "A")
        assert client.flush(30) == 0
        started = time.monotonic()
        client.shutdown(30)
        assert time.monotonic() - started < 20  # one second, and room for a busy machine
        connection.close()
    assert len(shop.messages) == 100


def test_a_debugger_that_comes_later_is_found(
    make_client: Callable[..., Client], answering: Any, wait_until: Wait
) -> None:
    """From then on it is told; what was before is not kept."""
    url = _nobody()
    reporter = Reporter(Reporter().address.__class__(url))
    client = make_client(answering(), reporter)
    wait_until(lambda: not reporter._mailbox.open)
    client.track("u", "Before")
    with StandIn(port=int(url.rpartition(":")[2])) as late:
        wait_until(lambda: bool(_clients(late)))
        wait_until(lambda: reporter._mailbox.open)
        client.track("u", "After")
        wait_until(lambda: _reported(late) == ["After"])
        client.shutdown(5)


def test_another_machine_needs_a_token(make_client: Callable[..., Client], answering: Any) -> None:
    """Reports hold what users did."""
    with pytest.raises(ConfigurationError, match="token"):
        make_client(answering()).debugger("http://198.51.100.7:8765")


def test_a_second_call_changes_nothing(
    debugger: StandIn, make_client: Callable[..., Client], answering: Any
) -> None:
    """There is one plugin."""
    client = make_client(answering())
    client.debugger(debugger.url)
    client.debugger(debugger.url)
    assert list(client.registered()) == ["Shop", "debugger"]


def test_a_client_that_nobody_holds_is_let_go(debugger: StandIn, answering: Any, wait_until: Wait) -> None:
    """The thread keeps no client alive, and ends with it."""
    client = Client(discover=False, plugins=[answering()])
    client.debugger(debugger.url)
    wait_until(lambda: bool(_clients(debugger)))
    (thread,) = [each for each in threading.enumerate() if each.name == "analytics-mixpanel debugger"]
    del client

    def has_ended() -> bool:
        gc.collect()  # a client and its plugins know each other
        return not thread.is_alive()

    wait_until(has_ended)


def test_switched_off_it_costs_nothing(run_python: Run) -> None:
    """No HTTP is loaded, and no thread runs."""
    program = """
        import sys, threading
        from analytics_mixpanel import Client, hookimpl
        class Shop:
            @hookimpl
            def deliver(self, batch): pass
        client = Client(discover=False, plugins=[Shop()])
        print("http.client" in sys.modules, len(threading.enumerate()))
    """
    assert run_python(program).stdout == "False 1\n"
