"""Whole tables as people take them elsewhere, row after row from one snapshot.

Each is read in the order of an index, the outer table first (CROSS JOIN keeps SQLite from turning it round):
what is sorted is never more than one document, location or SKU, as a desk sorts in memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection

AT_ONCE: Final = 2_000
"""Rows fetched at once."""

PRODUCTS: Final = (
    "SELECT s.sku, u.code, s.name, s.name_en, s.category, s.base_unit, p.code, p.quantity, s.price,"
    " s.track_lot, s.track_expiry, s.track_serial, s.min_days_left,"
    " CASE WHEN s.archived THEN 'archived' WHEN s.draft THEN 'draft' ELSE 'active' END"
    " FROM skus s LEFT JOIN barcodes u ON u.sku_id = s.id AND u.quantity = 1000000"
    " LEFT JOIN barcodes p ON p.sku_id = s.id AND p.quantity <> 1000000"
    " ORDER BY s.sku_key, s.rowid, u.code, p.quantity, p.code"
)
"""One row for each SKU with the code of its unit and of its pack, as an import reads it; several such codes
give several rows. Quantities in 10^-6 base units."""

STOCK: Final = (
    "SELECT w.code, p.code, s.sku, s.name, l.code, nullif(l.expiry, 0), b.serial, b.status, b.on_hand,"
    " s.base_unit FROM locations p CROSS JOIN stock_balances b ON b.location_id = p.id"
    " JOIN skus s ON s.id = b.sku_id JOIN warehouses w ON w.id = b.warehouse_id"
    " LEFT JOIN lots l ON l.id = b.lot_id WHERE b.on_hand <> 0"
    " ORDER BY p.code_key, p.rowid, s.sku_key, l.code, b.serial"
)
"""What stands where, by location, SKU, lot and serial number, 10^-6 base units."""

ORDERS: Final = (
    "SELECT number, kind, channel, status, placed_at, buyer, sku, name, service, rule, quantity, unit_price,"
    " amount, note FROM (SELECT o.number, o.kind, o.channel, o.status, o.placed_at, o.buyer, s.sku, s.name,"
    " '' AS service, l.rule, l.quantity, l.unit_price, l.amount, o.note, o.rowid AS at FROM orders o"
    " CROSS JOIN order_lines l ON l.order_id = o.id JOIN skus s ON s.id = l.sku_id"
    " UNION ALL SELECT o.number, o.kind, o.channel, o.status, o.placed_at, o.buyer, c.code, c.name,"
    " c.service, c.rule, c.quantity, c.unit_price, c.amount, o.note, o.rowid FROM orders o"
    " CROSS JOIN order_charges c ON c.order_id = o.id ORDER BY placed_at, at)"
)
"""One row for each line of goods or charge, in the order in which the orders were placed."""

PURCHASES: Final = (
    "SELECT o.number, o.status, u.code, u.name, nullif(o.due_day, 0), o.placed_at, s.sku, s.name, l.quantity,"
    " coalesce(t.done, 0), s.base_unit, c.unit_cost FROM purchase_orders o"
    " CROSS JOIN purchase_lines l ON l.order_id = o.id JOIN skus s ON s.id = l.sku_id"
    " LEFT JOIN suppliers u ON u.id = o.supplier_id LEFT JOIN line_totals t ON t.id = l.id"
    " LEFT JOIN purchase_line_costs c ON c.id = l.id ORDER BY o.placed_at, o.rowid, l.position"
)
"""One row for each line, in the order in which the purchase orders were placed; 10^-6 base units."""

RECEIPTS: Final = (
    "SELECT r.number, r.status, r.opened_at, r.closed_at, o.number, u.code, u.name, s.sku, s.name, l.code,"
    " nullif(l.expiry, 0), p.code, t.quantity, s.base_unit FROM receipts r"
    " CROSS JOIN tallies t ON t.document_id = r.id JOIN skus s ON s.id = t.sku_id"
    " LEFT JOIN lots l ON l.id = t.lot_id LEFT JOIN locations p ON p.id = t.location_id"
    " LEFT JOIN purchase_orders o ON o.id = r.purchase_order_id LEFT JOIN suppliers u ON u.id = r.supplier_id"
    " ORDER BY r.number_key, r.rowid, s.sku_key, l.code"
)
"""What each receipt brought in, less what was reversed, by SKU, lot and location; 10^-6 base units."""

COUNTS: Final = (
    "SELECT c.number, c.status, c.opened_at, c.closed_at, p.code, s.sku, s.name, l.code, nullif(l.expiry, 0),"
    " n.serial, n.status, n.book, n.counted, n.variance, s.base_unit FROM counts c"
    " CROSS JOIN count_lines n ON n.count_id = c.id JOIN skus s ON s.id = n.sku_id"
    " LEFT JOIN lots l ON l.id = n.lot_id LEFT JOIN locations p ON p.id = n.location_id"
    " ORDER BY c.number_key, c.rowid, p.code_key, s.sku_key"
)
"""What was found in counts that are ended, beside the book as of then; 10^-6 base units."""

LEDGER: Final = (
    "SELECT g.time, g.kind, coalesce(r.number, h.number, c.number, o.number), s.sku, s.name, p.code, l.code,"
    " g.serial, g.status, g.quantity, s.base_unit, n.name, d.code, g.reason FROM ledger g"
    " JOIN skus s ON s.id = g.sku_id LEFT JOIN locations p ON p.id = g.location_id"
    " LEFT JOIN lots l ON l.id = g.lot_id LEFT JOIN persons n ON n.id = g.person_id"
    " LEFT JOIN devices d ON d.id = g.device_id LEFT JOIN receipts r ON r.id = g.document_id"
    " LEFT JOIN shipments h ON h.id = g.document_id LEFT JOIN counts c ON c.id = g.document_id"
    " LEFT JOIN orders o ON o.id = g.document_id ORDER BY g.rowid"
)
"""Every movement in the order in which this desk learned of it, 10^-6 base units."""


def rows(connection: Connection, sql: str) -> Iterator[Sequence[Any]]:
    """Yield the rows of one of the queries above, a few thousand at a time."""
    with connection.exec_driver_sql(sql) as result:
        for part in result.partitions(AT_ONCE):
            yield from part
