"""Which dead letters a command is about."""

from __future__ import annotations

import argparse

from analytics_mixpanel.dead_letters.letter import GIVEN_UP, REFUSED, Letter


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Declare the filters."""
    parser.add_argument("--destination", metavar="NAME", help="only those for this one")
    parser.add_argument("--outcome", choices=[REFUSED, GIVEN_UP], help="only those with this outcome")
    parser.add_argument("--reason", metavar="TEXT", help="only those whose reason or field contains this")


def is_chosen(letter: Letter, options: argparse.Namespace) -> bool:
    """Whether a letter passes the filters."""
    text = (options.reason or "").casefold()
    return (
        options.destination in {None, letter.destination}
        and options.outcome in {None, letter.outcome}
        and (text in letter.reason.casefold() or text in letter.field.casefold())
    )
