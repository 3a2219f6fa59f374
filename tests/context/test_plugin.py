"""The Context plugin: what it adds, and to which messages."""

from __future__ import annotations

import importlib.metadata
import locale as locales
import platform
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel import Client, Message, scope
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.testing import check_plugin, recording_client
from analytics_mixpanel_context import Context
from analytics_mixpanel_context.machine import locale, timezone


def _context(*plugins: Context, **given: Any) -> dict[str, Any]:
    """The context of a call made with these plugins."""
    return recording_client(plugins=plugins)[0].track("u", "e", **given)[1]["context"]


def test_it_keeps_the_rules() -> None:
    """It passes the check of plugins."""
    check_plugin(Context(host=True))


def test_it_adds_the_machine_and_the_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call outside any request says what it ran on; the library stays the client's."""
    monkeypatch.setenv("TZ", "Europe/Vienna")
    context = _context(Context())
    assert context["runtime"] == {"name": "CPython", "version": platform.python_version()}
    assert context["os"] == {"name": platform.system(), "version": platform.release()}
    assert context["timezone"] == "Europe/Vienna"
    assert context["library"]["name"] == "analytics-mixpanel"
    assert not {"host", "app"} & context.keys()


@pytest.mark.parametrize("fact", ["runtime", "os", "timezone"])
def test_each_can_be_switched_off(fact: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that is not wanted is not there."""
    monkeypatch.setenv("TZ", "UTC")
    switched: dict[str, Any] = {fact: False}
    assert fact in _context(Context())
    assert fact not in _context(Context(**switched))


def test_the_host_is_there_when_asked_for() -> None:
    """The machine's name is off unless it is asked for."""
    assert _context(Context(host=True))["host"] == {"name": socket.gethostname()}


class TestApp:
    """The application's name and version."""

    def test_they_may_be_given(self) -> None:
        """Both are taken as given."""
        assert _context(Context(app_name="shop", app_version="4.2"))["app"] == {
            "name": "shop",
            "version": "4.2",
        }

    def test_they_come_from_a_distribution(self) -> None:
        """An installed distribution tells both."""
        version = importlib.metadata.version("attrs")
        assert _context(Context(distribution="attrs"))["app"] == {"name": "attrs", "version": version}

    def test_the_name_of_one_is_enough(self) -> None:
        """A name that is an installed distribution's brings the version."""
        assert _context(Context(app_name="attrs"))["app"]["version"] == importlib.metadata.version("attrs")

    def test_a_given_one_wins(self) -> None:
        """What is given is not overwritten by the metadata."""
        app = _context(Context(app_name="shop", distribution="attrs"))["app"]
        assert app == {"name": "shop", "version": importlib.metadata.version("attrs")}

    def test_a_name_alone_is_fine(self) -> None:
        """A name that no distribution has stays without a version."""
        assert _context(Context(app_name="no-such-shop"))["app"] == {"name": "no-such-shop"}

    @pytest.mark.parametrize(
        "wrong", [{"app_name": 3}, {"app_version": ""}, {"distribution": "no-such-shop"}]
    )
    def test_a_wrong_setting_is_said(self, wrong: Any) -> None:
        """The error names the argument."""
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            Context(**wrong)


class TestWhoWins:
    """Values of the caller, and messages that are not ours."""

    def test_the_caller(self) -> None:
        """What the call gives stays as it is, as a whole."""
        given = {"app": {"name": "mine"}, "timezone": "Asia/Tokyo"}
        context = _context(Context(app_name="shop", app_version="1"), context=given)
        assert (context["app"], context["timezone"]) == ({"name": "mine"}, "Asia/Tokyo")

    def test_the_scope(self) -> None:
        """What a scope gives stays too."""
        with scope(context={"app": {"name": "scoped"}}):
            assert _context(Context(app_name="shop"))["app"] == {"name": "scoped"}

    @pytest.mark.parametrize(
        "device",
        [{"ip": "1.1.1.1"}, {"userAgent": "Mozilla"}, {"page": {"url": "/"}}, {"os": {"name": "iOS"}}],
    )
    def test_a_user_s_device_is_not_this_machine(self, device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """A message about a request gets the application and runtime, not this machine's system or zone."""
        monkeypatch.setenv("TZ", "UTC")
        context = _context(Context(app_name="shop", host=True), context=device)
        assert context.keys() - {"library"} == {"app", "runtime", *device}
        assert {name: context[name] for name in device} == device

    def test_another_library_s_message(self) -> None:
        """A message that comes by ``enqueue`` stays as its library made it."""
        client = recording_client(plugins=[Context()])[0]
        context = {"library": {"name": "analytics.js", "version": "1"}}
        message = {"type": "track", "event": "e", "userId": "u", "context": context}
        assert client.enqueue(message)[1]["context"] == context
        assert "context" not in client.enqueue({"type": "track", "event": "e", "userId": "u"})[1]

    def test_the_caller_s_dict_stays(self) -> None:
        """The context that the caller gave is not changed."""
        given = {"locale": "de"}
        _context(Context(), context=given)
        assert given == {"locale": "de"}


def test_one_may_serve_two_clients() -> None:
    """A plugin registered with two clients adds to the calls of both."""
    plugin = Context(app_name="shop")
    clients = [recording_client(plugins=[plugin], library_name=name)[0] for name in ("one", "two")]
    assert [each.track("u", "e")[1]["context"]["app"]["name"] for each in clients] == ["shop", "shop"]


def test_constants_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call asks the machine."""
    client = recording_client(plugins=[Context(host=True)])[0]

    def never(*_: Any) -> Any:
        raise AssertionError("a call asked the machine")

    for name in ("system", "release", "python_version"):
        monkeypatch.setattr(platform, name, never)
    monkeypatch.setattr(socket, "gethostname", never)
    message: Message = client.track("u", "e")[1]
    assert {"os", "runtime", "host"} <= message["context"].keys()


class TestMachine:
    """Facts of the machine that differ between machines."""

    @pytest.mark.parametrize(
        ("variable", "zone"),
        [("Europe/Vienna", "Europe/Vienna"), (":Asia/Tokyo", "Asia/Tokyo"), ("CET-1CEST", None)],
    )
    def test_the_zone_of_the_environment(
        self, variable: str, zone: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """``TZ`` counts if it is an IANA name."""
        monkeypatch.setenv("TZ", variable)
        assert timezone() == zone

    def test_the_zone_of_the_machine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else it is what /etc/localtime leads to."""
        monkeypatch.delenv("TZ", raising=False)
        file = tmp_path / "zoneinfo" / "America" / "Argentina" / "Ushuaia"
        file.parent.mkdir(parents=True)
        file.touch()
        link = tmp_path / "localtime"
        link.symlink_to(file)
        assert timezone(link) == "America/Argentina/Ushuaia"

    def test_a_zone_that_nobody_knows(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine without the file is in UTC if it says so, else nowhere."""
        monkeypatch.delenv("TZ", raising=False)
        monkeypatch.setattr(time, "tzname", ("UTC", "UTC"))
        assert timezone(tmp_path / "none") == "UTC"
        monkeypatch.setattr(time, "tzname", ("CET", "CEST"))
        assert timezone(tmp_path / "none") is None

    @pytest.mark.parametrize(
        ("process", "language"),
        [("en_US", "en-US"), ("de", "de"), (None, None), ("English_United States", None)],
    )
    def test_the_language(
        self, process: str | None, language: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is the process's, as browsers write it; the C locale is none."""
        monkeypatch.setattr(locales, "getlocale", lambda _: (process, "UTF-8"))
        assert locale() == language


def test_it_shows_no_value() -> None:
    """Its repr names what it adds."""
    plugin = Context(app_name="secret-canary")
    Client(discover=False, plugins=[plugin, recording_client()[1]]).shutdown()
    assert "secret-canary" not in repr(plugin)
    assert "app" in repr(plugin)
