"""Payload schemas: what a resolved mapping must be before an action takes it.

A schema is compiled once; then payloads are emptied, coerced and checked as Segment does it:
``removeEmptyValues``, and AJV with ``coerceTypes: 'array'``, ``removeAdditional`` and ``allErrors``.
Source: actions-core, schema-validation and remove-empty-values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from analytics_mixpanel.mapping import compile_guarded
from analytics_mixpanel_destination.payload.errors import FieldError, PayloadError
from analytics_mixpanel_destination.payload.fields import ArrayField, Empties, Field, ObjectField, ScalarField


@define
class PayloadSchema:
    """A compiled schema.

    Attributes:
        empties: which empty members are removed first.
    """

    root: ObjectField
    empties: Empties = Empties.ALL

    def coerce(self, payload: Any, *, batch: bool = False) -> dict[str, Any]:
        """Answer the payload as an action takes it; the one given is left as it is.

        Args:
            payload: what a mapping resolved to.
            batch: keep empty strings where a string is wanted, as Segment does when it sends in batches.

        Raises:
            PayloadError: it does not fit.
        """
        errors: list[FieldError] = []
        coerced: dict[str, Any] = self.root.coerce(
            payload, "", Empties.UNFIT if batch else self.empties, errors
        )
        if errors:
            raise PayloadError(errors)
        return coerced

    def compile_plain(self, mapping: Any) -> Callable[[Any], Any] | None:
        """Compile a mapping to answer only payloads that need no coercing, else UNDEFINED; most need none.

        None where the mapping is of an unusual kind.
        """
        return compile_guarded(mapping, dict(self.root.guards()), self.root.required)


def compile_schema(schema: Mapping[str, Any], empties: Empties = Empties.ALL) -> PayloadSchema:
    """Compile the JSON Schema of a payload."""
    return PayloadSchema(_object(schema, "The root value"), empties)


def _object(schema: Mapping[str, Any], label: str) -> ObjectField:
    return ObjectField(
        label=label,
        fields={name: _field(each) for name, each in schema["properties"].items()},
        required=tuple(schema["required"]),
        is_open=schema.get("additionalProperties") is True,
    )


def _field(schema: Mapping[str, Any]) -> Field:
    title = schema.get("title", "")
    label = title[:1].upper() + title[1:]
    if schema["type"] == "array":
        return ArrayField(_field(schema["items"]))
    if "properties" in schema:
        return _object(schema, label)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return ScalarField(
        label=label,
        types=tuple(types),
        date_like=schema.get("format") == "date-like",
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        choices=tuple(schema.get("enum", ())),
    )
