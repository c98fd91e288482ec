"""Facts that concern another outlet: refused where they are done, told where they land.

The right to a fact is judged at the outlet that its body names, and whoever sends it chooses that. So
everything else that it names is compared with it here.
"""

from typing import Any
from uuid import UUID

from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, Key
from merchant_desk.models.columns import Row


def note_outlet(context: Context, about: Key, row: Row | None, outlet_id: UUID) -> bool:
    """Tell whether a row that a fact of `outlet_id` names is that outlet's own; one that is not here is.

    Another outlet's is flagged there, and so is that whoever did it has no right there.

    Raises:
        Refusal: `other_outlet`, on the desk where it is done; a decision is refused anywhere.
    """
    if row is None or row["outlet_id"] == outlet_id:
        return True
    theirs: UUID = row["outlet_id"]
    kind = KINDS[context.envelope.kind]
    if context.originates or not kind.is_fact:
        raise Refusal("other_outlet", table=about[0], id=about[1])
    context.flag("foreign_outlet", theirs, about, sent_for=outlet_id)
    if not context.might(kind.right, theirs):
        context.flag("lost_right", theirs, about, right=kind.right)
    return False


def place_of(context: Context, location_id: UUID, warehouse_id: UUID, outlet_id: UUID) -> Row:
    """Return the outlet and warehouse whose stock a location holds: its own, whatever the fact says.

    Both are looked at without a trace: neither ever moves to another outlet, and a location's new name
    must not carry out every waiting scan of it again.

    Raises:
        Refusal: as `note_outlet`.
    """
    warehouse = context.unit.peek("warehouses", warehouse_id)
    note_outlet(context, ("warehouses", warehouse_id), warehouse, outlet_id)
    location = context.unit.peek("locations", location_id)
    note_outlet(context, ("locations", location_id), location, outlet_id)
    if location is not None:
        return {"outlet_id": location["outlet_id"], "warehouse_id": location["warehouse_id"]}
    home = warehouse["outlet_id"] if warehouse is not None else outlet_id
    return {"outlet_id": home, "warehouse_id": warehouse_id}


def place_keys(op: Any) -> list[Key]:
    """Name the rows that `place_of` looks at for a fact with a warehouse and a location."""
    return [("warehouses", op.warehouse_id), ("locations", op.location_id)]
