"""The groups of one user."""

from __future__ import annotations

import threading

import pytest

from analytics_mixpanel_groups.membership import MOST_GROUPS, MOST_KEYS, Membership


@pytest.fixture
def member() -> Membership:
    """Of no group yet."""
    return Membership()


def test_groups_are_joined_and_left(member: Membership) -> None:
    """One is an id, several are a list, none is nothing; leaving what was never joined is no error."""
    member.join("company_id", "acme")
    assert member.tied() == {"company_id": "acme"}
    member.join("company_id", "globex")
    member.join("company_id", "acme")
    member.join("team_id", "red")
    assert member.tied() == {"team_id": "red", "company_id": ["acme", "globex"]}
    assert member.groups() == {"company_id": ["acme", "globex"], "team_id": ["red"]}
    member.leave("company_id", "acme")
    member.leave("team_id", "red")
    member.leave("team_id", "blue")
    member.leave("squad_id", "x")
    assert member.tied() == {"company_id": "globex"}


def test_a_list_is_the_events_own(member: Membership) -> None:
    """An event that is changed changes no other."""
    member.join("company_id", "acme")
    member.join("company_id", "globex")
    ids = member.tied()["company_id"]
    assert isinstance(ids, list)
    ids.clear()
    assert member.tied() == {"company_id": ["acme", "globex"]}


def test_the_oldest_make_room(member: Membership) -> None:
    """A list stays as short as Mixpanel takes it, with the groups joined last."""
    for number in range(300):
        member.join("company_id", f"c-{number}")
    assert member.groups()["company_id"] == [f"c-{number}" for number in range(300 - MOST_GROUPS, 300)]


def test_there_is_an_end_to_keys(member: Membership) -> None:
    """Keys that come with the data do not fill the memory; those that are there go on."""
    for number in range(100):
        member.join(f"key-{number}", "a")
    member.join("key-0", "b")
    assert len(member.groups()) == MOST_KEYS
    assert member.tied()["key-0"] == ["a", "b"]


def test_threads_lose_nothing(member: Membership) -> None:
    """What eight threads join at once is all there, and what is shown afterwards is the latest."""

    def work(thread: int) -> None:
        for step in range(30):
            member.join("company_id", f"{thread}-{step}")
            member.tied()
            if step % 2:
                member.leave("company_id", f"{thread}-{step}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    expected = {f"{thread}-{step}" for thread in range(8) for step in range(0, 30, 2)}
    assert set(member.tied()["company_id"] or ()) == expected
