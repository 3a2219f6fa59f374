"""Fixtures that tests of several parts share."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, field

from analytics_mixpanel import Batch, Client, Message, hookimpl, journal
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination import Mixpanel

_ROOT: Final = Path(__file__).parent.parent
_QUICK: Final = RetryPolicy(first_wait=0.001, longest_wait=0.01, first_probe=0.001, longest_probe=0.01)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where it is decided whether a change lands, a test that was skipped is one that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("tests were skipped, and CI is set: install what they need", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _fresh_log() -> None:
    """What one test had logged does not silence the same line in the next."""
    journal._last_logged.clear()


@define(eq=False)
class Listening(logging.Handler):
    """Hears all that the suite logs, at DEBUG, and knows what the test that runs handed in.

    Attributes:
        planted: credentials of its clients, and texts in its messages.
        payloads_wanted: whether a client of its was told to log payloads.
        leaks: lines with something of what was planted.
    """

    planted: set[str] = field(factory=set)
    payloads_wanted: bool = False
    leaks: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle(self, record: logging.LogRecord) -> bool:
        """Take no lock: threads and forked children log whenever they like."""
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Look for what was planted."""
        line = self.format(record)
        if self.payloads_wanted and record.msg == "accepted %s":
            return
        self.leaks += [f"{each!r} in {line!r}" for each in self.planted.copy() if each in line]

    def plant(self, value: Any, depth: int = 0) -> None:
        """Have it looked for, with all that is in it; words and short texts are in lines by chance."""
        if isinstance(value, str) and len(value) >= _LONG_ENOUGH and not value.isalpha():
            self.planted.add(value[:_ENOUGH])
        elif isinstance(value, Mapping) and depth < _DEEP_ENOUGH:
            for each in list(value.values())[:_ENOUGH]:
                self.plant(each, depth + 1)
        elif type(value) in (list, tuple) and depth < _DEEP_ENOUGH:
            for each in value[:_ENOUGH]:
                self.plant(each, depth + 1)

    def forget(self) -> None:
        """Begin with another test."""
        self.planted.clear()
        self.leaks.clear()
        self.payloads_wanted = False


_LONG_ENOUGH: Final = 8
_ENOUGH: Final = 100
_DEEP_ENOUGH: Final = 5
_CREDENTIALS: Final = ("token", "api_secret", "username", "secret", "proxies")
_OF_THE_APPLICATION: Final = frozenset(
    {"event", "name", "category", "userId", "anonymousId", "previousId", "groupId", "properties", "traits"}
)


@pytest.fixture(scope="session")
def listening() -> Iterator[Listening]:
    """Listens to the whole run; whatever any client is given is planted."""
    heard, patched = Listening(), pytest.MonkeyPatch()
    accept, make, make_destination = Client._accept, Client.__attrs_post_init__, Mixpanel.__init__
    loggers = [journal.log, logging.getLogger("urllib3")]  # the latter logs what we send
    levels = [logger.level for logger in loggers]

    def accepting(client: Client, message: Message) -> Any:
        for name, value in message.items():
            if name in _OF_THE_APPLICATION:
                heard.plant(value)
            elif name == "context" and isinstance(value, dict):
                heard.plant([each for key, each in value.items() if key != "library"])
        return accept(client, message)

    def making(client: Client) -> None:
        heard.plant([client.write_key, client.proxies])
        heard.payloads_wanted |= client.log_payloads
        make(client)

    @wraps(make_destination)
    def making_destination(destination: Mixpanel, *arguments: Any, **settings: Any) -> None:
        heard.plant([arguments, *map(settings.get, _CREDENTIALS)])
        make_destination(destination, *arguments, **settings)

    patched.setattr(Client, "_accept", accepting)
    patched.setattr(Client, "__attrs_post_init__", making)
    patched.setattr(Mixpanel, "__init__", making_destination)
    logging.getLogger().addHandler(heard)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield heard
    logging.getLogger().removeHandler(heard)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    patched.undo()


@pytest.fixture(autouse=True)
def _nothing_planted_is_logged(listening: Listening) -> Iterator[None]:
    """No test may have a token, a secret or a value of its messages in the log, unless it asks for that."""
    listening.forget()
    yield
    assert listening.leaks == []


@pytest.fixture(scope="session")
def running_stand_in() -> Iterator[StandIn]:
    """One stand-in for the whole run: starting one costs more than most tests."""
    with StandIn() as running:
        yield running


@pytest.fixture
def stand_in(running_stand_in: StandIn) -> StandIn:
    """A stand-in in which nothing has arrived yet; every token is a project there."""
    running_stand_in.clear()
    running_stand_in.desk.use_mappings(None)
    return running_stand_in


@define(eq=False)
class Answering:
    """A destination that answers every batch as the test says, and keeps what it was given.

    Attributes:
        answer: from a batch to its outcome; may raise, wait or return anything.
        batches: the messages of each attempt.
    """

    answer: Callable[[Batch], Any] = lambda _: None
    name: str = "Shop"
    batches: list[list[Message]] = field(factory=list)

    @hookimpl
    def deliver(self, batch: Batch) -> Any:
        """Keep the batch and answer."""
        self.batches.append(list(batch.messages))
        return self.answer(batch)

    @property
    def messages(self) -> list[Message]:
        """Everything that it was given, in order."""
        return [message for batch in self.batches for message in batch]

    @property
    def events(self) -> list[str]:
        """The names of the events it was given, in order."""
        return [message["event"] for message in self.messages]


@pytest.fixture
def answering() -> type[Answering]:
    """A kind of destination whose answers the test chooses."""
    return Answering


@pytest.fixture
def make_client() -> Iterator[Callable[..., Client]]:
    """Makes clients with the given plugins alone and short waits; they are closed after the test."""
    made: list[Client] = []

    def make(*plugins: object, **settings: Any) -> Client:
        chosen = {"upload_interval": 0.005, "retry": _QUICK, **settings}
        made.append(Client(discover=False, plugins=plugins, **chosen))
        return made[-1]

    yield make
    for client in made:
        client.shutdown(0.2)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Waits until something is true, for ten seconds at most."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not come true within ten seconds"
            time.sleep(0.001)

    return wait


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in an interpreter of its own, which finds this package and what is in ``tmp_path``."""

    def run(
        program: str, *arguments: str, timeout: float = 30, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, (tmp_path, _ROOT, _ROOT / "plugins")))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            env={**kept, "PYTHONPATH": path, **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
