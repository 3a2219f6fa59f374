"""From a request's bytes to records: JSON, JSON lines, forms, base64 and gzip.

The order is the real one: inflate, then measure, then decode.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from attrs import frozen

from analytics_mixpanel.debugger import answers
from analytics_mixpanel.debugger.answers import Refused

_GZIP: Final = 31  # zlib's window bits for a gzip header and trailer
_FORM: Final = "application/x-www-form-urlencoded"
_LINES: Final = "application/x-ndjson"
_LONGEST_INTEGER: Final = 18  # digits that surely fit into 64 bits


@frozen
class Reading:
    """A request as ingestion sees it.

    Attributes:
        records: one or many, as sent.
        options: the query's parameters, over those of the form.
        form: whether the records came in ``data=`` and not as a JSON body.
    """

    records: list[Any]
    options: Mapping[str, str]
    form: bool

    def asks(self, name: str, default: str = "0") -> bool:
        """Say whether an option is switched on."""
        return self.options.get(name, default) not in ("", "0", "false")


def inflated(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo ``Content-Encoding`` and hold the result to ``limit`` bytes.

    Raises:
        Refused: 400 for what is not gzip, 413 for what is too large.
    """
    if encoding == "gzip":
        inflater = zlib.decompressobj(_GZIP)
        try:
            body = inflater.decompress(body, limit + 1)
        except zlib.error:
            raise Refused(400, answers.NOT_GZIP) from None
        if len(body) <= limit and not inflater.eof:
            raise Refused(400, answers.NOT_GZIP)
    if len(body) > limit:
        raise Refused(413, answers.too_large(limit))
    return body


def read(body: bytes, content_type: str, query: Mapping[str, str], *, lines: bool = False) -> Reading:
    """Take the records and options out of an inflated body.

    Args:
        body: after :func:`inflated`.
        content_type: the header's value; anything but a form is taken for JSON.
        query: the parameters of the URL, ``data`` included.
        lines: whether newline-delimited JSON is taken here.

    Raises:
        Refused: 400 for what cannot be read.
    """
    kind = content_type.partition(";")[0].strip().lower()
    options = dict(query)
    if kind == _FORM or not body:
        options = {**_form(body), **options}
        data = options.pop("data", "")
        if not data:
            raise Refused(400, answers.NO_DATA)
        return Reading(_as_list(_parsed(_plain(data))), options, form=True)
    if kind == _LINES and lines:
        return Reading([_parsed(line) for line in body.splitlines() if line.strip()], options, form=False)
    return Reading(_as_list(_parsed(body)), options, form=False)


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="surrogateescape"))
    except (UnicodeDecodeError, ValueError):
        raise Refused(400, answers.MALFORMED) from None


def _plain(data: str) -> bytes:
    """Undo base64, where a form's ``data`` is not JSON as it is."""
    if data.lstrip()[:1] in ("{", "["):
        return data.encode(errors="surrogateescape")
    # A plus sign that the sender did not escape arrives as a space.
    text = data.strip().replace(" ", "+").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, answers.MALFORMED) from None


def _as_list(document: Any) -> list[Any]:
    return document if isinstance(document, list) else [document]


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parsed_with_bad_text(text)


def _parsed_with_bad_text(text: bytes) -> Any:
    """Parse JSON whose strings may not be UTF-8, so that only the records with such strings are refused."""
    try:
        return json.loads(
            text.decode("utf-8", "surrogateescape"), parse_constant=_no_constant, parse_int=_integer
        )
    except (ValueError, RecursionError):
        raise Refused(400, answers.MALFORMED) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
