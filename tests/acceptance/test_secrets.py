"""Planted secrets and personal values: seen in no log, text, pickle or statistics."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_redact import EMAILS, Redact

Start = Callable[..., Any]

_TOKEN: Final = "canary-token-0123456789"
_SECRETS: Final = {
    "username": "canary-user-0123456789",
    "secret": "canary-secret-0123456789",
    "project_id": 7,
}
_PERSONAL: Final = ("canary@example.com", "Canary Ada", "canary-4111111111111111")

_EVERYTHING: Final = f"""
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
people = {_PERSONAL!r}
secrets = {_SECRETS!r}

class Fault:
    def __init__(self):
        self.email = people[0]
    def __str__(self):
        raise ValueError(people[1])
    __repr__ = __str__

class Raising:
    @hookimpl
    def capture(self, message):
        raise ValueError(people[0])
    @hookimpl
    def delivered(self, message, destination):
        raise ValueError(str(message))

def on_error(error, messages):
    raise ValueError(f"{{error}} {{messages}}")

def use(**settings):
    client = Client(
        {_TOKEN!r},
        plugins=[Mixpanel(**settings), Raising()],
        discover=False, debug=True, upload_interval=0.01, on_error=on_error, shutdown_timeout=0.5,
        max_message_bytes=100_000, max_retries=1,
    )
    _clients.append(client)
    client.identify(people[0], {{"name": people[1], "email": people[0], "card": people[2]}})
    client.track(people[0], people[1], {{"fault": Fault(), "card": people[2], "email": people[0]}})
    client.track(people[0], people[1] * 10_000)
    client.track(people[0], people[1], {{"cards": {{1: people, "odd": object()}}}})
    client.group(people[0], people[2], {{"name": people[1]}})
    client.alias(people[0], people[2])
    for wrong in (lambda: client.track(people[0], 7), lambda: client.track(people[0], "e", people[0])):
        try:
            wrong()
        except AssertionError as error:
            logging.error("refused: %s", error)
    client.flush(1)
    logging.info("%s %r %s %s", client, client, client.stats(), vars(client).get("health"))
    client.shutdown(0.5)
    client.track(people[0], people[1])

use()
use(**secrets)
use(api_secret="canary-api-secret-0123456789")
"""


@pytest.fixture
def plugin() -> Mixpanel:
    """A destination that holds every kind of credential."""
    return Mixpanel(token=_TOKEN, proxies="http://canary-proxy:canary-pass@127.0.0.1:1", **_SECRETS)  # type: ignore[arg-type]


@pytest.fixture
def client(plugin: Mixpanel) -> Iterator[Client]:
    """A client that holds them too, and a message."""
    client = Client(_TOKEN, plugins=[plugin], discover=False, upload_interval=60, shutdown_timeout=0)
    client.track(_PERSONAL[0], _PERSONAL[1], {"card": _PERSONAL[2]})
    yield client
    client.shutdown(0)


@pytest.mark.parametrize(
    "answer",
    [{}, {"status": 500}, {"status": 401}, {"status": 429}, {"status": 301}, {"drop": True}],
    ids=str,
)
def test_nothing_is_logged(start: Start, stand_in: StandIn, answer: dict[str, Any]) -> None:
    """At DEBUG, with everything going wrong that can: no line has a token, a secret or a property's value."""
    if answer:
        headers = {"Location": f"http://127.0.0.1:1/?token={_TOKEN}"} if answer.get("status") == 301 else {}
        stand_in.answer_next(times=1_000, body=" ".join(_PERSONAL) + _TOKEN, headers=headers, **answer)
    program = start(_EVERYTHING).succeeded()
    assert "DEBUG" in program.errors or "WARNING" in program.errors, "it was listened to"
    seen = program.errors + program.output
    assert "canary" not in seen.lower(), [line for line in seen.splitlines() if "canary" in line.lower()]
    assert program.accounts.add_up()


def test_payloads_are_logged_where_that_is_asked_for(start: Start) -> None:
    """With ``log_payloads=True`` the log has each message, once, as JSON in ASCII; never a credential."""
    program = start(
        """
        logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s", stream=sys.stdout)
        client = make(log_payloads=True)
        client.track("u", "Sänt\x1b[31m\x7f\u2028", {"secret": "payload-value"})
        client.flush()
        client.shutdown()
        """
    ).succeeded()
    (line,) = [line for line in program.output.splitlines() if "payload-value" in line]
    level, word, body = line.split(" ", 2)
    assert (level, word) == ("DEBUG", "accepted")
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(body)["event"] == "Sänt\x1b[31m\x7f\u2028"
    assert "payload-value" not in program.errors


@pytest.mark.parametrize("settings", [{"log_payloads": True}, {"log_payloads": True, "debug": False}, {}])
def test_payloads_are_logged_at_debug_alone(
    settings: dict[str, Any], caplog: pytest.LogCaptureFixture, plugin: Mixpanel
) -> None:
    """The setting alone shows nothing in a log that is at INFO, and DEBUG alone shows nothing either."""
    caplog.set_level(logging.INFO if settings else logging.DEBUG, "analytics_mixpanel")
    client = Client(_TOKEN, plugins=[plugin], discover=False, upload_interval=60, **settings)
    client.track(_PERSONAL[0], _PERSONAL[1], {"card": _PERSONAL[2]})
    client.shutdown(0)
    assert "canary" not in caplog.text.lower()


def test_what_is_redacted_is_redacted_in_logged_payloads(
    caplog: pytest.LogCaptureFixture, plugin: Mixpanel
) -> None:
    """The log is of what is queued."""
    caplog.set_level(logging.DEBUG, "analytics_mixpanel")
    redact = Redact(keys=["card", "name"], values=[EMAILS])
    client = Client(_TOKEN, plugins=[plugin, redact], discover=False, upload_interval=60, log_payloads=True)
    client.track("u", "e", {"card": _PERSONAL[2], "name": _PERSONAL[1], "to": _PERSONAL[0]})
    client.shutdown(0)
    assert '"to": "***"' in caplog.text
    assert "canary" not in caplog.text.lower()


def test_the_suite_listens(listening: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What a client was given, and its credentials, are found in any line of any logger, also at DEBUG."""
    client = Client(
        _TOKEN, plugins=[Mixpanel(secret="canary-secret", username="u", project_id=1)], send=False
    )
    client.track("u", "e", {"list": [{"deep": "a value of a property"}]})
    for text in (_TOKEN, "canary-secret", "a value of a property"):
        assert listening.leaks == []
        logging.getLogger("analytics_mixpanel").debug("leaked: %s", text)
        logging.getLogger("elsewhere").warning("leaked: %r", [text])
        assert len(listening.leaks) == 2, text
        listening.leaks.clear()
    client.shutdown()


@pytest.mark.parametrize("show", [repr, str, lambda client: repr(client.stats())])
def test_no_text_has_them(client: Client, plugin: Mixpanel, show: Callable[[Any], str]) -> None:
    """Neither a client, a plugin nor its statistics shows them."""
    assert "canary" not in show(client).lower()
    assert "canary" not in repr(plugin).lower() + str(plugin).lower()


def test_no_plugin_s_attribute_shows_them(plugin: Mixpanel) -> None:
    """Dumped attribute by attribute, as an error tracker does, the plugin shows none of its credentials."""
    shown = "\n".join(f"{name} = {value!r}" for name, value in vars(plugin).items())
    assert "canary" not in shown.lower()


def test_nothing_is_pickled(client: Client, plugin: Mixpanel) -> None:
    """A pickle would carry them along: there is none."""
    for each in (client, plugin):
        with pytest.raises(TypeError):
            pickle.dumps(each)


def test_errors_do_not_carry_them(client: Client) -> None:
    """The text of what a wrong argument raises, and of what ``on_error`` is told, names fields alone."""
    texts: list[str] = []
    wrong: list[tuple[Any, ...]] = [(_PERSONAL, "e"), ("u", _PERSONAL), ("u", "e", _PERSONAL[0])]
    for arguments in wrong:
        with pytest.raises(AssertionError) as caught:
            client.track(*arguments)
        texts.append("".join(traceback.format_exception_only(caught.value)))
    refusing: dict[str, Any] = {
        "discover": False,
        "on_error": lambda error, _: texts.append(f"{error!r} {error}"),
    }
    other = Client(_TOKEN, plugins=[Mixpanel(token=_TOKEN)], max_message_bytes=10, **refusing)
    other.track(_PERSONAL[0], _PERSONAL[1], {"card": _PERSONAL[2]})
    other.shutdown(0)
    assert len(texts) == 4
    assert "canary" not in "".join(texts).lower()


def test_no_attribute_of_a_client_shows_them(client: Client) -> None:
    """The same for the client, whose ``write_key`` alone is readable: it is analytics-python's attribute."""
    shown = {name: repr(value).lower() for name, value in vars(client).items() if name != "write_key"}
    assert [name for name, text in shown.items() if "canary" in text] == []
