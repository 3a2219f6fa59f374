"""The Classic framework at work on one message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel_destination.classic import Classic
from analytics_mixpanel_destination.classic.call import Call, Project
from analytics_mixpanel_destination.classic.translator import ClassicTranslator
from analytics_mixpanel_destination.record import Translation

Translate = Callable[..., Translation]


def _message(fields: dict[str, Any]) -> dict[str, Any]:
    sent = {"messageId": "m-1", "timestamp": "2023-11-14T22:13:20Z", "userId": "user-1"}
    return {name: value for name, value in {**sent, **fields}.items() if value is not None}


@pytest.fixture
def translate() -> Translate:
    """A function that translates a message of a user's; ``userId=None`` leaves the user out.

    ``merge`` and ``source_name`` are the project's; all other settings are those of the framework.
    """

    def run(
        fields: dict[str, Any], merge: Any = None, source_name: str | None = None, **settings: Any
    ) -> Any:
        project = Project("t", lambda: 0, source_name, merge)
        return ClassicTranslator(Classic(**settings), project).translate(_message(fields))

    return run


@pytest.fixture
def bodies(translate: Translate) -> Callable[..., list[tuple[str, Any]]]:
    """A function that gives the records of a message, as (endpoint, body)."""

    def run(fields: dict[str, Any], **settings: Any) -> list[tuple[str, Any]]:
        return [(record.endpoint, record.body) for record in translate(fields, **settings).records]

    return run


@pytest.fixture
def updates(bodies: Callable[..., list[tuple[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    """A function that gives the operations on the user's profile that a message makes."""

    def run(fields: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
        of_profile = [body for endpoint, body in bodies(fields, **settings) if endpoint == "engage"]
        return [
            {name: value for name, value in body.items() if name not in ("$token", "$distinct_id", "$time")}
            for body in of_profile
        ]

    return run


@pytest.fixture
def event(bodies: Callable[..., list[tuple[str, Any]]]) -> Callable[..., dict[str, Any]]:
    """A function that gives the one event that a message makes."""

    def run(fields: dict[str, Any], **settings: Any) -> dict[str, Any]:
        (made,) = [body for endpoint, body in bodies(fields, **settings) if endpoint == "import"]
        return dict(made)

    return run


@pytest.fixture
def call() -> Callable[..., Call]:
    """A function that reads a message of a user's."""
    return lambda **fields: Call.of(_message(fields), lambda: 0)
