"""The settings of the Classic framework: Segment's, in snake case."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypedDict

import attrs
from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings.settings import Settings


class ClassicOptions(TypedDict, total=False):
    """What ``Mixpanel(framework="classic")`` takes besides; :class:`Classic` says what each means."""

    people: bool
    set_all_traits_by_default: bool
    people_properties: Iterable[str]
    super_properties: Iterable[str]
    event_increments: Iterable[str]
    prop_increments: Iterable[str]
    consolidated_page_calls: bool
    track_all_pages: bool
    track_named_pages: bool
    track_categorized_pages: bool
    group_identifier_traits: Iterable[str]


def _listed(value: Any) -> Any:
    return value if isinstance(value, str | Mapping) or not isinstance(value, Iterable) else tuple(value)


def _check_names(_settings: object, attribute: Any, value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(name, str) and name for name in value):
        raise ConfigurationError(f'{attribute.name} must be a list of names, as ["plan", "seats"].')


def _check_switch(_settings: object, attribute: Any, value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{attribute.name} must be True or False, not {type(value).__name__}.")


def _switch(*, on: bool) -> Any:
    return field(default=on, validator=_check_switch)


def _names() -> Any:
    return field(default=(), converter=_listed, validator=_check_names)


@frozen(kw_only=True)
class Classic:
    """The settings; defaults are those of Segment's code.

    Attributes:
        people: update user profiles.
        set_all_traits_by_default: all traits go to the profile, and to events that carry them; else only
            those that the next two list, and to the profile also the traits that Mixpanel has a name for.
        people_properties: traits that go to the profile.
        super_properties: traits that go to events.
        event_increments: events whose number is counted on the profile, with the time of the last one.
        prop_increments: event properties whose value is added on the profile.
        consolidated_page_calls: all pages are one event, all screens another.
        track_all_pages: the same.
        track_named_pages: a page with a name is an event of that name.
        track_categorized_pages: a page with a category is an event of that name.
        group_identifier_traits: the group keys.
    """

    people: bool = _switch(on=False)
    set_all_traits_by_default: bool = _switch(on=True)
    people_properties: tuple[str, ...] = _names()
    super_properties: tuple[str, ...] = _names()
    event_increments: tuple[str, ...] = _names()
    prop_increments: tuple[str, ...] = _names()
    consolidated_page_calls: bool = _switch(on=True)
    track_all_pages: bool = _switch(on=False)
    track_named_pages: bool = _switch(on=False)
    track_categorized_pages: bool = _switch(on=False)
    group_identifier_traits: tuple[str, ...] = _names()

    def without_effect(self) -> Iterator[str]:
        """Say which settings are given and change nothing, since of another one."""
        if self.consolidated_page_calls or self.track_all_pages:
            one = "consolidated_page_calls" if self.consolidated_page_calls else "track_all_pages"
            for name in ("track_named_pages", "track_categorized_pages"):
                if getattr(self, name):
                    yield f"{name} has no effect while {one} is on"
        if not self.people:
            for name in ("people_properties", "event_increments", "prop_increments"):
                if getattr(self, name):
                    yield f"{name} has no effect while people is off"


_NAMES: Final = frozenset(attrs.fields_dict(Classic))
#: Settings of Segment's that have their meaning in a browser, or another name here.
_ELSEWHERE: Final = {
    **dict.fromkeys(
        ("cookie_name", "cross_subdomain_cookie", "secure_cookie", "persistence", "name_tag", "pageview"),
        "it is for browsers, leave it out",
    ),
    "enable_european_union_endpoint": 'give region="eu" instead',
    "increments": "give event_increments instead",
    "api_key": "give api_secret instead",
}


def classic_settings(framework: str, given: Mapping[str, Any]) -> Classic | None:
    """Make the settings of the Classic framework; None for the other one.

    Raises:
        ConfigurationError: there is no such framework or setting, a value is wrong, or a setting is given
            for the other framework.
    """
    if framework not in ("actions", "classic"):
        raise ConfigurationError('framework must be "actions" or "classic".')
    for name in given:
        if name not in _NAMES:
            raise ConfigurationError(f"Mixpanel has no setting {name}: {_instead(name)}.")
    if framework == "classic":
        return Classic(**given)
    if given:
        raise ConfigurationError(
            f'{next(iter(given))} is a setting of the Classic framework: give framework="classic" with it, '
            "or leave it out."
        )
    return None


def _instead(name: str) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    if snake in _ELSEWHERE:
        return _ELSEWHERE[snake]
    close = difflib.get_close_matches(snake, [*sorted(_NAMES), *attrs.fields_dict(Settings)], n=1)
    return f"is {close[0]} meant" if close else "leave it out"
