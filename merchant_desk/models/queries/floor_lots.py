"""What a scan station asks about lots and serial numbers."""

from uuid import UUID

from sqlalchemy import Connection


def lot_expiry(connection: Connection, lot_id: UUID) -> int | None:
    """Return a lot's last day of use (yyyymmdd), or None if it is not known."""
    found = connection.exec_driver_sql("SELECT expiry FROM lots WHERE id = ?", (lot_id.bytes,)).scalar()
    return None if found is None else int(found)


def places_of_serial(connection: Connection, sku_id: UUID, serial: str) -> list[tuple[UUID, str]]:
    """Return the locations (id, code) where a serial number of a product stands."""
    sql = (
        "SELECT b.location_id, p.code FROM stock_balances b JOIN locations p ON p.id = b.location_id"
        " WHERE b.sku_id = ? AND b.serial = ? AND b.on_hand > 0"
    )
    rows = connection.exec_driver_sql(sql, (sku_id.bytes, serial))
    return [(UUID(bytes=location), code) for location, code in rows]


def serial_counted(connection: Connection, count_id: UUID, sku_id: UUID, serial: str) -> int:
    """Return how much of a serial number a count has seen (10^-6 base units)."""
    sql = (
        "SELECT coalesce(sum(quantity), 0) FROM count_entries"
        " WHERE document_id = ? AND sku_id = ? AND serial = ?"
    )
    return int(connection.exec_driver_sql(sql, (count_id.bytes, sku_id.bytes, serial)).scalar() or 0)
