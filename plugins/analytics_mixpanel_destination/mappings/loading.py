"""The mappings that a destination is given, checked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.mappings.checking import find_errors
from analytics_mixpanel_destination.mappings.document import Document
from analytics_mixpanel_destination.mappings.form import in_our_form, opened

#: Mappings in one of Segment's forms, or a JSON file of them.
Given: TypeAlias = "Sequence[Mapping[str, Any]] | Mapping[str, Any] | str | os.PathLike[str] | None"


def load_mappings(given: Given) -> list[dict[str, Any]] | None:
    """Answer a copy of the mappings in Segment's JSON form; None where none are given.

    Args:
        given: the mappings, or the path of a JSON file of them.

    Raises:
        ConfigurationError: the file cannot be read.
        MappingError: the first thing that is wrong; for a file with its name and the line.
    """
    if given is None:
        return None
    content: Any = given
    if isinstance(given, (str, os.PathLike)):
        document = read_document(given)
        content = document.content
        for error in document.errors():
            raise error
    for problem in find_errors(content):
        raise problem
    mappings, _ = opened(content)
    return [in_our_form(mapping) for mapping in mappings]


def read_document(file: str | os.PathLike[str]) -> Document:
    """Read a file of mappings; raise ConfigurationError where there is none."""
    name = os.fspath(file)
    try:
        body = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise ConfigurationError(f"mappings: the file {name} cannot be read: {why}") from None
    return Document.of(body, name)
