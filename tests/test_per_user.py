"""What plugins remember of users: bounded, and never another user's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from attrs import define

from analytics_mixpanel.per_user import PerUser


def in_eight_threads(work: Callable[[int], None]) -> None:
    """Run it in eight threads at once, each with its number."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@define
class Clock:
    """A clock that the test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Callable[..., PerUser[list[Any]]]:
    """Makes a memory of lists."""

    def make(max_users: int = 100, max_age: float = 60.0) -> PerUser[list[Any]]:
        return PerUser(list, max_users, max_age, clock)

    return make


Make = Callable[..., PerUser[list[Any]]]


def test_a_user_has_one_value(make: Make) -> None:
    """It is made once and found from then on."""
    users = make()
    assert users.find("user-1") is None
    made = users.of("user-1")
    assert made == []
    assert users.of("user-1") is made
    assert users.find("user-1") is made


@pytest.mark.parametrize("user_id", ["5", 5, UUID(int=5)])
def test_an_id_is_what_it_is_as_text(make: Make, user_id: Any) -> None:
    """A number is the same user as its text, as in what is sent."""
    users = make()
    assert users.of(user_id) is users.find(str(user_id))


def test_an_anonymous_id_is_no_user_id(make: Make) -> None:
    """A visitor and a user with the same text for an id are two."""
    users = make()
    assert users.of("x") is not users.of(None, "x")
    assert len(users) == 2


def test_a_user_id_comes_before_an_anonymous_one(make: Make) -> None:
    """What is known of a user is not that of the visitor whose id comes along."""
    users = make()
    visitor = users.of(None, "visitor")
    assert users.of("user-1", "visitor") is not visitor
    assert users.find("", "visitor") is visitor


@pytest.mark.parametrize("nobody", [None, "", {}, [], {"id": 1}, ["id"], b"id"])
def test_what_is_no_id_is_nobody(make: Make, nobody: Any) -> None:
    """Messages of other libraries may have anything for an id."""
    users = make()
    assert users.of(nobody) is None
    assert users.find(nobody, nobody) is None
    assert len(users) == 0


def test_whoever_was_not_seen_for_longest_is_forgotten(make: Make, clock: Clock) -> None:
    """Beyond the most users, those seen last stay; being looked for is being seen."""
    users = make(max_users=2)
    for clock.now, user in enumerate(["a", "b"]):
        users.of(user)
    clock.now = 2
    users.find("a")
    clock.now = 3
    users.of("c")
    assert [user for user in "abc" if users.find(user) is not None] == ["a", "c"]
    assert len(users) == 2


def test_who_is_gone_too_long_is_forgotten(make: Make, clock: Clock) -> None:
    """The age counts from when a user was last seen."""
    users = make(max_age=60.0)
    users.of("user-1")
    clock.now = 50.0
    assert users.find("user-1") is not None
    clock.now = 110.0
    assert users.find("user-1") is not None
    clock.now = 171.0
    assert users.find("user-1") is None
    assert len(users) == 0


def test_new_users_push_the_forgotten_out(make: Make, clock: Clock) -> None:
    """Users who never come back do not stay in memory until there are too many."""
    users = make(max_users=1_000, max_age=60.0)
    for number in range(100):
        users.of(f"old-{number}")
    clock.now = 61.0
    for number in range(60):
        users.of(f"new-{number}")
    assert len(users) == 60


def test_threads_lose_nothing_and_mix_nothing() -> None:
    """Eight threads that use the same few users find each time what they put there."""
    users: PerUser[set[tuple[int, int]]] = PerUser(set, 8, 60.0)
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for step in range(2_000):
                value = users.of(f"user-{step % 4}")
                assert value is not None
                value.add((thread, step))
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    in_eight_threads(work)
    assert failures == []
    for number in range(4):
        expected = {(thread, step) for thread in range(8) for step in range(number, 2_000, 4)}
        assert users.find(f"user-{number}") == expected


def test_threads_that_push_each_other_out_break_nothing() -> None:
    """A memory for two users, used by eight threads for forty, stays whole and small."""
    users: PerUser[list[str]] = PerUser(list, 2, 60.0)
    failures: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for step in range(1_000):
                name = f"user-{thread}-{step % 5}"
                value = users.of(name)
                assert value is not None
                value.append(name)
                assert set(value) == {name}
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    in_eight_threads(work)
    assert failures == []
    assert len(users) <= 2
