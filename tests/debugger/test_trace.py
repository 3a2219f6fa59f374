"""Which property of a record came from where in the message."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.tester import KINDS, preview, renewed, sample
from analytics_mixpanel.debugger.tester.previewing import in_force, tracer_of
from analytics_mixpanel.debugger.tester.sending import send
from analytics_mixpanel.debugger.trace import Link, Tracer

MESSAGE: dict[str, Any] = {
    "type": "track",
    "event": "Signed Up",
    "userId": "user-1",
    "messageId": "m-1",
    "timestamp": "2026-01-05T09:30:00.000Z",
    "properties": {
        "plan": "pro",
        "seats": 3,
        "trial": True,
        "coupon": None,
        "email": "Ada@Example.com",
        "phone": "+44-20-1",
        "tags": ["a", "b"],
        "products": [{"id": "p1", "price": 5}, {"id": "p2", "price": 5}],
        "empty": {},
    },
    "context": {"ip": "203.0.113.7", "groupKey": "company"},
}


def _links(**fields: Any) -> dict[str, list[tuple[str, str]]]:
    """Run a mapping that puts these fields into the event's properties; the links of those."""
    mapping = {
        "name": "M",
        "subscribe": 'type = "track" and event = "Signed Up"',
        "partnerAction": "trackEvent",
        "mapping": {
            "event": {"@path": "$.event"},
            "insert_id": {"@path": "$.messageId"},
            "time": {"@path": "$.timestamp"},
            "event_properties": fields,
        },
    }
    (record,) = preview(MESSAGE, [mapping]).records
    return {
        path.removeprefix("properties."): [(link.path, link.how) for link in links]
        for path, links in record.links.items()
    }


@pytest.mark.parametrize(
    ("node", "links"),
    [
        ({"@path": "$.properties.plan"}, [("properties.plan", "copied")]),
        ({"@path": "$.properties.seats"}, [("properties.seats", "copied")]),
        ({"@path": "$.properties.trial"}, [("properties.trial", "copied")]),
        (
            {"@template": "{{properties.plan}} for {{userId}}"},
            [("properties.plan", "part"), ("userId", "part")],
        ),
        (
            {"@case": {"operator": "lower", "value": {"@path": "$.properties.email"}}},
            [("properties.email", "computed")],
        ),
        (
            {"@replace": {"pattern": "-", "replacement": "", "value": {"@path": "$.properties.phone"}}},
            [("properties.phone", "computed")],
        ),
        (
            {
                "@if": {
                    "exists": {"@path": "$.properties.coupon"},
                    "then": {"@path": "$.properties.coupon"},
                    "else": {"@path": "$.userId"},
                }
            },
            [("userId", "copied")],
        ),
        (
            {"@json": {"mode": "encode", "value": {"@path": "$.properties.tags"}}},
            [("properties.tags[0]", "part"), ("properties.tags[1]", "part")],
        ),
        ({"@liquid": "{{ properties.seats | plus: 1 }}"}, [("properties.seats", "computed")]),
        (
            {
                "@transform": {
                    "apply": {"x": {"@path": "$.properties.plan"}},
                    "mapping": {"@template": "<{{x}}>"},
                }
            },
            [("properties.plan", "part")],
        ),
    ],
)
def test_a_directive_is_traced(node: Any, links: list[tuple[str, str]]) -> None:
    """The links are those of the values that it takes, whatever it does with them."""
    assert _links(field=node)["field"] == links


@pytest.mark.parametrize("constant", ["pro", 3, True, "user-1", {"@literal": "Signed Up"}])
def test_a_constant_has_no_link(constant: Any) -> None:
    """Not even where the message has the same value."""
    assert "field" not in _links(field=constant)


def test_equal_values_are_told_apart() -> None:
    """Each property is linked to its own, though another has the same value."""
    shape = {"@arrayPath": ["$.properties.products", {"price": {"@path": "$.price"}}]}
    links = _links(products=shape)
    assert links["products[0].price"] == [("properties.products[0].price", "copied")]
    assert links["products[1].price"] == [("properties.products[1].price", "copied")]


def test_values_within_objects_are_linked_one_by_one() -> None:
    """Null and empty values are too, where they are handed on."""
    links = _links(all={"@path": "$.properties"})
    assert links["all.tags[1]"] == [("properties.tags[1]", "copied")]
    assert links["all.coupon"] == [("properties.coupon", "copied")]
    assert links["all.empty"] == [("properties.empty", "copied")]


def test_what_the_condition_asks_for_is_traced_too() -> None:
    """The name of the event is linked, though no other name meets the condition."""
    assert _links()["event"] == [("event", "copied")]


def test_a_time_is_linked_to_its_text() -> None:
    """Mixpanel's number is computed of the message's text."""
    assert _links()["time"] == [("timestamp", "computed")]


def test_the_present_time_and_a_random_id_have_no_link() -> None:
    """They differ each time, whatever the message says."""
    message = {name: value for name, value in MESSAGE.items() if name not in ("timestamp", "messageId")}
    (record,) = preview(message).records
    assert {"properties.time", "properties.$insert_id"}.isdisjoint(record.links)
    assert record.links["event"] == [Link("event", "copied")]


def test_a_browser_is_linked_to_the_user_agent() -> None:
    """An action's own computations are traced like a directive's."""
    (record,) = preview(sample("track")).records
    assert record.links["properties.$browser"] == [Link("context.userAgent", "computed")]


def test_a_name_of_two_parts_has_two_links() -> None:
    """Mixpanel's ``$name`` is made of two traits."""
    update = preview(sample("identify")).records[1]
    assert update.links["$set.$name"] == [Link("traits.firstName", "part"), Link("traits.lastName", "part")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_copied_value_is_the_messages(kind: str) -> None:
    """Where a link says copied, both ends are equal."""
    from analytics_mixpanel.debugger.paths import leaves, path_text

    message = sample(kind)
    values = {path_text(keys): value for keys, value in leaves(message)}
    copied = 0
    for record in preview(message).records:
        made = {path_text(keys): value for keys, value in leaves(record.body)}
        for path, links in record.links.items():
            for link in links:
                if link.how == "copied":
                    copied += 1
                    assert made[path] == values[link.path]
    assert copied


def _tracer(mappings: Any = None) -> Tracer:
    return tracer_of(in_force(mappings), "token")


@pytest.mark.parametrize("kind", ["track", "page", "order"])
def test_an_event_that_was_kept_is_linked(stand_in: StandIn, kind: str) -> None:
    """What ingestion takes out, cuts or adds does not matter, and each event of an order has its product."""
    message = renewed(sample(kind))
    send(stand_in.desk, message)
    for event in stand_in.events:
        links = _tracer().trace(message, {"event": event.event, "properties": event.properties})
        assert links["properties.$user_id"] == [Link("userId", "copied")]
        if event.event == "Product Purchased":
            number = {"p-1": 0, "p-2": 1}[event.properties["product_id"]]
            assert links["properties.price"] == [Link(f"properties.products[{number}].price", "copied")]


def test_an_update_that_was_kept_is_linked(stand_in: StandIn) -> None:
    """Its operation's values are linked to the traits."""
    message = renewed(sample("group"))
    send(stand_in.desk, message)
    (operation,) = stand_in.store.operations()
    assert _tracer().trace(message, operation.record)["$set.employees"] == [
        Link("traits.employees", "copied")
    ]


def test_a_long_text_that_was_cut_is_linked() -> None:
    """Mixpanel keeps 255 characters of a text."""
    message = {**MESSAGE, "properties": {"story": "x" * 300}}
    record = {"event": "Signed Up", "properties": {"$insert_id": "m-1", "story": "x" * 255}}
    assert _tracer().trace(message, record)["properties.story"] == [Link("properties.story", "copied")]


def test_a_value_that_no_mapping_explains_is_linked_only_if_it_is_peculiar() -> None:
    """It has to stand in the message once, and not be a small number or a short text."""
    message = {
        **MESSAGE,
        "properties": {"a": "peculiar-1", "b": 3, "c": "pro", "d": "twice-said", "e": "twice-said"},
    }
    made = {"a": "peculiar-1", "b": 3, "c": "pro", "d": "twice-said"}
    record = {"event": "Renamed By Hand", "properties": {f"x_{name}": value for name, value in made.items()}}
    assert _tracer().trace(message, record) == {"properties.x_a": [Link("properties.a", "equal")]}


def test_a_property_that_differs_from_what_was_made_is_not_linked_to_its_maker() -> None:
    """Another client had another mapping, or a plugin changed the value."""
    record = {"event": "Signed Up", "properties": {"$insert_id": "m-1", "plan": "basic", "trial": True}}
    links = _tracer().trace(MESSAGE, record)
    assert "properties.plan" not in links
    assert links["properties.trial"] == [Link("properties.trial", "copied")]


@pytest.mark.parametrize("message", [None, 7, [], {}])
@pytest.mark.parametrize("record", [{}, {"event": "A", "properties": {}}, {"$set": {"a": 1}}])
def test_anything_can_be_traced(message: Any, record: dict[str, Any]) -> None:
    """There are just no links."""
    assert _tracer().trace(message, record) == {}


def test_a_long_message_costs_a_bounded_time() -> None:
    """Values beyond a number have no links."""
    message = {**MESSAGE, "properties": {f"p{number}": number for number in range(2_000)}}
    (record,) = preview(message).records
    assert 0 < len(record.links) <= 420
