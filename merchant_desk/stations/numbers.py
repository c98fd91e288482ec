"""Numbers that people read: RC-<desk code>-000123, counted by each desk for itself."""

from sqlalchemy import Connection, text

from merchant_desk.domain.codes import sku_key


def next_number(connection: Connection, table: str, prefix: str, desk_code: str) -> str:
    """Return the next number of this desk for receipts (RC), shipments (SH) or counts (CT).

    The highest number that this desk ever used is in its own rows, so nothing else has to be kept; a
    desk code is never used again, so numbers of two desks cannot meet.
    """
    lead = f"{prefix}-{desk_code}-"
    query = text(
        f"SELECT max(number_key) FROM {table} WHERE number_key >= :low AND number_key < :high"  # noqa: S608
    )
    low = sku_key(lead)
    last = connection.scalar(query, {"low": low, "high": low + "~"})
    count = int(last.removeprefix(low).partition("-")[0]) if last else 0
    return f"{lead}{count + 1:06d}"
