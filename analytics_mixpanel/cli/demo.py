"""Start a local stand-in for Mixpanel, run a small app against it, and show what arrived."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from analytics_mixpanel.client import Client
from analytics_mixpanel.delivery import Rejection
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.message import Message

if TYPE_CHECKING:
    from rich.console import Console

    from analytics_mixpanel.debugger import Request, StandIn

_TOKEN = "DEMO_PROJECT_TOKEN"  # noqa: S105 - the stand-in takes any
# On every event, and of no interest here.
_HIDDEN = ("distinct_id", "id", "time", "mp_lib", "event_original_name")
_HOW = """
    import analytics_mixpanel as analytics      # was: import segment.analytics as analytics
    analytics.write_key = "YOUR_PROJECT_TOKEN"  # Mixpanel: Settings > Project > Project token

or, without touching its code, by its environment:

    MIXPANEL_TOKEN=YOUR_PROJECT_TOKEN           # the project
    MIXPANEL_REGION=eu                          # us (default), eu or in
    MIXPANEL_API_HOST={url}  # a stand-in, as this one, instead of Mixpanel
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--port", type=int, default=0, help="loopback port of the stand-in (default: a free one)"
    )
    parser.add_argument("--serve", action="store_true", help="keep the stand-in running until Ctrl-C")


def run(options: argparse.Namespace) -> int:
    """Run the demo; 1 if not all of it was settled."""
    try:
        from rich.console import Console  # noqa: PLC0415 - from the extra `debugger`

        from analytics_mixpanel.debugger import StandIn  # noqa: PLC0415 - likewise
    except ImportError:
        print('the demo needs more packages: pip install "analytics-mixpanel[debugger]"', file=sys.stderr)
        return 2
    console = Console()
    refusals = Refusals()
    with StandIn(port=options.port) as stand_in:
        console.print(f"A stand-in for Mixpanel listens on {stand_in.url}; a shop runs against it.\n")
        with Client(_TOKEN, stand_in.url, plugins=[refusals]) as client:
            run_shop(client)
            left = client.flush()
        _show(console, stand_in, refusals)
        _sum_up(console, client)
        console.print("Point an app at Mixpanel:", style="bold")
        console.print(_HOW.format(url=stand_in.url), markup=False, highlight=False, soft_wrap=True)
        if options.serve:
            _serve(console, stand_in)
    return 1 if left else 0


def _serve(console: Console, stand_in: StandIn) -> None:
    def answered() -> list[Request]:
        return [request for request in stand_in.requests if request.status is not None]

    shown = len(answered())
    console.print(f"{stand_in.url} goes on listening; Ctrl-C ends it.")
    try:
        while True:
            stand_in.wait_until(lambda: len(answered()) > shown, timeout=3600.0)  # noqa: B023 - called at once
            for request in answered()[shown:]:
                shown += 1
                what = f"{request.accepted} accepted, {request.rejected} rejected"
                console.print(f"{request.method} {request.path} {request.status}: {what}", highlight=False)
    except KeyboardInterrupt:
        pass


class Refusals:
    """A plugin of one hook: keeps what a destination refused, and why."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    @hookimpl
    def rejected(self, message: Message, reason: Rejection) -> None:
        """Keep one refusal."""
        self.rows.append((message.get("event", message["type"]), reason.field, reason.reason))


def run_shop(client: Client) -> None:
    """What an application would call in a minute of a shop's life."""
    opened = datetime.now(timezone.utc) - timedelta(minutes=1)

    def after(seconds: float) -> datetime:
        return opened + timedelta(seconds=seconds)

    visitor, ada, grace = "6f7c1c9e-29ad-4f0c-8f49-0a8e0a3c1d11", "user-1", "user-2"
    web = {"page": {"url": "https://shop.example/pricing"}, "campaign": {"source": "newsletter"}}
    at_acme = {**web, "groupId": "acme"}
    lamp = {"product_id": "p1", "name": "Lamp", "price": 42.5}
    desk = {"product_id": "p2", "name": "Desk", "price": 180}
    client.page(
        anonymous_id=visitor, name="Pricing", properties={"plan": "pro"}, context=web, timestamp=after(1)
    )
    client.identify(ada, {"email": "ada@example.com", "name": "Ada L.", "plan": "pro"}, anonymous_id=visitor)
    client.group(ada, "acme", {"name": "Acme Ltd.", "employees": 42})
    client.track(ada, "Product Added", {"product_id": "p1", "price": 42.5}, at_acme, after(12))
    client.track(
        ada,
        "Order Completed",
        {"order_id": "o-1", "total": 222.5, "products": [lamp, desk]},
        at_acme,
        after(31),
    )
    client.identify(grace, {"email": "grace@example.com", "firstName": "Grace", "lastName": "H."})
    client.screen(grace, name="Settings", timestamp=after(40))
    client.track(
        grace,
        "Trial Started",
        {"seats": {3}, "renews": datetime(2027, 1, 1, tzinfo=timezone.utc)},
        timestamp=after(44),
    )
    # Mixpanel refuses what lies in the future: just that event, and the client is told which and why.
    client.track(grace, "Clock Went Wrong", timestamp=after(2 * 24 * 3600))


def _show(console: Console, stand_in: StandIn, refusals: Refusals) -> None:
    events = [
        (_time(each.time), each.event, each.user, _brief(each.properties))
        for each in sorted(stand_in.events, key=lambda event: event.time)
    ]
    _table(console, "Events", ("time", "event", "user", "properties"), events)
    profiles = [(each.distinct_id, _brief(each.properties, "")) for each in stand_in.profiles]
    _table(console, "User profiles", ("user", "properties"), profiles)
    groups = [(each.group_key, each.group_id, _brief(each.properties, "")) for each in stand_in.groups]
    _table(console, "Group profiles", ("group key", "group", "properties"), groups)
    _table(console, "Refused by Mixpanel", ("event", "field", "reason"), refusals.rows)


def _table(console: Console, title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - from the extra `debugger`
    from rich.text import Text  # noqa: PLC0415 - likewise

    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as text: what was tracked may look like markup
    console.print(table)


def _time(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, timezone.utc).strftime("%H:%M:%S.%f")[:-3]


def _brief(properties: Mapping[str, Any], hidden: str = "$") -> str:
    """Properties as ``key=value``; an event's without those that Mixpanel makes up by itself."""
    return "  ".join(
        f"{key}={value}"
        for key, value in properties.items()
        if key not in _HIDDEN and not (hidden and key.startswith(hidden)) and not isinstance(value, list)
    )


def _sum_up(console: Console, client: Client) -> None:
    stats = client.stats()["Mixpanel"]
    console.print(
        f"\n{stats.accepted} calls accepted = {stats.delivered} delivered + {stats.rejected} rejected"
        f" + {sum(stats.dropped.values())} dropped + {stats.pending} pending\n"
    )
