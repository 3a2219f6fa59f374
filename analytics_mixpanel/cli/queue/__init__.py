"""Look into the spool that a client keeps on disk, deliver what is left in it, or remove it.

It works while no client runs, and beside clients that do.
"""

from __future__ import annotations

import argparse

from analytics_mixpanel.cli.queue import dead, drain, export, purge, retry, status

_COMMANDS = {
    "status": status,
    "drain": drain,
    "export": export,
    "dead": dead,
    "retry": retry,
    "purge": purge,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of each of its commands."""
    commands = parser.add_subparsers(dest="queue_command", required=True, metavar="|".join(_COMMANDS))
    for name, module in _COMMANDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        command = commands.add_parser(name, help=summary, description=summary)
        command.add_argument("directory", metavar="DIR", help="the directory, as in queue='spool:DIR'")
        module.add_arguments(command)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    status: int = _COMMANDS[options.queue_command].run(options)
    return status
