"""Where a job works: whose books, which outlet and warehouse."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.floor import warehouse_of
from merchant_desk.sync.runtime import DeskRuntime

IN_WAREHOUSE: Final[frozenset[ImportKind]] = frozenset(
    {"orders", "open_orders", "purchase_orders", "opening_stock", "locations"}
)
"""Kinds of files whose rows are brought into a warehouse; the others concern the outlet or the merchant."""


@dataclass(frozen=True, slots=True)
class Place:
    """A desk's merchant and outlet; `currency` is that of the merchant's books (ISO 4217).

    `warehouse` is the desk's, None where nobody was to ask for one.
    """

    merchant_id: UUID
    outlet_id: UUID
    warehouse: UUID | None
    currency: str

    @property
    def warehouse_id(self) -> UUID:
        """The desk's warehouse.

        Raises:
            LookupError: nobody asked for it, which is a bug in the caller.
        """
        if self.warehouse is None:
            raise LookupError("this work is not of a warehouse")
        return self.warehouse


def place_of(runtime: DeskRuntime, kind: ImportKind) -> Place:
    """Return where a desk works, for a file of this kind.

    Raises:
        Refusal: `no_warehouse`: nothing was pulled, or the file belongs in a warehouse and there is none yet.
            `warehouse_not_chosen`: it does, there are several, and this desk was not told which.
    """
    identity = runtime.identity
    warehouse: UUID | None = None
    with runtime.read() as connection, connection.begin():
        if kind in IN_WAREHOUSE:
            warehouse = warehouse_of(connection, identity.outlet_id, runtime.profile.local.decisions).id
        currency = _currency(connection, identity.merchant_id)
    return Place(identity.merchant_id, identity.outlet_id, warehouse, currency)


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
