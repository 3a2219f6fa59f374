"""The command ``analytics-mixpanel``: each command is a module of its name."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from analytics_mixpanel.cli import debugger, demo, doctor, mappings, preview, send, tail
from analytics_mixpanel.errors import ConfigurationError, MappingError
from analytics_mixpanel.version import VERSION

_COMMANDS: dict[str, ModuleType] = {
    "demo": demo,
    "preview": preview,
    "send": send,
    "mappings": mappings,
    "debugger": debugger,
    "tail": tail,
    "doctor": doctor,
}
try:
    from analytics_mixpanel.cli import queue
except ImportError:
    pass  # a system without the file locks of a spool
else:
    _COMMANDS["queue"] = queue


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name.

    Returns:
        0; 1 when something in the data failed; 2 when the command could not run.
    """
    parser = argparse.ArgumentParser(
        prog="analytics-mixpanel",
        description="Segment's analytics-python API, delivered straight to Mixpanel.",
    )
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in _COMMANDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        module.add_arguments(commands.add_parser(name, help=summary, description=summary))
    options = parser.parse_args(arguments)
    try:
        status: int = _COMMANDS[options.command].run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us, as `head`, has enough; closing the pipe again at exit must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ConfigurationError, MappingError, OSError) as error:
        print(f"analytics-mixpanel {options.command}: {error}", file=sys.stderr)
        return 2
    return status
