"""Purchase orders: what we expect from suppliers."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.products import check_cost
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import check_quantity


@dataclass(frozen=True)
class PurchaseLine:
    """A SKU and how much of it, 10^-6 base units; cost 10^-6 major unit per base unit."""

    line_id: UUID
    sku_id: UUID
    quantity: int
    unit_cost: int


@operation("place_purchase_order", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class PlacePurchaseOrder:
    """Decision: order goods from a supplier; expected in the warehouse from the moment it is sent."""

    order_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    supplier_id: UUID
    due_day: int
    lines: tuple[PurchaseLine, ...]


@operation("import_purchase_orders", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportPurchaseOrders:
    """Decision: one chunk of an import job; orders whose number stands already are left as they are.

    Each is a draft, as if it had been typed; those in `sent` are with the supplier already, and expected.
    """

    job_id: UUID
    chunk: int
    outlet_id: UUID
    orders: tuple[PlacePurchaseOrder, ...]
    sent: tuple[UUID, ...] = ()


@operation("send_purchase_order", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class SendPurchaseOrder:
    """Decision: the supplier has it now; its goods become expected."""

    order_id: UUID
    outlet_id: UUID


@operation("close_purchase_order", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class ClosePurchaseOrder:
    """Decision: nothing more will come; what is missing is no longer expected (closed short)."""

    order_id: UUID
    outlet_id: UUID
    reason: str


def check_lines(lines: tuple[PurchaseLine, ...]) -> None:
    """Refuse an order without lines (`no_lines`), a bad quantity or a negative cost (`cost_negative`)."""
    if not lines:
        raise Refusal("no_lines")
    for line in lines:
        check_quantity(line.quantity)
        check_cost(line.unit_cost)


def check_can_send(status: str, number: str) -> None:
    """Refuse to send what is not a draft (`purchase_order_not_draft`)."""
    if status != "draft":
        raise Refusal("purchase_order_not_draft", number=number, status=status)


def check_can_close(status: str, number: str) -> None:
    """Refuse to close what is closed already (`purchase_order_closed`)."""
    if status == "closed":
        raise Refusal("purchase_order_closed", number=number)
