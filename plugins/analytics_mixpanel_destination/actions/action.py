"""What an action is: it turns a payload, the resolved mapping of one message, into records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from attrs import field, frozen

from analytics_mixpanel.errors import AnalyticsError
from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.payload.schema import PayloadSchema
from analytics_mixpanel_destination.record import Endpoint
from analytics_mixpanel_destination.reserved import ReservedProperties
from analytics_mixpanel_destination.times.clock import Now

Payload: TypeAlias = dict[str, Any]
Part: TypeAlias = tuple[Endpoint, dict[str, Any]]


class ActionError(AnalyticsError):
    """An action cannot use a payload, though it fits the schema.

    Attributes:
        field: the mapped field at fault, or "".
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@frozen
class Project:
    """What records say besides what the message says.

    Attributes:
        source_name: the ``segment_source_name`` of records; UNDEFINED for none.
        group_key: the group key of groups whose mapping names none.
        now: tells the time in milliseconds since 1970.
        reserved: counts the properties that are dropped for their names.
    """

    token: Any
    now: Now
    source_name: Any = UNDEFINED
    group_key: str | None = None
    reserved: ReservedProperties = field(factory=ReservedProperties)


Perform: TypeAlias = Callable[[Payload, Project], Iterable[Part]]


@frozen
class Action:
    """One of the actions.

    Attributes:
        name: as mappings name it in ``partnerAction``.
        default_mapping: what Segment fills in for a new mapping.
        can_batch: whether Segment sends several messages of it in one request.
    """

    name: str
    schema: PayloadSchema
    default_mapping: dict[str, Any]
    perform: Perform
    can_batch: bool


def defined(**values: Any) -> dict[str, Any]:
    """Make an object of the values that are defined."""
    return {name: value for name, value in values.items() if value is not UNDEFINED}


def require_token(project: Project) -> None:
    """Raise ActionError where there is no project token."""
    if not project.token:
        raise ActionError("Missing project token")


def profile_id(payload: Payload) -> Any:
    """Answer whose profile it is: the user's id, else the anonymous one; UNDEFINED where there is none."""
    user_id = payload.get("user_id")
    return payload.get("anonymous_id", UNDEFINED) if user_id is None else user_id
