"""Whether totals equal their rows, asked of a server's database without changing anything."""

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, union_all

from merchant_desk.models.server_tables import metadata
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import SUM_NAMES


def wrong_totals(connection: Connection, into: str) -> int:
    """Return how many totals of a table differ from the sum of their rows; a missing one counts as 0."""
    names = SUM_NAMES[into]
    rows = union_all(*_parts(into, names)).subquery()
    sums = [func.sum(rows.c[name]).label(name) for name in names]
    counted = select(rows.c.merchant_id, rows.c.id, *sums).group_by(rows.c.merchant_id, rows.c.id).subquery()
    total = metadata.tables[into]
    same = and_(total.c.merchant_id == counted.c.merchant_id, total.c.id == counted.c.id)
    differs = or_(*(total.c[name] != func.coalesce(counted.c[name], 0) for name in names))
    there = select(func.count()).select_from(total.outerjoin(counted, same)).where(differs)
    moved = or_(*(counted.c[name] != 0 for name in names))
    missing = (
        select(func.count()).select_from(counted.outerjoin(total, same)).where(total.c.id.is_(None), moved)
    )
    return (connection.scalar(there) or 0) + (connection.scalar(missing) or 0)


def _parts(into: str, names: tuple[str, ...]) -> list[Select[tuple[object, ...]]]:
    """Return a query for each table that moves these totals."""
    parts = []
    for spec in SPECS.values():
        for total in spec.sums:
            if total.into == into:
                table, adds = metadata.tables[spec.name], dict(total.adds)
                key = table.c[total.key]
                values = [(table.c[adds[name]] if name in adds else literal(0)).label(name) for name in names]
                parts.append(select(table.c.merchant_id, key.label("id"), *values).where(key.is_not(None)))
    return parts
