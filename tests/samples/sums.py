"""What is in an encrypted database, by plain SQL: of each table its rows and a sum over them."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " AND name NOT LIKE 'search%' AND name <> 'alembic_version' ORDER BY name"
)
Sums = dict[str, list[Any]]
"""Columns, number of rows and sum, by table."""


def sums(path: Path, known: Sums | None = None) -> Sums:
    """Return the sums of all tables of a file that nobody writes, its key lying open beside it.

    Args:
        path: the file.
        known: only these tables, and of each only the columns named there: later versions add some.
    """
    connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True)
    try:
        key = (path.parent / "demo.key").read_text("ascii").strip()
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        names = list(known) if known is not None else [row[0] for row in connection.execute(TABLES)]
        return {name: _of(connection, name, known[name][0] if known else None) for name in names}
    finally:
        connection.close()


def _of(connection: Any, table: str, columns: list[str] | None) -> list[Any]:
    found = columns or [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    listed = ", ".join(f'"{name}"' for name in found)
    rows = sorted(repr(tuple(row)) for row in connection.execute(f"SELECT {listed} FROM {table}"))
    return [found, len(rows), sha256("\n".join(rows).encode()).hexdigest()[:16]]
