"""What a world's server has stored, row by row."""

from typing import Any

from merchant_desk.models.tables import SPECS
from tests.helpers.world import World


def rows_of(world: World, table: str, **equal: Any) -> list[dict[str, Any]]:
    """Return the rows of a table with their own columns, ordered by id; `equal` filters them."""
    server = world.server
    with server.engine.connect() as connection, connection.begin():
        ids = connection.exec_driver_sql(f"SELECT id FROM {table}").scalars().all()
        unit = server.store.unit_on(connection, world.merchant_id)
        codec = server.store.statements[table]
        unit.cursor.execute(codec.select + "merchant_id = ?", [unit.merchant])
        found = server.store.readers[table](unit.cursor.fetchall())
    assert len(found) == len(ids)
    rows = [{name: row[name] for name in SPECS[table].names} for row in found]
    chosen = [row for row in rows if all(row[name] == value for name, value in equal.items())]
    return sorted(chosen, key=lambda row: row["id"].bytes)
