"""Updates of user profiles: one operation each, since Mixpanel takes no two in one record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.classic.call import Call, Part, Project
from analytics_mixpanel_destination.classic.identity import distinct_id
from analytics_mixpanel_destination.classic.moment import moment
from analytics_mixpanel_destination.classic.revenue import revenue
from analytics_mixpanel_destination.classic.settings import Classic
from analytics_mixpanel_destination.classic.traits import ALIASES, chosen, known_traits


def update(call: Call, project: Project, operation: str, value: Mapping[str, Any]) -> Part:
    """Make the record of one operation on the profile of the call's user."""
    record = {
        "$token": project.token,
        "$distinct_id": distinct_id(call, project.merge),
        "$time": call.time,
        operation: value,
    }
    if call.context.get("ip") is not None:
        record["$ip"] = call.context["ip"]
    if call.context.get("active") is False:
        record["$ignore_time"] = True
    return "engage", record


def profile(call: Call, settings: Classic, project: Project) -> Iterator[Part]:
    """Set an identify call's traits; a list is united with what the profile has."""
    traits = known_traits(call.section("traits"), call.user_id)
    if not settings.set_all_traits_by_default:
        traits = chosen(traits, (*settings.people_properties, *ALIASES))
    united = {name: value for name, value in traits.items() if _can_be_united(value)}
    set_ = {name: value for name, value in traits.items() if name not in united}
    if set_:
        yield update(call, project, "$set", set_)
    if united:
        yield update(call, project, "$union", united)


def activity(
    call: Call, event: str, properties: Mapping[str, Any], settings: Classic, project: Project
) -> Iterator[Part]:
    """Count an event and its properties on the profile, and note what it earned.

    Counts are kept for users alone: a device's profile does not become the user's when it is known.
    """
    if call.user_id:
        yield from _increments(call, event, properties, settings, project)
    amount = revenue(event, properties)
    if amount is not None:
        transaction = {"$time": _moment(call), "$amount": amount}
        yield update(call, project, "$append", {"$transactions": transaction})


def _increments(
    call: Call, event: str, properties: Mapping[str, Any], settings: Classic, project: Project
) -> Iterator[Part]:
    if event.lower() in map(str.lower, settings.event_increments):
        yield update(call, project, "$add", {event: 1})
        yield update(call, project, "$set", {f"Last {event}": _moment(call)})
    counted = frozenset(map(str.lower, settings.prop_increments))
    if not counted:
        return
    by = {name: _number(value) for name, value in properties.items() if name.lower() in counted}
    amounts = {name: number for name, number in by.items() if number is not None}
    if amounts:
        yield update(call, project, "$add", amounts)


def _can_be_united(value: Any) -> bool:
    """Tell whether Mixpanel takes a value for ``$union``: numbers and texts, at least one."""
    return isinstance(value, list) and bool(value) and all(map(_is_simple, value))


def _is_simple(item: Any) -> bool:
    return isinstance(item, str) or js.is_number(item)


def _number(value: Any) -> float | None:
    number = js.to_number(value) if isinstance(value, str) and value.strip() else value
    return number if js.is_number(number) and math.isfinite(number) else None


def _moment(call: Call) -> Any:
    try:
        return moment(call.time)
    except OverflowError:
        return call.time
