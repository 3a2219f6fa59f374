"""The Redact plugin: what it is told, which parts of a message it sees."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import pytest

from analytics_mixpanel import Client, Message
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.testing import check_plugin, recording_client
from analytics_mixpanel_redact import CARDS, EMAILS, PHONES, Redact, drop, hash_with, mask

KEY = "canary-key-0123456789abcdef"
EMAIL = "ada@example.com"
VISA = "4111111111111111"


def _client(*plugins: object, **settings: Any) -> Client:
    return recording_client(plugins=plugins, **settings)[0]


def _tracked(plugin: Redact, *arguments: Any, **given: Any) -> Message:
    return _client(plugin).track(*arguments, **given)[1]


def test_it_keeps_the_rules() -> None:
    """It passes the check of plugins."""
    check_plugin(Redact(keys=["email"], values=[EMAILS, CARDS], ids=hash_with(KEY)))


def test_it_reads_like_english() -> None:
    """Keys and values, each with what is done, or all with the same."""
    redact = Redact(keys={"password*": drop, "email": hash_with(KEY)}, values=[EMAILS, CARDS], action=mask)
    message = _tracked(redact, "u", "e", {"password1": 1, "email": EMAIL, "note": f"{EMAIL} {VISA}", "n": 1})
    assert message["properties"] == {"email": hash_with(KEY)(EMAIL), "note": "*** ***", "n": 1}


def test_lists_share_the_action() -> None:
    """Which is to mask where none is given."""
    assert _tracked(Redact(keys=["a"], values=[EMAILS]), "u", "e", {"a": 1, "b": EMAIL})["properties"] == {
        "a": "***",
        "b": "***",
    }
    assert _tracked(Redact(keys=["a"], action=drop), "u", "e", {"a": 1, "b": 2})["properties"] == {"b": 2}


def test_an_action_of_one_s_own() -> None:
    """Any function from a text to another."""
    redact = Redact(keys={"email": lambda email: email.split("@")[1]})
    assert _tracked(redact, "u", "e", {"email": EMAIL})["properties"] == {"email": "example.com"}


def test_traits_and_context_too() -> None:
    """Of every call, with what the client put there."""
    client = _client(Redact(keys=["ip"], values=[EMAILS]))
    context = {"ip": "203.0.113.7", "page": {"url": "https://x.com/?e=ada%40example.com"}}
    identified = client.identify("u", {"email": EMAIL, "plan": "pro"}, context)[1]
    assert identified["traits"] == {"email": "***", "plan": "pro"}
    assert identified["context"]["ip"] == "***"
    assert identified["context"]["page"] == {"url": "https://x.com/?e=***"}
    assert identified["context"]["library"] == client.library
    assert client.group("u", "g", {"owner": EMAIL})[1]["traits"] == {"owner": "***"}


def test_names_of_events_and_pages() -> None:
    """Values are found there, and masked even where they are dropped elsewhere: an event needs a name."""
    client = _client(Redact(values=[EMAILS], action=drop))
    assert client.track("u", f"Mailed {EMAIL}")[1]["event"] == "***"
    page = client.page("u", EMAIL, f"Profile of {EMAIL}", {"a": EMAIL})[1]
    assert (page["category"], page["name"], page["properties"]) == ("***", "***", {})


def test_ids_stay() -> None:
    """Events are joined by them."""
    client = _client(Redact(keys=["*id*"], values=[EMAILS], action=drop))
    message = client.track(EMAIL, "e", anonymous_id=EMAIL, message_id=EMAIL)[1]
    assert {message["userId"], message["anonymousId"], message["messageId"]} == {EMAIL}
    assert client.group(EMAIL, EMAIL)[1]["groupId"] == EMAIL
    assert client.alias(EMAIL, "u")[1]["previousId"] == EMAIL


def test_ids_are_hashed_where_asked() -> None:
    """Those that have such a value; in the same way everywhere, so that they still fit together."""
    client, hashed = _client(Redact(values=[EMAILS], ids=hash_with(KEY))), hash_with(KEY)(EMAIL)
    assert client.track(EMAIL, "e")[1]["userId"] == hashed
    assert client.alias(EMAIL, "u")[1]["previousId"] == hashed
    assert client.track("user-1", "e")[1]["userId"] == "user-1"


def test_messages_of_other_libraries() -> None:
    """Whatever they carry, and of whatever type, is looked through."""
    client = _client(Redact(keys=["password"], values=[EMAILS]))
    message = {
        "type": "track",
        "event": "e",
        "userId": "u",
        "password": 1,
        "extra": [{"to": EMAIL}],
        "context": None,
    }
    taken: dict[str, Any] = dict(client.enqueue(message)[1])
    assert "password" in message, "what was handed in is not changed"
    assert taken["password"] == "***"
    assert taken["extra"] == [{"to": "***"}]
    assert dict(client.enqueue({"type": "track", "properties": [EMAIL]})[1])["properties"] == ["***"]


def test_what_the_encoder_knows() -> None:
    """A type of the application's is redacted as it is encoded."""
    client = _client(Redact(values=[CARDS]), encoders={Decimal: lambda value: f"card {value}"})
    assert client.track("u", "e", {"a": Decimal(VISA)})[1]["properties"] == {"a": "card ***"}


def test_what_is_the_caller_s_is_not_changed() -> None:
    """The caller's dicts, and dicts that messages share."""
    nested = {"email": EMAIL}
    properties = {"nested": nested, "list": [nested]}
    message = _tracked(Redact(keys=["email"]), "u", "e", properties)
    assert message["properties"] == {"nested": {"email": "***"}, "list": [{"email": "***"}]}
    assert properties == {"nested": {"email": EMAIL}, "list": [{"email": EMAIL}]}


def test_a_message_without_anything_to_redact_is_as_it_was() -> None:
    """Nothing is copied."""
    redact = Redact(keys=["email"], values=[EMAILS, PHONES])
    given = {"plan": "pro", "n": [1, 2.5, None], "d": {"x": "y"}}
    message: Any = {"type": "track", "event": "e", "properties": given, "context": {}}
    redact.redact(dict(message), None)  # type: ignore[arg-type]  # names are learnt with the first message that has them
    redact.redact(message, None)
    assert message == {"type": "track", "event": "e", "properties": given, "context": {}}
    assert message["properties"] is given


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "Redact needs keys, values or both"),
        ({"keys": "password"}, "keys must be a list"),
        ({"values": r"\d+"}, "values must be a list"),
        ({"values": 7}, "values must be a list"),
        ({"keys": [["a"]]}, "keys must be a list of patterns"),
        ({"keys": [""]}, "keys must be names"),
        ({"values": ["("]}, r"values\[0\] is no regular expression"),
        ({"keys": {"a": "drop"}}, "keys: what is to be done must be drop, mask or hash_with"),
        ({"keys": ["a"], "action": None}, "keys: what is to be done"),
        ({"values": [EMAILS], "ids": mask}, r"ids must be hash_with\(key\)"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: dict[str, Any], said: str) -> None:
    """The error names it and says what to do."""
    with pytest.raises(ConfigurationError, match=said):
        Redact(**arguments)


def test_the_key_is_not_to_be_seen() -> None:
    """Neither in a text, an attribute, nor a pickle."""
    redact = Redact(keys={"email": hash_with(KEY)}, values=[EMAILS, "canary-[0-9]"], ids=hash_with(KEY))
    shown = repr(redact) + "\n".join(f"{name} = {value!r}" for name, value in vars(redact).items())
    assert "canary" not in shown
    assert repr(redact) == (
        "Redact(keys={'email': hash_with(***)}, values=['EMAILS', 'values[1]'], ids=hash_with(***))"
    )
    with pytest.raises(TypeError):
        pickle.dumps(redact)
