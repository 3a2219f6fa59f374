"""Check settings, region, reachability, credentials, clock and versions, and send a test event."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from analytics_mixpanel.cli.destination import add_destination, installed_destination
from analytics_mixpanel.cli.doctor.finding import Finding, as_line, finding, outcome
from analytics_mixpanel.cli.doctor.queue_directory import check_queue
from analytics_mixpanel.cli.doctor.sending import CHECK, send_test_event
from analytics_mixpanel.cli.doctor.versions import check_versions
from analytics_mixpanel.cli.output import add_json, print_json
from analytics_mixpanel.errors import AnalyticsError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--timeout",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="for each request (default: %(default)s)",
    )
    parser.add_argument(
        "--no-send", action="store_true", help="send no test event, which would be in the project's data"
    )
    add_destination(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding as soon as it is there; 1 if something is wrong."""
    findings: list[Finding] = []
    for each in _findings(options):
        findings.append(each)
        if options.json:
            print_json(each)
        else:
            print(as_line(each, sys.stdout.encoding or ""), flush=True)
    ok, words = outcome(findings)
    if options.json:
        print_json({"ok": ok, "checks": len(findings)})
    else:
        print(words)
    return int(not ok)


def _findings(options: argparse.Namespace) -> Iterator[Finding]:
    yield check_versions()
    yield check_queue()
    try:
        plugin = installed_destination(options.destination, "checkup")
        destination = plugin()
    except AnalyticsError as error:
        yield finding("settings", False, str(error))
        return
    well = True
    for each in destination.checkup(options.timeout):
        well = well and each["ok"] is not False
        yield each
    if options.no_send:
        yield finding(CHECK, None, "not sent: --no-send")
    elif not well:
        yield finding(CHECK, None, "not sent: mend what is wrong above first")
    else:
        yield send_test_event(plugin, options.timeout)
