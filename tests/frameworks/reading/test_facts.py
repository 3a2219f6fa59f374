"""The context that a request gives."""

from __future__ import annotations

from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from analytics_mixpanel.frameworks.reading.facts import campaign, context_of
from analytics_mixpanel.frameworks.reading.options import options_of
from analytics_mixpanel.frameworks.reading.request import Request, of_asgi, of_wsgi

_HEADERS = {
    "host": "shop.example:8000",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0",
    "accept-language": "de-AT,de;q=0.9,en;q=0.5",
    "referer": "https://search.example/?q=shoes",
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
    "sec-ch-ua-arch": '"x86"',
    "sec-ch-ua-bitness": '"64"',
    "sec-ch-ua-model": '""',
    "sec-ch-ua-platform-version": '"15.0.0"',
    "sec-ch-ua-full-version": '"130.0.1"',
    "sec-ch-ua-wow64": "?0",
}
_QUERY = "utm_source=news&utm_campaign=Spring+Sale&size=42"


def _asgi(headers: dict[str, str] = _HEADERS, **more: Any) -> Request:
    scope = {
        "type": "http",
        "scheme": "http",
        "path": "/schuhe/größe",
        "raw_path": b"/schuhe/gr%C3%B6%C3%9Fe",
        "query_string": _QUERY.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 5),
        **more,
    }
    return of_asgi(scope)


def _wsgi() -> Request:
    environ: dict[str, Any] = {
        "SCRIPT_NAME": "/schuhe",
        "PATH_INFO": "/größe".encode().decode("latin-1"),
        "QUERY_STRING": _QUERY,
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.url_scheme": "http",
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in _HEADERS.items()},
    }
    return of_wsgi(environ)


@pytest.mark.parametrize("request_", [_asgi(), _wsgi()], ids=["asgi", "wsgi"])
def test_a_request_tells_all_this(request_: Request) -> None:
    """WSGI and ASGI give the same facts, in the shape of Segment's Spec."""
    assert context_of(request_, options_of({})) == {
        "ip": "203.0.113.7",
        "userAgent": _HEADERS["user-agent"],
        "userAgentData": {
            "mobile": False,
            "platform": "Windows",
            "architecture": "x86",
            "bitness": "64",
            "platformVersion": "15.0.0",
            "uaFullVersion": "130.0.1",
            "wow64": False,
        },
        "locale": "de-AT",
        "page": {
            "path": "/schuhe/gr%C3%B6%C3%9Fe",
            "search": f"?{_QUERY}",
            "url": f"http://shop.example:8000/schuhe/gr%C3%B6%C3%9Fe?{_QUERY}",
            "referrer": "https://search.example/?q=shoes",
        },
        "campaign": {"source": "news", "name": "Spring Sale"},
    }


def test_what_is_not_there_is_not_made_up() -> None:
    """A bare request gives only its path."""
    bare = _asgi({}, client=None, query_string=b"", raw_path=None, path="/a b")
    assert context_of(bare, options_of({})) == {"page": {"path": "/a%20b"}}


def test_facts_can_be_left_out() -> None:
    """What is named in ``leave_out`` is not there."""
    facts = context_of(_asgi(), options_of({"leave_out": ["ip", "userAgent", "userAgentData"]}))
    assert facts.keys() == {"locale", "page", "campaign"}


def test_the_query_can_be_kept_back() -> None:
    """Addresses then have no query; the campaign is still read."""
    facts = context_of(_asgi(), options_of({"query": False}))
    assert "search" not in facts["page"]
    assert facts["page"]["url"] == "http://shop.example:8000/schuhe/gr%C3%B6%C3%9Fe"
    assert facts["campaign"]["source"] == "news"


def test_trusted_proxies_say_how_the_client_came() -> None:
    """Scheme, host and address are those that the client used."""
    told = {
        "x-forwarded-proto": "https",
        "x-forwarded-host": "www.shop.example",
        "x-forwarded-for": "1.1.1.1",
    }
    facts = context_of(_asgi({**_HEADERS, **told}), options_of({"trusted_proxies": 1}))
    assert facts["ip"] == "1.1.1.1"
    assert facts["page"]["url"].startswith("https://www.shop.example/schuhe/")


def test_a_wsgi_server_s_name_is_its_host() -> None:
    """Without a Host header the server's own name is taken."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    del environ["HTTP_HOST"]
    assert context_of(of_wsgi(environ), options_of({}))["page"]["url"] == "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {}),
        ("a=1", {}),
        ("utm_=1&utm_medium=", {}),
        ("utm_medium=a&utm_medium=b", {"medium": "a"}),
        (
            "utm_campaign=c&utm_term=t&utm_content=x&utm_id=7",
            {"name": "c", "term": "t", "content": "x", "id": "7"},
        ),
        ("utm_source=%FF%zz", {"source": "\ufffd%zz"}),
    ],
)
def test_campaigns(query: str, found: dict[str, str]) -> None:
    """Every ``utm_`` parameter counts, the first of each, in Segment's names."""
    assert campaign(query) == found


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        ("en", "en"),
        ("en-US;q=0.8, de", "en-US"),
        ("*", None),
        ("", None),
        ("<b>", None),
        ("zh-Hant-TW,zh", "zh-Hant-TW"),
    ],
)
def test_the_language(accepted: str, locale: str | None) -> None:
    """It is the first that the browser names."""
    assert context_of(_asgi({"accept-language": accepted}), options_of({})).get("locale") == locale


@pytest.mark.parametrize(
    ("header", "value"),
    [("a=1; b=2", "2"), ('odd={"x": 1}; b=2', "2"), ("b=2=3", "2=3"), ("ab=1", None), ("", None)],
)
def test_a_cookie_is_found_among_odd_ones(header: str, value: str | None) -> None:
    """Whatever other cookies hold."""
    assert _asgi({"cookie": header}).cookie("b") == value


def test_a_cookie_is_found_in_several_headers() -> None:
    """HTTP/2 may send one header for each cookie."""
    assert of_asgi({"headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2")]}).cookie("b") == "2"
