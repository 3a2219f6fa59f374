"""Groups in a client: what messages say of groups."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel import hookimpl, scope
from analytics_mixpanel.client import Client
from analytics_mixpanel.errors import ArgumentError, ConfigurationError
from analytics_mixpanel.message import Message
from analytics_mixpanel.testing import RecordingDestination, check_plugin, recording_client
from analytics_mixpanel_groups import Groups


def client_of(*plugins: object) -> tuple[Client, RecordingDestination]:
    """A client with the plugins, and what it delivers."""
    return recording_client(plugins=plugins)


@pytest.fixture
def groups() -> Groups:
    """The plugin, with keys for companies and teams."""
    return Groups({"company": "company_id", "team": "team_id"})


def test_it_keeps_the_rules_of_plugins(groups: Groups) -> None:
    """Also with messages that have next to nothing in them."""
    check_plugin(groups)


class TestGroup:
    """The call that joins."""

    @pytest.mark.parametrize(
        ("traits", "context", "key", "group_id"),
        [
            ({}, {}, "company_id", "g"),
            ({"group_type": "team"}, {}, "team_id", "g"),
            ({}, {"groupType": "team"}, "team_id", "g"),
            ({"group_type": "company"}, {"groupType": "team"}, "team_id", "g"),
            ({}, {"groupType": "team", "groupKey": "company_id"}, "company_id", "g"),
            ({"company_id": "own"}, {}, "company_id", "own"),
            ({"company_id": 7}, {}, "company_id", "7"),
            ({"company_id": ""}, {}, "company_id", "g"),
            ({"company_id": ["a"]}, {}, "company_id", "g"),
            ({"team_id": "t"}, {}, "company_id", "g"),
            ({"company_id": "own"}, {"groupType": "team"}, "team_id", "g"),
        ],
    )
    def test_it_says_which_group(
        self, groups: Groups, traits: dict[str, Any], context: dict[str, Any], key: str, group_id: str
    ) -> None:
        """The context's type before the trait's; a trait named like the key is the id, as upstream."""
        client, recorded = client_of(groups)
        client.group("user-1", "g", traits, context)
        (message,) = recorded
        assert message["context"]["groupKey"] == key
        assert message["context"]["memberOf"] == {key: [group_id]}
        assert groups.of("user-1") == {key: [group_id]}
        assert message["traits"] == traits

    def test_the_trait_for_the_type_can_be_another(self) -> None:
        """Or none, for applications that mean something else by it."""
        for setting, key in (("kind", "team_id"), (None, "company_id")):
            groups = Groups("company_id", "team_id", type_trait=setting)
            client, recorded = client_of(groups)
            client.group("user-1", "g", {"kind": "team_id", "group_type": "enterprise"})
            assert recorded.messages[0]["context"]["groupKey"] == key

    def test_the_default_is_segments(self) -> None:
        """Without a declared key, groups are under ``$group_id`` and on events by ``context.groupId``."""
        client, recorded = client_of(Groups())
        client.group("user-1", "acme")
        client.group("user-1", "globex")
        client.track("user-1", "Event")
        client.track("user-1", "Event", context={"groupId": "mine"})
        assert [message["context"].get("groupKey") for message in recorded][:2] == ["$group_id"] * 2
        assert [message["context"]["groupId"] for message in recorded.of_type("track")] == ["globex", "mine"]
        assert [message["properties"] for message in recorded.of_type("track")] == [{}, {}]


class TestEvents:
    """What events carry."""

    @pytest.mark.parametrize("call", ["track", "page", "screen"])
    def test_the_groups_that_were_joined(self, groups: Groups, call: str) -> None:
        """Several types at once; a list where there are several of one."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        client.group("user-1", "red", {"group_type": "team"})
        client.group("user-1", "blue", {"group_type": "team"})
        name = {"event": "Event"} if call == "track" else {"name": "Home"}
        getattr(client, call)("user-1", **name, properties={"own": 1})
        assert recorded.of_type(call)[0]["properties"] == {
            "company_id": "acme",
            "team_id": ["red", "blue"],
            "own": 1,
        }

    def test_nobody_elses(self, groups: Groups) -> None:
        """Nor those of a visitor whose anonymous id is the user's id."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        client.track("user-2", "Event")
        client.track(anonymous_id="user-1", event="Event")
        assert [message["properties"] for message in recorded.of_type("track")] == [{}, {}]

    def test_a_visitors(self, groups: Groups) -> None:
        """Somebody without a user id can be of a group."""
        client, recorded = client_of(groups)
        client.group(anonymous_id="visitor", group_id="acme")
        client.track(anonymous_id="visitor", event="Event")
        assert recorded.messages[1]["properties"] == {"company_id": "acme"}
        assert groups.of(anonymous_id="visitor") == {"company_id": ["acme"]}

    def test_their_own_win(self, groups: Groups) -> None:
        """Against what is remembered, the scope and the context."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        with scope(groups={"company": "scoped"}):
            client.track("user-1", "Event", {"company_id": "mine"}, {"groupId": "context"})
        assert recorded.messages[1]["properties"] == {"company_id": "mine"}

    def test_the_contexts_group_wins(self, groups: Groups) -> None:
        """``context.groupId`` is Segment's way; its type is ``context.groupType``."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        with scope(groups={"team": "scoped"}):
            client.track("user-1", "Event", context={"groupId": "mine"})
            client.track("user-1", "Event", context={"groupId": 5, "groupType": "team"})
        assert [message["properties"] for message in recorded.of_type("track")] == [
            {"company_id": "mine", "team_id": "scoped"},
            {"company_id": "acme", "team_id": "5"},
        ]
        assert recorded.messages[1]["context"]["groupId"] == "mine"

    def test_the_context_may_come_from_another_plugin(self, groups: Groups) -> None:
        """Also from one that was registered later."""

        class Later:
            @hookimpl
            def capture(self, message: Message) -> None:
                message["context"]["groupId"] = "late"

        client, recorded = client_of(groups, Later())
        client.track("user-1", "Event")
        assert recorded.messages[0]["properties"] == {"company_id": "late"}

    def test_the_scopes_groups(self, groups: Groups) -> None:
        """By type or key, inside only, for whoever acts; they replace what is remembered under their key."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        client.group("user-1", "red", {"group_type": "team"})
        with scope(groups={"company": "globex", "team_id": ["blue", "green"]}):
            client.track("user-1", "Event")
            client.track("user-2", "Event")
        with scope(groups={"company": None, "team": []}):
            client.track("user-1", "Event")
        client.track("user-1", "Event")
        both = {"company_id": "globex", "team_id": ["blue", "green"]}
        assert [message["properties"] for message in recorded.of_type("track")] == [
            both,
            both,
            {},
            {"company_id": "acme", "team_id": "red"},
        ]

    def test_the_scopes_lists_stay_its_own(self, groups: Groups) -> None:
        """An event that is changed changes no other."""
        client, _ = client_of(groups)
        with scope(groups={"company": ["a", "b"]}):
            for _ in range(2):
                message = client.track("user-1", "Event")[1]
                assert message["properties"]["company_id"] == ["a", "b"]
                message["properties"]["company_id"].clear()


class TestIdentify:
    """What the user's profile is told."""

    def test_the_groups_of_the_user(self, groups: Groups) -> None:
        """Of every type, always as lists; traits of the application's own win."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        client.group("user-1", "red", {"group_type": "team"})
        with scope(groups={"company": "globex"}):
            client.identify("user-1", {"team_id": "mine"})
        client.identify("user-2")
        first, second = recorded.of_type("identify")
        assert first["context"]["memberOf"] == {"company_id": ["globex"]}
        assert first["traits"] == {"team_id": "mine"}
        assert "memberOf" not in second["context"]


class TestLeaving:
    """The method that leaves."""

    def test_events_and_profile_lose_the_group(self, groups: Groups) -> None:
        """The others stay; the profile is told by a message that is counted like any other."""
        client, recorded = client_of(groups)
        client.group("user-1", "acme")
        client.group("user-1", "globex")
        groups.leave("user-1", "acme")
        client.track("user-1", "Event")
        (left,) = recorded.of_type("identify")
        assert left["context"]["leftGroups"] == {"company_id": "acme"}
        assert left["context"]["memberOf"] == {"company_id": ["globex"]}
        assert (left["userId"], left["traits"]) == ("user-1", {})
        assert recorded.of_type("track")[0]["properties"] == {"company_id": "globex"}
        assert client.stats()["Recording"].delivered == 4

    def test_of_a_type(self, groups: Groups) -> None:
        """By type or key."""
        client, recorded = client_of(groups)
        client.group("user-1", "red", {"group_type": "team"})
        groups.leave("user-1", "red", "team")
        assert groups.of("user-1") == {}
        assert recorded.messages[1]["context"]["leftGroups"] == {"team_id": "red"}

    def test_whoever_is_not_remembered(self, groups: Groups) -> None:
        """The profile is told all the same: another process may have known the user."""
        _, recorded = client_of(groups)
        groups.leave(5, "acme")
        (left,) = recorded
        assert (left["userId"], left["context"]["leftGroups"]) == ("5", {"company_id": "acme"})

    def test_without_a_client(self, groups: Groups, caplog: pytest.LogCaptureFixture) -> None:
        """It says that no profile is changed."""
        groups.leave("user-1", "acme")
        assert "leave() changes no profile" in caplog.text

    @pytest.mark.parametrize(("user", "group"), [(None, "acme"), ("user-1", None), (["u"], "acme")])
    def test_ids_of_wrong_types_raise(self, groups: Groups, user: Any, group: Any) -> None:
        """As a wrong argument of a call does."""
        with pytest.raises(ArgumentError):
            groups.leave(user, group)


def test_an_undeclared_type_is_warned_of_once(groups: Groups, caplog: pytest.LogCaptureFixture) -> None:
    """From calls, contexts and scopes alike; its groups are under its own name."""
    client, recorded = client_of(groups)
    client.group("user-1", "s-1", {"group_type": "squad"})
    with scope(groups={"squad": "s-2"}):
        client.track("user-1", "Event")
    client.track("user-1", "Event", context={"groupId": "s-3", "groupType": "squad"})
    assert [message["properties"] for message in recorded.of_type("track")] == [
        {"squad": "s-2"},
        {"squad": "s-3"},
    ]
    assert [record.getMessage()[:47] for record in caplog.records] == [
        "the group key 'squad' was never declared: Group"
    ]


def test_users_are_forgotten() -> None:
    """Beyond the most users, or after the longest age."""
    time = [0.0]
    groups = Groups("company_id", max_users=2, max_age=60, clock=lambda: time[0])
    client, _ = client_of(groups)
    for number in (1, 2, 3):
        time[0] += 1
        client.group(f"user-{number}", "acme")
    acme = {"company_id": ["acme"]}
    assert [groups.of(f"user-{number}") for number in (1, 2, 3)] == [{}, acme, acme]
    time[0] += 61
    assert groups.of("user-3") == {}


def test_foreign_messages_pass(groups: Groups) -> None:
    """Messages of other libraries may lack anything; their dicts stay theirs."""
    client, recorded = client_of(groups)
    context: dict[str, Any] = {"ip": "127.0.0.1"}
    client.enqueue({"type": "group", "userId": 5, "groupId": 7, "context": context})
    client.enqueue({"type": "track", "event": "e", "userId": "5"})
    for odd in ({"context": "text"}, {"traits": "text"}, {"groupId": {"a": 1}}, {"groupId": None}):
        client.enqueue({"type": "group", "userId": "5", "groupId": "x", **odd})
    client.enqueue({"type": "track", "event": "e", "userId": "5", "properties": "text", "context": None})
    assert len(recorded) == 7
    assert recorded.messages[1]["properties"] == {"company_id": "7"}
    assert context == {"ip": "127.0.0.1"}


@pytest.mark.parametrize("settings", [{"max_users": 0}, {"max_age": 0}])
def test_wrong_settings_raise(settings: dict[str, Any]) -> None:
    """Where the plugin is made."""
    with pytest.raises(ConfigurationError):
        Groups("company_id", **settings)


def test_the_repr_shows_no_user(groups: Groups) -> None:
    """Keys and counts only."""
    client, _ = client_of(groups)
    client.group("user-canary", "group-canary")
    assert repr(groups) == "Groups(Keys(['company_id', 'team_id']), users=1)"
