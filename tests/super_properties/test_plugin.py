"""SuperProperties in a client: what events carry, and whose."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel import scope
from analytics_mixpanel.client import Client
from analytics_mixpanel.errors import ArgumentError, ConfigurationError
from analytics_mixpanel.testing import RecordingDestination, check_plugin, recording_client
from analytics_mixpanel_super_properties import SuperProperties


@pytest.fixture
def supers() -> SuperProperties:
    """The plugin, with nothing registered."""
    return SuperProperties()


def client_of(plugin: SuperProperties) -> tuple[Client, RecordingDestination]:
    """A client with the plugin, and what it delivers."""
    return recording_client(plugins=[plugin])


def carried(plugin: SuperProperties, user_id: str = "user-1", /, **own: Any) -> dict[str, Any]:
    """The properties of an event of a user."""
    client, recorded = client_of(plugin)
    client.track(user_id, "Event", own)
    return recorded.messages[0]["properties"]


def test_it_keeps_the_rules_of_plugins() -> None:
    """Also with messages that have next to nothing in them."""
    check_plugin(SuperProperties({"app": "shop"}, from_traits=True, super_properties=["list"]))


@pytest.mark.parametrize("call", ["track", "page", "screen"])
def test_events_carry_them(supers: SuperProperties, call: str) -> None:
    """``track``, ``page`` and ``screen`` make events."""
    supers.register({"app": "shop"})
    client, recorded = client_of(supers)
    name = {"event": "Event"} if call == "track" else {"name": "Home"}
    getattr(client, call)("user-1", **name, properties={"own": 1})
    assert recorded.messages[0]["properties"] == {"app": "shop", "own": 1}


@pytest.mark.parametrize("call", ["identify", "group", "alias"])
def test_other_messages_do_not(supers: SuperProperties, call: str) -> None:
    """A profile is no event."""
    supers.register({"app": "shop"})
    client, recorded = client_of(supers)
    getattr(client, call)("user-1", "group-1") if call != "identify" else client.identify("user-1")
    assert "shop" not in str(recorded.messages[0])


def test_the_events_own_win(supers: SuperProperties) -> None:
    """Even None, and against every reach."""
    with scope():
        for reach in (supers, supers.for_user("user-1"), supers.for_scope()):
            reach.register({"plan": "free", "app": "shop"})
        assert carried(supers, plan=None) == {"plan": None, "app": "shop"}


def test_nearer_wins(supers: SuperProperties) -> None:
    """The scope over the user, the user over the process."""
    supers.register({"a": "process", "b": "process", "c": "process"})
    supers.for_user("user-1").register({"b": "user", "c": "user"})
    with scope():
        supers.for_scope().register({"c": "scope"})
        assert carried(supers) == {"a": "process", "b": "user", "c": "scope"}
    assert carried(supers) == {"a": "process", "b": "user", "c": "user"}


def test_a_scopes_own_properties_win(supers: SuperProperties) -> None:
    """``scope(properties=...)`` says what the events inside have of their own."""
    with scope(properties={"plan": "pro"}):
        supers.for_scope().register({"plan": "free"})
        assert carried(supers) == {"plan": "pro"}


def test_inner_scopes_add_to_outer_ones(supers: SuperProperties) -> None:
    """What is registered inside is forgotten at the end of the inner scope."""
    with scope():
        supers.for_scope().register({"a": 1, "b": 1})
        with scope():
            supers.for_scope().register({"b": 2})
            assert carried(supers) == {"a": 1, "b": 2}
        assert carried(supers) == {"a": 1, "b": 1}


def test_outside_scopes_nothing_is_registered_for_one(
    supers: SuperProperties, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, and nothing leaks into the process."""
    supers.for_scope().register({"a": 1})
    assert carried(supers) == {}
    assert "no scope is open" in caplog.text


def test_another_users_events_do_not_carry_them(supers: SuperProperties) -> None:
    """Nor do those of a visitor whose anonymous id is the user's id."""
    supers.for_user("user-1").register({"plan": "pro"})
    client, recorded = client_of(supers)
    client.track("user-2", "Event")
    client.track(anonymous_id="user-1", event="Event")
    assert [message["properties"] for message in recorded] == [{}, {}]


def test_a_visitor_has_some_too(supers: SuperProperties) -> None:
    """For events without a user id."""
    supers.for_user(anonymous_id="visitor").register({"campaign": "spring"})
    client, recorded = client_of(supers)
    client.track(anonymous_id="visitor", event="Event")
    client.track("user-1", "Event", anonymous_id="visitor")
    assert [message["properties"] for message in recorded] == [{"campaign": "spring"}, {}]


def test_they_are_taken_out_again(supers: SuperProperties) -> None:
    """By name or all, for one reach."""
    supers.register({"a": 1, "b": 1})
    user = supers.for_user("user-1")
    user.register({"c": 1, "d": 1})
    supers.unregister("a")
    user.unregister("c")
    assert carried(supers) == {"b": 1, "d": 1}
    user.clear()
    assert carried(supers) == {"b": 1}
    supers.clear()
    assert carried(supers) == {}


def test_once_means_once_in_each_reach(supers: SuperProperties) -> None:
    """The first value stays, where it was registered."""
    user = supers.for_user("user-1")
    user.register_once({"source": "mail"})
    user.register_once({"source": "web"})
    supers.register_once({"source": "none"})
    assert carried(supers) == {"source": "mail"}
    assert carried(supers, "user-2") == {"source": "none"}


def test_what_is_registered_can_be_seen(supers: SuperProperties) -> None:
    """In a dict whose change changes nothing."""
    supers.register({"a": 1})
    supers.properties["b"] = 2
    assert supers.properties == {"a": 1}
    assert supers.for_user("user-1").properties == {}


class TestFromTraits:
    """Traits of ``identify`` as super properties, as in Segment's Classic device mode."""

    def test_all_of_them(self) -> None:
        """Under Mixpanel's names where it has them; reserved names are left out."""
        supers = SuperProperties(from_traits=True)
        client, _ = client_of(supers)
        client.identify("user-1", {"email": "a@example.com", "firstName": "Ada", "plan": "pro", "id": "1"})
        assert carried(supers) == {"$email": "a@example.com", "$first_name": "Ada", "plan": "pro"}
        assert supers.left_out == {"id": 1}

    def test_only_those_named(self) -> None:
        """By the names that traits have."""
        supers = SuperProperties(from_traits=["plan", "email", "absent"])
        client, _ = client_of(supers)
        client.identify("user-1", {"email": "a@example.com", "age": 36, "plan": "pro"})
        assert carried(supers) == {"$email": "a@example.com", "plan": "pro"}

    @pytest.mark.parametrize("setting", [False, []])
    def test_none_unless_asked_for(self, setting: Any) -> None:
        """Traits may be personal."""
        supers = SuperProperties(from_traits=setting)
        client, _ = client_of(supers)
        client.identify("user-1", {"plan": "pro"})
        assert carried(supers) == {}

    def test_lists_are_united(self) -> None:
        """A later ``identify`` adds to a list and replaces what is none."""
        supers = SuperProperties(from_traits=True)
        client, _ = client_of(supers)
        client.identify("user-1", {"teams": ["a", "b"], "plan": "free"})
        client.identify("user-1", {"teams": ["b", "c"], "plan": "pro"})
        assert carried(supers) == {"teams": ["a", "b", "c"], "plan": "pro"}

    def test_they_are_the_users_own(self) -> None:
        """Two users who are identified in turn."""
        supers = SuperProperties(from_traits=True)
        client, _ = client_of(supers)
        client.identify("user-1", {"plan": "pro"})
        client.identify("user-2", {"plan": "free"})
        assert [carried(supers, user)["plan"] for user in ("user-1", "user-2")] == ["pro", "free"]

    def test_the_message_stays_as_it_is(self) -> None:
        """The traits are not taken from the profile."""
        client, recorded = client_of(SuperProperties(from_traits=True))
        client.identify("user-1", {"plan": "pro", "id": "1"})
        assert recorded.messages[0]["traits"] == {"plan": "pro", "id": "1"}


class TestListed:
    """Properties of events that are registered, as by Segment's setting superProperties."""

    def test_later_events_carry_them(self) -> None:
        """Those on the list, until another event has another value."""
        supers = SuperProperties(super_properties=["plan"])
        assert carried(supers, plan="free", total=1) == {"plan": "free", "total": 1}
        assert carried(supers) == {"plan": "free"}
        carried(supers, plan="pro")
        assert carried(supers) == {"plan": "pro"}
        assert carried(supers, "user-2") == {}

    def test_reserved_names_are_left_out(self) -> None:
        """And counted for each event that had them."""
        supers = SuperProperties(super_properties=["time", "plan"])
        carried(supers, time=1, plan="pro")
        carried(supers, time=2)
        assert carried(supers) == {"plan": "pro"}
        assert supers.left_out == {"time": 2}


def test_reserved_names_are_left_out(supers: SuperProperties) -> None:
    """Wherever they are registered."""
    supers.register({"time": 1, "a": 1})
    supers.register_once({"id": 1})
    supers.for_user("user-1").register({"time": 1})
    assert carried(supers) == {"a": 1}
    assert supers.left_out == {"time": 2, "id": 1}


def test_users_are_forgotten() -> None:
    """Beyond the most users, or after the longest age."""
    time = [0.0]
    supers = SuperProperties(max_users=2, max_age=60, clock=lambda: time[0])
    for number in (1, 2, 3):
        time[0] += 1
        supers.for_user(f"user-{number}").register({"n": number})
    assert [carried(supers, f"user-{number}") for number in (1, 2, 3)] == [{}, {"n": 2}, {"n": 3}]
    time[0] += 61
    assert carried(supers, "user-3") == {}


def test_foreign_messages_get_them(supers: SuperProperties) -> None:
    """Messages of other libraries may lack anything; their dicts stay theirs."""
    supers.register({"app": "shop"})
    client, recorded = client_of(supers)
    own = {"a": 1}
    for properties in (own, None, "text"):
        client.enqueue({"type": "track", "event": "e", "userId": 5, "properties": properties})
    client.enqueue({"type": "track", "event": "e", "userId": {"odd": 1}})
    assert [message["properties"] for message in recorded] == [
        {"app": "shop", "a": 1},
        {"app": "shop"},
        "text",
        {"app": "shop"},
    ]
    assert own == {"a": 1}


@pytest.mark.parametrize("wrong", [None, "plan", ["plan"], {1: "one"}])
def test_what_is_no_dict_of_names_raises(supers: SuperProperties, wrong: Any) -> None:
    """As a wrong argument of a call does."""
    with pytest.raises(ArgumentError, match="properties"):
        supers.register(wrong)
    with pytest.raises(ArgumentError, match="properties"):
        supers.for_user("user-1").register_once(wrong)


@pytest.mark.parametrize("ids", [{}, {"user_id": ""}, {"user_id": ["a"]}, {"anonymous_id": ["a"]}])
def test_a_user_must_be_named(supers: SuperProperties, ids: dict[str, Any]) -> None:
    """An id of a wrong type, or none, is a wrong argument."""
    with pytest.raises(ArgumentError, match="_id must be"):
        supers.for_user(**ids)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_users": 0},
        {"max_age": 0},
        {"from_traits": "email"},
        {"super_properties": "plan"},
        {"super_properties": [1]},
    ],
)
def test_wrong_settings_raise(settings: dict[str, Any]) -> None:
    """Where the plugin is made."""
    with pytest.raises(ConfigurationError):
        SuperProperties(**settings)


def test_the_repr_shows_no_value(supers: SuperProperties) -> None:
    """Names and counts only."""
    supers.register({"email": "secret-canary"})
    supers.for_user("user-canary").register({"a": 1})
    assert repr(supers) == "SuperProperties(names=['email'], users=1)"
