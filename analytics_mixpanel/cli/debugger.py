"""Start the debugger: a stand-in for Mixpanel with a page that shows what arrives."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from analytics_mixpanel.errors import ConfigurationError

if TYPE_CHECKING:
    from analytics_mixpanel.debugger import StandIn

PORT: Final = 8765
TOKEN_VARIABLE: Final = "ANALYTICS_MIXPANEL_DEBUGGER_TOKEN"  # noqa: S105 - a name, not a token
_FROM_ENVIRONMENT: Final = ""
_HIGHEST_PORT: Final = 65_535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--port", type=_port, default=PORT, help="0 for a free one (default: %(default)s)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at; one that others can reach needs --token"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that this machine is called by in addresses; may be repeated",
    )
    parser.add_argument("--token", help=f"ask for it before showing the page; else {TOKEN_VARIABLE}")
    parser.add_argument("--db", metavar="FILE", help="SQLite file to keep everything in (default: memory)")
    parser.add_argument(
        "--keep",
        type=_count,
        default=100_000,
        metavar="N",
        help="of each kind, keep the newest N (%(default)s)",
    )
    parser.add_argument(
        "--forward",
        nargs="?",
        const=_FROM_ENVIRONMENT,
        metavar="REGION|URL",
        help="pass accepted data on to Mixpanel: in us, eu or in (default: MIXPANEL_REGION, or us)",
    )
    parser.add_argument(
        "--mappings", metavar="FILE", help="what becomes of the messages of Segment's clients (JSON)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    try:
        import analytics_mixpanel.debugger  # noqa: F401, PLC0415 - from the extra `debugger`
    except ImportError:
        print('the debugger needs more packages: pip install "analytics-mixpanel[debugger]"', file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _started(options) as debugger:
            _announce(options, debugger)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("ended", flush=True)
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _started(options: argparse.Namespace) -> StandIn:
    from analytics_mixpanel.debugger import Access, StandIn  # noqa: PLC0415 - from the extra `debugger`

    access = Access(options.host, tuple(options.allow_host), _token(options))
    settings: dict[str, Any] = {"keep": options.keep, "mappings": options.mappings, "access": access}
    if options.forward is not None:
        settings["forward"] = options.forward or os.environ.get("MIXPANEL_REGION", "").strip() or "us"
    try:
        return StandIn(options.port, options.db, mask=True, **settings)
    except OSError as error:
        raise _mended(error, options) from None


def _mended(error: OSError, options: argparse.Namespace) -> Exception:
    """Give an error that says what to do."""
    if error.errno == errno.EADDRINUSE:
        return ConfigurationError(
            f"port {options.port} is taken, perhaps by another debugger: end that, or give a --port "
            "(0 for a free one)."
        )
    if error.errno == errno.EACCES:
        return ConfigurationError(f"port {options.port} is not for everyone: give a --port above 1023.")
    if error.errno == errno.EADDRNOTAVAIL:
        return ConfigurationError(f"host: {options.host} is no address of this machine.")
    return error


def _announce(options: argparse.Namespace, debugger: StandIn) -> None:
    """Print the line to paste, by itself, and what there is."""
    token = _token(options)
    page = f"{debugger.url}/debugger/" + (f"?{urlencode({'token': token})}" if token else "")
    print(f"MIXPANEL_API_HOST={debugger.url}")
    print(f"\nThe page: {page}")
    print(f"Segment's clients, analytics.js and curl: the same address as their host, {debugger.url}")
    if debugger.desk.forwarding is not None:
        print(f"Accepted data goes on to {debugger.desk.forwarding.url}")
    if options.db:
        print(f"Kept in {options.db}")
    print("Ctrl-C ends it.", flush=True)
    if options.open:
        with suppress(webbrowser.Error):
            webbrowser.open(page)


def _token(options: argparse.Namespace) -> str | None:
    token: str | None = options.token or os.environ.get(TOKEN_VARIABLE)
    return token or None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"must be a whole number up to {_HIGHEST_PORT}, not {text!r}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return int(text)
