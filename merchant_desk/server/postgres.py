"""PostgreSQL's driver where it is in use: a server with a database of its own does not load it to start.

That takes a fifteenth of a second, a twelfth of such a server's start.
"""

import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

_PASSING_STATES = ("08", "25", "40", "53", "55", "57", "58")
"""SQLSTATE classes of what passes: connection, transaction, rollback, resources, locks, operator, system."""


def driver_errors() -> tuple[type[Exception], ...]:
    """Return what to catch for any error of the driver: nothing where it was never loaded."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else (driver.Error,)


def is_passing(error: BaseException | None) -> bool:
    """Whether an error of PostgreSQL is about the connection or the machine, not about the statement."""
    if not isinstance(error, driver_errors()):
        return False
    import psycopg

    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state[:2] in _PASSING_STATES


def insert_into(connection: Connection) -> Callable[[Any], Any]:
    """Return the database's own INSERT, which knows ON CONFLICT."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert
