"""Users and groups, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from playwright.sync_api import expect

from analytics_mixpanel import Client
from analytics_mixpanel_groups import Groups

Open = Callable[..., Any]
Track = Callable[..., None]


def test_users_are_listed_and_found(open_page: Open, track: Track) -> None:
    """By any property of the profile; the list is brought up to date as people arrive."""
    page = open_page("/debugger/users")
    expect(page.locator("#main")).to_contain_text("No user has been seen yet")

    track("ada", "ada", type="identify", traits={"email": "ada@example.com"})
    track("Signed Up", "grace")

    expect(page.locator("a.row")).to_have_count(2)
    page.get_by_label("Search users").fill("ada@example")
    expect(page.locator("a.row")).to_have_count(1)
    expect(page.locator("a.row")).to_contain_text("$email=ada@example.com")


def test_a_user_has_profile_history_and_events(open_page: Open, track: Track) -> None:
    """All on one page, each operation leading to its record."""
    track("", "ada", type="identify", traits={"plan": "free"})
    track("", "ada", type="identify", traits={"plan": "pro"})
    track("Signed Up", "ada")
    page = open_page("/debugger/users")

    page.locator("a.row").click()

    expect(page.locator("h1")).to_have_text("ada")
    expect(page.get_by_role("list", name="Profile")).to_contain_text("pro")
    expect(page.locator(".history tbody tr")).to_have_count(2)
    expect(page.locator(".plain-list a.row .name")).to_have_text(["Signed Up"])
    page.locator(".history a").first.click()
    expect(page.locator("#records")).to_contain_text("/engage")


def test_a_user_without_a_profile_has_a_page(open_page: Open, track: Track) -> None:
    """Somebody who has only events can be looked at as well."""
    track("Signed Up", "grace")
    page = open_page("/debugger/users")

    page.locator("a.row").click()

    expect(page.locator("h1")).to_have_text("grace")
    expect(page.locator("#main")).to_contain_text("No profile: only events")


def test_merged_ids_are_one_user(open_page: Open, stand_in: Any) -> None:
    """The other ids stand beside the name, and their events are among the user's."""
    anonymous = "6f7c1c9e-29ad-4f0c-8f49-0a8e0a3c1d11"
    with Client("token", stand_in.url) as client:
        client.page(anonymous_id=anonymous, name="Pricing")
        client.identify("ada", {"plan": "pro"}, anonymous_id=anonymous)
    page = open_page("/debugger/users?text=ada")

    page.locator("a.row").click()

    expect(page.locator(".title .chip")).to_have_text(anonymous)
    expect(page.locator(".plain-list a.row .name", has_text="Viewed Pricing")).to_be_visible()


def test_the_join_of_a_group_is_shown(open_page: Open, stand_in: Any) -> None:
    """The key in the group's profile, in users' profiles and in events, with links between them."""
    with Client("token", stand_in.url, plugins=[Groups("company_id")]) as client:
        client.identify("ada", {"email": "ada@example.com"})
        client.group("ada", "acme", {"name": "Acme Ltd."})
        client.track("ada", "Signed In")
    page = open_page("/debugger/groups")

    page.locator("a.row").click()

    expect(page.locator("h1")).to_have_text("acme")
    expect(page.locator(".join")).to_contain_text("1 user")
    expect(page.locator(".join")).to_contain_text("1 event")
    expect(page.locator("#main")).not_to_contain_text("The join is not complete")
    page.get_by_role("link", name="ada", exact=True).click()
    page.get_by_role("link", name="company_id: acme").click()
    expect(page.locator("h1")).to_have_text("acme")


def test_a_broken_join_says_what_is_missing(open_page: Open, stand_in: Any) -> None:
    """A group that no user and no event names is told from one that is joined."""
    update = {"$token": "token", "$group_key": "company_id", "$group_id": "acme", "$set": {"name": "Acme"}}
    requests.post(stand_in.url + "/groups", json=[update], timeout=30)
    page = open_page("/debugger/groups")

    page.locator("a.row").click()

    expect(page.locator("#main")).to_contain_text("The join is not complete")
    expect(page.locator("#main")).to_contain_text('plugins=[Groups("company_id")]')
