"""Opens the database that the store keeps everything in."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from os import PathLike
from typing import Final

from analytics_mixpanel.errors import ConfigurationError

_VERSION: Final = 2  # of the schema, noted in the file


def open_database(path: str | PathLike[str] | None) -> sqlite3.Connection:
    """Open a file, or a database in memory, with all its tables.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    try:
        db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
    except sqlite3.Error as error:
        raise _unusable(path, error) from None
    try:
        _prepare(db)
    except BaseException as error:
        db.close()
        if isinstance(error, sqlite3.Error):
            raise _unusable(path, error) from None
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    db.row_factory = sqlite3.Row
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            raise ConfigurationError("db: another version wrote this file; give the name of a new one.")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # a development tool: a crash of the machine may lose it
    for script in ("schema.sql", "arrivals.sql"):
        db.executescript(files(__package__).joinpath(script).read_text(encoding="utf-8"))
    db.execute(f"PRAGMA user_version = {_VERSION}")


def _unusable(path: str | PathLike[str] | None, error: sqlite3.Error) -> ConfigurationError:
    return ConfigurationError(f"db: {path} cannot be used: {error}. Give the name of a new file.")
