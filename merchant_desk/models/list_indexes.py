"""Indexes that only lists ask for: a desk with a window makes them; scripts and the server do without."""

from sqlalchemy import Connection

from merchant_desk.models.queries.lists import LAST

LIST_INDEXES = {
    "ix_orders_status_placed_at": "orders (status, placed_at)",
    "ix_orders_due": f"orders (coalesce(due_at, {LAST}))",
    "ix_orders_total": "orders (total)",
    "ix_receipts_opened_at": "receipts (opened_at)",
    "ix_shipments_opened_at": "shipments (opened_at)",
    "ix_counts_opened_at": "counts (opened_at)",
    "ix_purchase_orders_supplier_id": "purchase_orders (supplier_id, placed_at)",
    "ix_shipments_carrier_id": "shipments (carrier_id)",
}
"""Name -> what is indexed. Lists order by an id too: SQLite sorts the few rows that are else equal."""


def make_next_index(connection: Connection) -> bool:
    """Make one index that is missing; tells whether there was one. Takes a second for a million rows."""
    known = {
        row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")
    }
    for name, indexed in LIST_INDEXES.items():
        if name not in known:
            connection.exec_driver_sql(f"CREATE INDEX {name} ON {indexed}")
            return True
    return False
