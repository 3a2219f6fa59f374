"""What is wrong between settings and Mixpanel, and the mend."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel_destination.checkup import checkup
from analytics_mixpanel_destination.sending.transport import Transport
from analytics_mixpanel_destination.settings.settings import Settings

TOKEN = "a-token-of-a-project"
SECRET = "a-secret-of-a-project"


@pytest.fixture(scope="module")
def _running() -> Iterator[StandIn]:
    with StandIn(projects={TOKEN: Project(SECRET, {"robot": "robots-secret"}, "42")}) as running:
        yield running


@pytest.fixture
def mixpanel(_running: StandIn) -> StandIn:
    """A stand-in with one project."""
    _running.clear()
    return _running


@pytest.fixture
def transport() -> Iterator[Transport]:
    """Connections that are closed after the test."""
    transport = Transport()
    yield transport
    transport.close()


def _check(transport: Transport, ahead: float = 0.0, **settings: Any) -> dict[str, dict[str, Any]]:
    import time

    found = checkup(Settings(**settings), transport, 20, lambda: time.time() + ahead)
    return {finding["check"]: finding for finding in found}


@pytest.mark.parametrize(
    "credentials",
    [{}, {"api_secret": SECRET}, {"username": "robot", "secret": "robots-secret", "project_id": "42"}],
)
def test_where_all_is_well_all_is_well(
    mixpanel: StandIn, transport: Transport, credentials: dict[str, Any]
) -> None:
    """With each kind of credentials; nothing is stored."""
    found = _check(transport, token=TOKEN, api_host=mixpanel.url, **credentials)
    assert {name: finding["ok"] for name, finding in found.items()} == dict.fromkeys(found, True)
    assert list(found) == ["settings", "region", "proxy", "reachable", "clock", "credentials"]
    assert mixpanel.events == []


@pytest.mark.parametrize(
    ("credentials", "mend"),
    [
        ({"token": "another-token-of-no-project"}, "MIXPANEL_TOKEN"),
        ({"token": TOKEN, "api_secret": "another-secret-of-none"}, "MIXPANEL_API_SECRET"),
        (
            {"token": TOKEN, "username": "robot", "secret": "another-secret", "project_id": "42"},
            "MIXPANEL_SERVICE_ACCOUNT",
        ),
        ({"token": "another-token-of-no-project", "api_secret": SECRET}, "MIXPANEL_API_SECRET"),
    ],
)
def test_wrong_credentials_are_found(
    mixpanel: StandIn, transport: Transport, credentials: dict[str, Any], mend: str
) -> None:
    """The mend names the variable, and no credential is in the words."""
    found = _check(transport, api_host=mixpanel.url, **credentials)
    assert found["reachable"]["ok"] is True
    assert found["credentials"]["ok"] is False
    assert mend in found["credentials"]["mend"]
    for value in credentials.values():
        assert value in {"42", "robot"} or value not in str(found)


def test_a_missing_token_is_found(mixpanel: StandIn, transport: Transport) -> None:
    """The mend says where to find it."""
    found = _check(transport, api_host=mixpanel.url)
    assert found["settings"]["ok"] is False
    assert "Project token" in found["settings"]["mend"]
    assert found["credentials"]["ok"] is None


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0])
def test_a_wrong_clock_is_found(mixpanel: StandIn, transport: Transport, ahead: float) -> None:
    """On either side; by the server's own date."""
    found = _check(transport, ahead, token=TOKEN, api_host=mixpanel.url)["clock"]
    assert found["ok"] is False
    assert ("ahead of" if ahead > 0 else "behind") in found["found"]


def test_nobody_there_is_found(transport: Transport) -> None:
    """What depends on an answer is open, not wrong."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    found = _check(transport, token=TOKEN, api_host=address)
    assert found["reachable"]["ok"] is False
    assert "does not answer: Connection refused" in found["reachable"]["found"]
    assert (found["clock"]["ok"], found["credentials"]["ok"]) == (None, None)


def test_a_proxy_that_does_not_answer_is_named(transport: Transport) -> None:
    """The mend is about it, and no password of it is shown."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = f"http://me:S3CRET@127.0.0.1:{server.getsockname()[1]}"
    settings = Settings(token=TOKEN, proxies=proxy)
    found = {each["check"]: each for each in checkup(settings, Transport(proxy), 5.0)}["reachable"]
    assert "by the proxy http://127.0.0.1:" in found["found"]
    assert "NO_PROXY" in found["mend"]
    assert "S3CRET" not in str(found)


def test_a_server_that_says_nothing_does_not_hold_it_up(transport: Transport) -> None:
    """The time for a request is bounded."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Settings(token=TOKEN, api_host=f"http://127.0.0.1:{silent.getsockname()[1]}")
        found = {each["check"]: each for each in checkup(settings, transport, 0.3)}
    assert "no answer in time" in found["reachable"]["found"]


@pytest.mark.parametrize(
    ("status", "words"),
    [(301, "a redirect"), (503, "HTTP 503"), (404, "HTTP 404"), (407, "HTTP 407")],
)
def test_a_strange_answer_is_found(mixpanel: StandIn, transport: Transport, status: int, words: str) -> None:
    """Each has its mend."""
    mixpanel.answer_next(status, body="{}", path="/import", headers={"Location": "https://elsewhere.example"})
    reachable = _check(transport, token=TOKEN, api_host=mixpanel.url)["reachable"]
    assert reachable["ok"] is False
    assert words in reachable["found"]
    assert reachable["mend"]


def test_an_untrusted_server_is_found(transport: Transport) -> None:
    """What answers is no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        found = _check(transport, token=TOKEN, api_host=f"https://127.0.0.1:{server.getsockname()[1]}")
        thread.join(20)
    assert found["reachable"]["ok"] is False
    assert found["reachable"]["mend"]


def test_a_proxy_between_without_the_test_of_credentials_is_no_fault(
    mixpanel: StandIn, transport: Transport
) -> None:
    """/import took them: that is what counts."""
    mixpanel.answer_next(404, body="not here", path="/api/app/validate-project-credentials/")
    found = _check(transport, token=TOKEN, api_host=mixpanel.url)["credentials"]
    assert found["ok"] is None
    assert "/import does not refuse them" in found["found"]


def test_the_region_is_said() -> None:
    """By name, or that the address is none of Mixpanel's; nothing is asked of it yet."""
    transport = Transport()
    regions = [
        next(each for each in checkup(settings, transport, 1) if each["check"] == "region")["found"]
        for settings in (Settings(token=TOKEN), Settings(token=TOKEN, region="eu"))
    ]
    assert regions == [
        "us (the default): https://api.mixpanel.com",
        "eu (set): https://api-eu.mixpanel.com",
    ]
