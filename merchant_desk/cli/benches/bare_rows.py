"""The bare insert that an import is measured beside: the same rows into an empty database of its make."""

import secrets
import time
from pathlib import Path

from merchant_desk.cli.benches.stage import seconds
from merchant_desk.desk import Desk
from merchant_desk.models.columns import Side
from merchant_desk.models.desk_tables import metadata
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.models.store import Store

TABLES = ("skus", "barcodes")
AT_ONCE = 1_000
"""Rows in one durable transaction."""


def bare_insert(desk: Desk, path: Path) -> float:
    """Return the seconds that the desk's products take, inserted by batched statements as they were written.

    Args:
        desk: has the products.
        path: of the new database, encrypted and durable as the desk's, with the same indexes.
    """
    engine = open_engine(path, secrets.token_bytes(32), role="writer")
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[metadata.tables[name] for name in TABLES])
    statements = Store(engine, Side.DESK).statements
    taken = 0.0
    with desk.read() as source, source.begin():
        cursors = {}
        for name in TABLES:
            cursors[name] = source.connection.cursor()
            columns = ", ".join(statements[name].stored)
            cursors[name].execute(f"SELECT {columns} FROM {name} ORDER BY rowid")  # noqa: S608 - our names
        while parts := {name: rows for name, one in cursors.items() if (rows := one.fetchmany(AT_ONCE))}:
            start = time.perf_counter()
            with engine.begin() as connection:
                for name, rows in parts.items():
                    connection.connection.cursor().executemany(statements[name].insert, rows)
            checkpoint(engine)
            taken += seconds(start)
    engine.dispose()
    return taken
