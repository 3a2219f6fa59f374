"""``analytics-mixpanel tail``, run as a command against a running debugger."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel.cli.tail import shown
from analytics_mixpanel.debugger import Access, StandIn

RUN = [sys.executable, "-c", "from analytics_mixpanel.cli import main; raise SystemExit(main())", "tail"]
TOKEN = "a-token-of-some-length"


def environment(**variables: str) -> dict[str, str]:
    """Give the variables of this process, without those that tell ``tail`` something."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if "MIXPANEL" not in name and name not in ("NO_COLOR", "TERM")
    }
    return {**kept, "TERM": "xterm", **variables}


def tail(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [*RUN, *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def arrive(stand_in: StandIn, *names: str, user: str = "u") -> None:
    """Have events of these names arrive."""
    records = [{"event": name, "properties": {"token": "t", "distinct_id": user}} for name in names]
    stand_in.desk.ingest(records, "track", "t")


def test_lines_come_as_they_arrive(stand_in: StandIn) -> None:
    """Time, user, name and verdict; Ctrl-C ends it with 0."""
    arrive(stand_in, "Before")
    with subprocess.Popen(
        [*RUN, stand_in.url, "--last", "1"], env=environment(), stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert "Before" in running.stdout.readline()
        arrive(stand_in, "Signed Up", user="user-1")
        _, user, first, second, verdict = running.stdout.readline().split()
        assert (user, f"{first} {second}", verdict) == ("user-1", "Signed Up", "accepted")
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 0


def test_json_lines_have_everything(stand_in: StandIn) -> None:
    """One object a line."""
    stand_in.desk.ingest([{"event": "A", "properties": {"distinct_id": "u"}}], "import", "t")
    done = tail(stand_in.url, "--json", "--last", "9", "--count", "1")
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["name"], line["user"], line["verdict"], line["kind"]) == ("A", "u", "rejected", "rejection")
    assert "time" in line["reason"]
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (["signed"], ["Signed Up", "Signed Out"]),
        (["name=Signed Up"], ["Signed Up"]),
        (["name=*up"], ["Signed Up"]),
        (["name=a[1]"], ["a[1]"]),
        (["user=robot"], ["Robbed"]),
        (["verdict=accepted", "name=out"], ["Signed Out"]),
    ],
)
def test_filters(stand_in: StandIn, filters: list[str], names: list[str]) -> None:
    """By any field or by one, with stars; of several, all hold."""
    arrive(stand_in, "Signed Up", "Signed Out", "Viewed", "a[1]")
    arrive(stand_in, "Robbed", user="robot-7")
    options = [part for each in filters for part in ("--filter", each)]
    done = tail(stand_in.url, "--json", "--last", "9", "--count", str(len(names)), *options)
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == names


def test_a_filter_of_no_field_is_refused(stand_in: StandIn) -> None:
    """The error names those that there are."""
    done = tail(stand_in.url, "--filter", "nme=A")
    assert done.returncode == 2
    assert "'nme'" in done.stderr
    assert "verdict" in done.stderr


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "a\nb", "\x07", "\u202e", "\x9b31m", "\ud83d", "\0"])
def test_hostile_names_reach_no_terminal(text: str) -> None:
    """What would move the cursor, clear the screen or turn the writing round is spelt out."""
    line = {"received": 0.0, "user": text, "name": text, "verdict": "rejected", "reason": text}
    assert shown(line).isprintable()
    plain = shown(line, coloured=True).replace("\x1b[31m", "").replace("\x1b[0m", "")
    assert plain.isprintable()


def test_readable_names_stay_readable() -> None:
    """Other alphabets and pictures are no danger."""
    line = {"received": 0.0, "user": "Zoë", "name": "注文 💥", "verdict": "accepted", "reason": ""}
    assert "注文 💥" in shown(line)
    assert "Zoë" in shown(line)


def test_colours_are_for_terminals_alone(stand_in: StandIn) -> None:
    """A pipe gets none, and NO_COLOR switches them off."""
    arrive(stand_in, "A")
    arguments = [stand_in.url, "--last", "1", "--count", "1"]
    assert "\x1b" not in tail(*arguments).stdout
    assert "\x1b[32maccepted\x1b[0m" in on_a_terminal(arguments)
    assert "\x1b" not in on_a_terminal(arguments, NO_COLOR="1")


def on_a_terminal(arguments: list[str], **variables: str) -> str:
    """Run it with a terminal for its output, and give what it wrote."""
    ours, its = pty.openpty()
    with subprocess.Popen([*RUN, *arguments], env=environment(**variables), stdout=its) as running:
        os.close(its)
        assert running.wait(timeout=60) == 0
        written = os.read(ours, 65_536).decode()
    os.close(ours)
    return written


def test_without_a_debugger_it_says_how_to_start_one() -> None:
    """In a line."""
    with StandIn() as gone:
        url = gone.url
    done = tail(url)
    assert done.returncode == 2
    assert "start one with `analytics-mixpanel debugger`" in done.stderr


def test_the_token_is_said(run_python: Callable[..., Any]) -> None:
    """By an option or by the environment; without it there is a line that asks for it."""
    with StandIn(access=Access(token=TOKEN)) as locked:
        arrive(locked, "A")
        arguments = [locked.url, "--last", "1", "--count", "1", "--json"]
        assert json.loads(tail(*arguments, "--token", TOKEN).stdout)["name"] == "A"
        by_environment = tail(*arguments, ANALYTICS_MIXPANEL_DEBUGGER_TOKEN=TOKEN)
        assert json.loads(by_environment.stdout)["name"] == "A"
        refused = tail(*arguments)
        assert (refused.returncode, "wants its token" in refused.stderr) == (2, True)


def test_it_comes_back_to_a_debugger_that_was_started_anew() -> None:
    """It says that the connection was lost, and goes on with what arrives then."""
    first = StandIn()
    port = int(first.url.rpartition(":")[2])
    with subprocess.Popen(
        [*RUN, first.url, "--last", "1"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        arrive(first, "A")
        assert "A" in running.stdout.readline()
        first.close()
        with StandIn(port) as second:
            assert "connection is lost" in running.stderr.readline()
            while "started anew" not in running.stderr.readline():
                assert running.poll() is None
            arrive(second, "B")
            assert "B" in running.stdout.readline()
            running.kill()
