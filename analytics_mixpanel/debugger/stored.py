"""What the store gives back: one class per kind of thing it keeps."""

from __future__ import annotations

from typing import Any

from attrs import frozen


@frozen
class Request:
    """One HTTP request, without its body and without its credentials.

    Attributes:
        query: its parameters; ``data`` is left out and ``api_key`` masked.
        headers: lower-case names; ``authorization`` says only which kind it was.
        size: bytes of the body as sent.
        status: of the answer, or None where none was sent.
        error: why the whole request was refused, or "".
        accepted: records taken, duplicates among them.
        rejected: records refused.
        dropped: records that Mixpanel says yes to and does not keep.
        duplicates: accepted records that took the place of an equal one.
    """

    id: int
    received: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    size: int
    status: int | None
    error: str
    accepted: int
    rejected: int
    dropped: int
    duplicates: int


@frozen
class Event:
    """An event, as it would be seen in Mixpanel.

    Attributes:
        project: the token.
        user: the id that stands for ``distinct_id`` after merging.
        time: milliseconds since 1970.
        insert_id: the sender's, or one made here.
        properties: as sent, without ``token`` and ``ip``.
        duplicates: how many earlier ones this one took the place of.
    """

    id: int
    request: int
    project: str
    endpoint: str
    received: float
    event: str
    distinct_id: str
    user: str
    time: int
    insert_id: str
    properties: dict[str, Any]
    duplicates: int


@frozen
class Profile:
    """A user's profile."""

    project: str
    distinct_id: str
    properties: dict[str, Any]
    updated: float


@frozen
class Group:
    """A group's profile."""

    project: str
    group_key: str
    group_id: str
    properties: dict[str, Any]
    updated: float


@frozen
class Operation:
    """One update of a profile, in the order of arrival.

    Attributes:
        group_key: "" for a user's profile.
        profile: the user's or the group's id.
        verb: ``$set`` and so on.
        value: what it was given.
        record: the whole update as sent, without ``$token``.
    """

    id: int
    request: int
    project: str
    group_key: str
    profile: str
    verb: str
    value: Any
    record: dict[str, Any]
    received: float


@frozen
class Rejection:
    """A record that was refused."""

    id: int
    request: int
    endpoint: str
    index: int
    field: str
    message: str
    insert_id: str
    record: Any


@frozen
class StoredMessage:
    """A message in Segment's form.

    Attributes:
        received: when, in seconds since 1970.
        token: the write key, which is the project's token.
        message_id: the sender's, or one made here.
        type: ``track`` and so on.
        library: name and version of what sent it, or "".
        request: id of the request that brought it, or 0.
        body: the message, as it was translated.
        errors: what is wrong with it, as objects with ``severity`` ("error" or "warning"), ``message``,
            ``field``, ``preset`` and ``action``.
        source: "segment" for Segment's HTTP API, "client" for the report of a live client.
    """

    id: int
    received: float
    token: str
    message_id: str
    type: str
    library: str
    request: int
    body: dict[str, Any]
    errors: list[dict[str, str]]
    source: str
