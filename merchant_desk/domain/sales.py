"""Sales made elsewhere, at a till or in a system used before; and orders that came to their end."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation


@dataclass(frozen=True)
class SoldGoods:
    """What left a location for an order, 10^-6 base units."""

    order_id: UUID
    location_id: UUID
    sku_id: UUID
    lot_id: UUID | None
    quantity: int


@operation("record_sales", nature=Nature.FACT, right="ship")
@dataclass(frozen=True)
class RecordSales:
    """Fact: goods were handed to customers by the word of another system, such as a till at its closing.

    Orders among them that are still open are completed. At most some 2,000 goods in one operation.
    """

    outlet_id: UUID
    warehouse_id: UUID
    source: str
    goods: tuple[SoldGoods, ...]


@operation("complete_orders", nature=Nature.FACT, right="order")
@dataclass(frozen=True)
class CompleteOrders:
    """Fact: the buyers have their goods: they said so, or the channel's time for saying otherwise ran out."""

    outlet_id: UUID
    order_ids: tuple[UUID, ...]
