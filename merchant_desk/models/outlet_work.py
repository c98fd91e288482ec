"""What is not ended at an outlet. For the server, which holds all rows; looks through whole tables."""

from collections.abc import Iterator
from uuid import UUID

from merchant_desk.domain.outlet_closing import UNENDED, OutletWork
from merchant_desk.domain.warehouses import holds_code
from merchant_desk.models.columns import Row
from merchant_desk.models.unit import Unit


def outlet_work(unit: Unit, outlet_id: UUID) -> OutletWork:
    """Return what is left to be done at an outlet, as this unit sees it."""
    left = {
        table: sum(row["status"] in states for row in _rows(unit, table, states, outlet_id=outlet_id))
        for table, states in UNENDED.items()
    }
    stock = sum(row["on_hand"] != 0 for row in _rows(unit, "stock_balances", outlet_id=outlet_id))
    return OutletWork(stock=stock, **left)


def warehouse_work(unit: Unit, warehouse_id: UUID) -> OutletWork:
    """Return what is left to be done in a warehouse, as this unit sees it; tasks are its outlet's."""
    left = {
        table: sum(row["status"] in states for row in _rows(unit, table, states, warehouse_id=warehouse_id))
        for table, states in UNENDED.items()
        if table != "tasks"
    }
    stock = sum(row["on_hand"] != 0 for row in _rows(unit, "stock_balances", warehouse_id=warehouse_id))
    return OutletWork(stock=stock, **left)


def codes_clashing(unit: Unit, outlet_id: UUID, warehouse_id: UUID) -> list[tuple[str, str]]:
    """Return which codes of a closed warehouse's locations others of its outlet hold, and whose."""
    own: dict[str, str] = {}
    held: dict[str, str] = {}
    for row in _rows(unit, "locations", outlet_id=outlet_id):
        if row["warehouse_id"] == warehouse_id:
            if not row["archived"]:
                own[row["code_key"]] = row["code"]
            continue
        there = unit.peek("warehouses", row["warehouse_id"])
        if there is not None and holds_code(row["archived"], there["archived"]):
            held[row["code_key"]] = there["code"]
    return sorted((code, held[key]) for key, code in own.items() if key in held)


def outlet_desks(unit: Unit, outlet_id: UUID) -> list[Row]:
    """Return the desks of an outlet that were not retired, by code."""
    found = (row for row in _rows(unit, "devices", outlet_id=outlet_id) if row["retired_at"] is None)
    return sorted(found, key=lambda row: str(row["code"]))


def is_last_outlet(unit: Unit, outlet_id: UUID) -> bool:
    """Tell whether no other outlet is open."""
    return not any(row["id"] != outlet_id and not row["archived"] for row in _rows(unit, "outlets"))


def heard_outlet(unit: Unit, *wanted: UUID) -> UUID:
    """Return where people hear of something: the first of these outlets that is open, else any open one."""
    for id in wanted:
        row = unit.peek("outlets", id)
        if row is not None and not row["archived"]:
            return id
    standing = [(str(row["code"]), row["id"]) for row in _rows(unit, "outlets") if not row["archived"]]
    return min(standing)[1] if standing else wanted[0]


_NARROWER = {"stock_balances": "on_hand <> 0", "devices": "retired_at IS NULL", "outlets": "archived = 0"}
"""What is asked of the database beside the outlet; what this unit changed is looked at row by row."""


def _rows(unit: Unit, table: str, states: tuple[str, ...] = (), **equal: UUID) -> Iterator[Row]:
    """Yield the rows of a place that may count: those stored, and those that this unit has touched."""
    statements = unit.store.statements[table]
    conditions = list(filter(None, (statements.where(*equal), _NARROWER.get(table))))
    if states:
        conditions.append(f"status IN ({', '.join([statements.mark] * len(states))})")
    bound = [statements.bind(id) for id in equal.values()]
    unit.cursor.execute(
        statements.select + " AND ".join(conditions or ["1 = 1"]), [*unit.lead, *bound, *states]
    )
    stored = unit.store.readers[table](unit.cursor.fetchall())
    ids = dict.fromkeys(
        [*(row["id"] for row in stored), *unit.origin.get(table, ()), *unit.deltas.get(table, ())]
    )
    unit.prefetch(table, ids)
    for id in ids:
        row = unit.peek(table, id)
        if row is not None and all(row[name] == value for name, value in equal.items()):
            yield row
