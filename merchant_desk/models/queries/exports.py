"""Whole tables as people take them elsewhere, row after row from one snapshot."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection

AT_ONCE: Final = 2_000
"""Rows fetched at once."""

PRODUCTS: Final = (
    "SELECT s.sku, b.code, s.name, s.name_en, s.category, coalesce(b.unit, s.base_unit), s.base_unit,"
    " b.quantity, s.price, CASE WHEN s.archived THEN 'archived' WHEN s.draft THEN 'draft' ELSE 'active' END"
    " FROM skus s LEFT JOIN barcodes b ON b.sku_id = s.id ORDER BY s.sku_key, b.quantity, b.code"
)
"""One row for each barcode; a SKU without any has one row too. Quantity in 10^-6 base units."""

STOCK: Final = (
    "SELECT w.code, p.code, s.sku, s.name, l.code, l.expiry, b.serial, b.status, b.on_hand, s.base_unit"
    " FROM stock_balances b JOIN skus s ON s.id = b.sku_id JOIN locations p ON p.id = b.location_id"
    " JOIN warehouses w ON w.id = b.warehouse_id LEFT JOIN lots l ON l.id = b.lot_id"
    " WHERE b.on_hand <> 0 ORDER BY w.code, p.code_key, s.sku_key, l.code, b.serial"
)
"""What stands where, by location, SKU, lot and serial number, 10^-6 base units."""

ORDERS: Final = (
    "SELECT o.number, o.kind, o.channel, o.status, o.placed_at, o.buyer, s.sku, s.name, '' AS service,"
    " l.rule, l.quantity, l.unit_price, l.amount, o.note FROM orders o"
    " JOIN order_lines l ON l.order_id = o.id JOIN skus s ON s.id = l.sku_id"
    " UNION ALL SELECT o.number, o.kind, o.channel, o.status, o.placed_at, o.buyer, c.code, c.name,"
    " c.service, c.rule, c.quantity, c.unit_price, c.amount, o.note FROM orders o"
    " JOIN order_charges c ON c.order_id = o.id ORDER BY 5, 1"
)
"""One row for each line of goods or charge, in the order in which the orders were placed."""

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
