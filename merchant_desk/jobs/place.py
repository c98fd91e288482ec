"""Where a job works: whose books, which outlet and warehouse."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.floor import warehouse_of
from merchant_desk.sync.runtime import DeskRuntime


@dataclass(frozen=True, slots=True)
class Place:
    """A desk's merchant, outlet and warehouse; `currency` is that of the merchant's books (ISO 4217)."""

    merchant_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    currency: str


def place_of(runtime: DeskRuntime) -> Place:
    """Return where a desk works.

    Raises:
        Refusal: `no_warehouse`: the outlet has none yet, or nothing was pulled.
    """
    identity = runtime.identity
    with runtime.read() as connection, connection.begin():
        warehouse = warehouse_of(connection, identity.outlet_id)
        query = text("SELECT currency FROM merchants WHERE id = :id")
        currency = connection.execute(query, {"id": identity.merchant_id.bytes}).scalar()
    if warehouse is None or currency is None:
        raise Refusal("no_warehouse")
    return Place(identity.merchant_id, identity.outlet_id, warehouse.id, str(currency))
