"""Where a job works: whose books, which outlet and warehouse."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

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
            `warehouse_not_chosen`: it has several, and this desk was not told which.
    """
    identity = runtime.identity
    with runtime.read() as connection, connection.begin():
        warehouse = warehouse_of(connection, identity.outlet_id, runtime.profile.local.decisions)
        currency = _currency(connection, identity.merchant_id)
    return Place(identity.merchant_id, identity.outlet_id, warehouse.id, currency)


def currency_of(runtime: DeskRuntime) -> str:
    """Return the currency of the merchant's books (ISO 4217), whichever warehouse a desk works in.

    Raises:
        Refusal: `no_warehouse`: nothing was pulled yet.
    """
    with runtime.read() as connection, connection.begin():
        return _currency(connection, runtime.identity.merchant_id)


def _currency(connection: Connection, merchant_id: UUID) -> str:
    query = text("SELECT currency FROM merchants WHERE id = :id")
    found = connection.execute(query, {"id": merchant_id.bytes}).scalar()
    if found is None:
        raise Refusal("no_warehouse")
    return str(found)
