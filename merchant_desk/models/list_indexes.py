"""Indexes that only lists ask for: a desk with a window makes them; scripts and the server do without."""

from sqlalchemy import Connection

LIST_INDEXES = (
    ("orders", ("status", "placed_at")),
    ("orders", ("total",)),
    ("receipts", ("opened_at",)),
    ("shipments", ("opened_at",)),
    ("counts", ("opened_at",)),
)
"""(table, columns); the id comes after them by itself, as SQLite sorts the few equal ones."""


def make_next_index(connection: Connection) -> bool:
    """Make one index that is missing; tells whether there was one. Takes a second for a million rows."""
    known = {
        row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    for table, columns in LIST_INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        if name not in known:
            connection.exec_driver_sql(f"CREATE INDEX {name} ON {table} ({', '.join(columns)})")
            return True
    return False
