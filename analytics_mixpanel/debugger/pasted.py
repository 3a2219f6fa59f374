"""Something that somebody pastes, taken apart: a request with its address and body, or a body alone."""

from __future__ import annotations

import base64
import binascii
import re
import shlex
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from attrs import evolve, field, frozen

_REQUEST_LINE: Final = re.compile(r"(GET|POST|PUT)\s+(\S+)(\s+HTTP/[\d.]+)?\s*", re.IGNORECASE)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_\-\s]+={0,2}\s*")
_GZIP: Final = b"\x1f\x8b"
_DATA_OPTIONS: Final = {"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"}
_FORM_OPTIONS: Final = {"--data-urlencode"}
_SECRET: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
FORM: Final = "application/x-www-form-urlencoded"


class Unreadable(Exception):  # noqa: N818 - said to whoever pasted it
    """What was pasted is nothing that can be read; the text says why."""


@frozen
class Pasted:
    """What was pasted.

    Attributes:
        form: what it was taken for, in words.
        url: of the request, or "".
        query: the parameters of the URL.
        headers: their names in lower case; none that could hold credentials.
        body: its bytes, still encoded where ``encoding`` says so.
        content_type: of the body, or "" where nothing says it.
        encoding: of the body: gzip or "".
    """

    form: str
    url: str = ""
    query: dict[str, str] = field(factory=dict)
    headers: dict[str, str] = field(factory=dict)
    body: bytes = b""
    content_type: str = ""
    encoding: str = ""

    @property
    def path(self) -> str:
        """The path of the address, or ""."""
        return urlsplit(self.url).path


def take_apart(text: str) -> Pasted:
    """Find out what a text is, and take it apart.

    Raises:
        Unreadable: it cannot be.
    """
    stripped = text.strip()
    if not stripped:
        raise Unreadable("paste a request, a body or a base64 payload")
    if re.match(r"curl(\.exe)?\s", stripped):
        return _zipped(_of_curl(stripped))
    if match := _REQUEST_LINE.match(stripped.split("\n", 1)[0]):
        return _zipped(_of_request(stripped, match[2]))
    if re.match(r"https?://\S+$", stripped):
        return _of_url("an address", stripped)
    return _zipped(_of_body(stripped))


def _of_body(text: str) -> Pasted:
    if text[0] in "{[":
        return Pasted("JSON", body=text.encode(errors="replace"))
    if re.match(r"(\w+=[^&]*&)*data=", text):
        return Pasted("a form", body=_escaped(text).encode(), content_type=FORM)
    decoded = unquote_plus(text).strip() if "%" in text else text
    if decoded[:1] in ("{", "["):
        return Pasted("JSON, URL-encoded", body=decoded.encode(errors="replace"))
    return Pasted("base64", body=_plain(decoded))


def _plain(text: str) -> bytes:
    """Undo base64, of either alphabet, with or without padding and line breaks."""
    if not _BASE64.fullmatch(text):
        raise Unreadable("it is no JSON, no form, no base64, no request and no curl command")
    packed = "".join(text.replace("-", "+").replace("_", "/").split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("it looks like base64, and cannot be decoded: is a part of it missing?") from None


def _escaped(form: str) -> str:
    """Escape the plus signs of a base64 payload that was copied without its URL encoding."""
    return form if "%" in form or "{" in form else form.replace("+", "%2B")


def _of_request(text: str, target: str) -> Pasted:
    head, _, body = re.sub(r"\r\n?", "\n", text).partition("\n\n")
    lines = [line.partition(":") for line in head.split("\n")[1:]]
    headers = {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
    address = target if "://" in target else f"https://{headers.get('host', '')}{target}"
    return _request("an HTTP request", address, headers, body.strip())


def _of_curl(text: str) -> Pasted:
    url, headers, data = "", {}, []
    words = _words(text)
    for word in words:
        if word in ("-H", "--header"):
            name, _, value = next(words, "").partition(":")
            headers[name.strip().lower()] = value.strip()
        elif word in _DATA_OPTIONS | _FORM_OPTIONS:
            value = next(words, "")
            if value.startswith("@"):
                raise Unreadable(f"the command reads the file {value[1:]}: paste what is in it")
            data.append(_form_data(value) if word in _FORM_OPTIONS else value)
            if word == "--json":
                headers.setdefault("content-type", "application/json")
        elif word == "--url" or re.match(r"https?://|[\w.-]+(:\d+)?/", word):
            url = next(words, "") if word == "--url" else word
        elif word in ("-X", "-u", "--request", "--user", "-o", "-A", "-x", "--proxy", "-b", "--cookie"):
            next(words, "")
    url = url if "://" in url else f"http://{url}"
    if data:
        headers.setdefault("content-type", FORM)
    return _request("a curl command", url, headers, "&".join(data))


def _words(text: str) -> Iterator[str]:
    joined = re.sub(r"[\\^]\r?\n", " ", text)
    try:
        return iter(shlex.split(joined.replace("$'", "'"))[1:])
    except ValueError:
        raise Unreadable("the curl command has a quote that is never closed") from None


def _form_data(value: str) -> str:
    name, equals, content = value.partition("=")
    return (
        f"{name}={content.replace('%', '%25').replace('+', '%2B').replace('&', '%26')}" if equals else value
    )


def _request(form: str, url: str, headers: dict[str, str], body: str) -> Pasted:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    of_url = _of_url(form, url)
    if kind == FORM and body[:1] in ("{", "["):
        kind = ""  # curl names its data a form, whatever it is
    shown = {name: value for name, value in headers.items() if name not in _SECRET}
    packed = headers.get("content-encoding", "").lower()
    content = body.encode(errors="replace")
    if packed == "gzip" and body and _BASE64.fullmatch(body):
        content = _plain(body)  # bytes are copied as base64
    return evolve(of_url, headers=shown, body=content, content_type=kind, encoding="")


def _of_url(form: str, url: str) -> Pasted:
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    except ValueError:
        raise Unreadable("its address cannot be read") from None
    return Pasted(form, url, query)


def _zipped(pasted: Pasted) -> Pasted:
    if not pasted.body.startswith(_GZIP):
        return pasted
    return evolve(pasted, form=f"{pasted.form}, gzip", encoding="gzip")
