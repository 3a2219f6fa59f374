"""What is wrong with a payload, in Segment's words. Source: ajv-human-errors."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from analytics_mixpanel.errors import AnalyticsError
from analytics_mixpanel_destination.payload.coercion import json_type


@frozen
class FieldError:
    """One thing that is wrong; ``path`` as ``$.products[0].price``, or ``$`` for the payload itself."""

    message: str
    path: str


class PayloadError(AnalyticsError):
    """A payload does not fit its schema; the text joins everything that is wrong."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors))
        self.errors = errors

    @property
    def field(self) -> str:
        """The first field at fault, as ``products[0].price``."""
        return self.errors[0].path.removeprefix("$").removeprefix(".")


def problem(label: str, pointer: str, text: str) -> FieldError:
    """Make the error of a value; a label is its title, and one that has none is named by its place."""
    return FieldError(f"{label or f'The value at {pointer}'} {text}", _path(pointer))


def wrong_type(types: tuple[str, ...], value: Any) -> str:
    """Say what a value should be and what it is."""
    wanted = " or ".join((_with_article(types[0]), *types[1:]))
    return f"must be {wanted} but it was {_with_article(json_type(value))}."


def wrong_choice(choices: tuple[str, ...]) -> str:
    """Say what a text may be."""
    quoted = [f'"{choice}"' for choice in choices]
    if len(quoted) < 3:
        return f"must be one of: {' or '.join(quoted)}."
    return f"must be one of: {', '.join(quoted[:-1])}, or {quoted[-1]}."


def _with_article(type_: str) -> str:
    if type_ == "null":
        return type_
    return f"an {type_}" if type_[0] in "aio" else f"a {type_}"


def _path(pointer: str) -> str:
    parts = pointer.split("/")[1:]
    return "$" + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)
