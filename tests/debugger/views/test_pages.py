"""The page over HTTP: what each address answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn

Get = Callable[..., requests.Response]
Tell = Callable[..., requests.Response]
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def get(stand_in: StandIn) -> Iterator[Get]:
    """Get a path of the page."""
    with requests.Session() as session:
        yield lambda path, **options: session.get(f"{stand_in.url}/debugger/{path}", timeout=30, **options)


@pytest.fixture
def tell(stand_in: StandIn) -> Iterator[Tell]:
    """Send JSON as the page does."""
    headers = {"X-Debugger-Token": stand_in.desk.access.page_token}
    with requests.Session() as session:

        def send(path: str, content: Any, method: str = "POST") -> requests.Response:
            url = f"{stand_in.url}/debugger/{path}"
            return session.request(method, url, json=content, headers=headers, timeout=30)

        yield send


@pytest.fixture
def hostile(stand_in: StandIn) -> None:
    """An event, a profile and a message with markup in every place."""
    message = {"event": HOSTILE, "userId": HOSTILE, "properties": {HOSTILE: HOSTILE}, "messageId": HOSTILE}
    requests.post(stand_in.url + "/v1/track", json=message, auth=("token", ""), timeout=30)
    traits = {"type": "identify", "userId": HOSTILE, "traits": {HOSTILE: HOSTILE}}
    requests.post(stand_in.url + "/v1/identify", json=traits, auth=("token", ""), timeout=30)


@pytest.mark.parametrize("path", ["", "events", "users", "groups", "tester", "client", "decode"])
def test_every_view_answers(get: Get, path: str) -> None:
    """With a whole page, and no script or style within it."""
    answer = get(path)

    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    body = answer.text.partition("<body")[2]
    assert "<style" not in body
    assert " style=" not in body
    assert all("src=" in part.split(">")[0] for part in answer.text.split("<script")[1:])


def test_the_first_page_is_the_list(stand_in: StandIn) -> None:
    """Whoever opens the address that was printed gets there."""
    answer = requests.get(stand_in.url, timeout=30)

    assert answer.url == stand_in.url + "/debugger/events"


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("path", ["events", "events/{event}", "users", "users/{user}", "users/of/{event}"])
def test_values_are_escaped(stand_in: StandIn, get: Get, path: str) -> None:
    """Markup in names, keys, values and ids is text."""
    with stand_in.store.reading() as db:
        event = db.execute("SELECT min(id) FROM arrivals").fetchone()[0]
        user = db.execute("SELECT max(id) FROM profiles").fetchone()[0]

    answer = get(path.format(event=event, user=user))

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


@pytest.mark.parametrize("path", ["events/999999", "users/999999", "groups/999999", "users/of/999999"])
def test_what_is_gone_is_said_to_be(get: Get, path: str) -> None:
    """With 404, and the way back."""
    answer = get(path)

    assert answer.status_code == 404
    assert "Not here" in answer.text


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "newest=", "offset=9e99", "limit=" + "9" * 30])
def test_numbers_that_are_none_are_overlooked(get: Get, query: str) -> None:
    """No query makes the list fail."""
    assert get(f"events/rows?{query}").status_code == 200
    assert get(f"events?{query}").status_code == 200
    assert get(f"users?{query}").status_code == 200


def test_rows_are_json_and_bounded(stand_in: StandIn, get: Get) -> None:
    """However many are asked for."""
    records = [
        {"event": "E", "properties": {"distinct_id": "a", "time": 1_700_000_000, "$insert_id": f"i{n}"}}
        for n in range(300)
    ]
    requests.post(stand_in.url + "/import", json=records, auth=("token", ""), timeout=30)

    found = get("events/rows?limit=100000").json()
    assert (found["total"], len(found["rows"])) == (300, 200)


def test_files_outside_are_not_served(get: Get) -> None:
    """The folder of the scripts is all there is."""
    assert get("static/any/page.js").status_code == 200
    assert get("static/any/..%2f..%2frendering.py").status_code == 404


def test_browsers_keep_the_scripts_of_a_version(get: Get) -> None:
    """Nothing else of the page: what arrived is shown anew each time."""
    page = get("events")
    (script, *_) = re.findall(r'src="/debugger/(static/\w+/page.js)"', page.text)
    assert page.headers["cache-control"] == get("static/any/page.js").headers["cache-control"] == "no-store"
    assert "immutable" in get(script).headers["cache-control"]


def test_a_page_says_all_that_its_scripts_import(get: Get) -> None:
    """The browser fetches them together, not one after the other."""
    said = set(
        re.findall(r'(?:src|modulepreload" href)="/debugger/static/\w+/(\w+)\.js"', get("tester").text)
    )
    assert said == {*("page", "tester", "asking", "completing", "copying", "editor", "linking", "live")}


@pytest.mark.parametrize("text", ["", "[]", '{"a":', "x" * 1000, '{"event": 5}', "[" * 3000])
def test_the_tester_takes_anything(tell: Tell, text: str) -> None:
    """Whatever is typed, there is an answer in words."""
    for content in ({"text": text}, {"message": text}, {"mapping": {"subscribe": text}}, {"mapping": text}):
        answer = tell("tester/preview", content)
        assert answer.status_code == 200, answer.text
        assert answer.json()["condition"].strip()


def test_a_test_event_needs_what_can_work(tell: Tell) -> None:
    """An unfinished mapping is refused with a reason."""
    answer = tell("tester/send", {"text": "{", "message": "{}"})

    assert (answer.status_code, answer.json()) == (422, {"error": "mend what is marked first"})


def test_mappings_with_errors_are_not_put_in_force(stand_in: StandIn, tell: Tell) -> None:
    """They come back with line and reason."""
    before = stand_in.desk.mappings
    document = '[\n{"name": "x", "subscribe": "type = ", "partnerAction": "nonsense"}\n]'

    answer = tell("tester/mappings", {"document": document}, "PUT")

    assert answer.json()["problems"][0]["line"] == 2
    assert stand_in.desk.mappings == before


def test_bodies_that_are_no_object_are_refused(tell: Tell) -> None:
    """The page itself sends none."""
    assert tell("decode", ["x"]).status_code == 400
