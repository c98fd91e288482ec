"""Sales orders: what buyers want."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.amounts import MAX_AMOUNT, MAX_PRICE
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import check_quantity

OPEN_STATUSES = ("review", "accepted", "picking", "on_hold")
STATUSES = (*OPEN_STATUSES, "shipped", "completed", "cancelled", "refused")


@dataclass(frozen=True)
class OrderLine:
    """What is sold: 10^-6 base units at 10^-6 major unit each; `amount` is the line's total, minor units."""

    line_id: UUID
    sku_id: UUID
    quantity: int
    unit_price: int
    amount: int


@dataclass(frozen=True)
class NewOrder:
    """An order as it enters. Amounts in minor units; times in microseconds UTC."""

    order_id: UUID
    number: str
    channel: str
    warehouse_id: UUID
    buyer_id: UUID | None
    buyer: str
    status: str
    placed_at: int
    due_at: int | None
    freight: int
    discount: int
    lines: tuple[OrderLine, ...]
    note: str = ""


@operation("place_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class PlaceOrder:
    """Decision: take an order. Its number is refused by name when it is taken."""

    outlet_id: UUID
    order: NewOrder


@operation("import_orders", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportOrders:
    """Decision: one chunk of an import job; orders that stand already are left as they are."""

    job_id: UUID
    chunk: int
    outlet_id: UUID
    orders: tuple[NewOrder, ...]


@operation("accept_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class AcceptOrder:
    """Decision: reserve the order's goods and hand it to the floor; refused when stock is short."""

    order_id: UUID
    outlet_id: UUID


@operation("cancel_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class CancelOrder:
    """Decision: the order will not be shipped; its reservations end."""

    order_id: UUID
    outlet_id: UUID
    reason: str


@operation("hold_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class HoldOrder:
    """Decision: stop the order for a reason, or (empty reason) let it go on."""

    order_id: UUID
    outlet_id: UUID
    reason: str


@operation("refund_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class RefundOrder:
    """Decision: give money back, minor units."""

    order_id: UUID
    outlet_id: UUID
    amount: int
    reason: str


def check_order(order: NewOrder) -> None:
    """Refuse an order without lines, with bad quantities, or in a status that no order can be in."""
    if not order.lines:
        raise Refusal("no_lines")
    if order.status not in STATUSES:
        raise Refusal("unknown_status", status=order.status)
    for line in order.lines:
        check_quantity(line.quantity)
        check_amount(line.amount)
        if not 0 <= line.unit_price <= MAX_PRICE:
            raise Refusal("price_absurd", price=line.unit_price, most=MAX_PRICE)
    check_amount(order.freight)
    check_amount(order.discount)


def check_amount(amount: int) -> None:
    """Refuse an amount beyond belief, either way (`amount_absurd`). Minor units."""
    if abs(amount) > MAX_AMOUNT:
        raise Refusal("amount_absurd", amount=amount, most=MAX_AMOUNT)


def check_can_accept(status: str, number: str) -> None:
    """Refuse to accept what is not under review (`order_not_in_review`)."""
    if status != "review":
        raise Refusal("order_not_in_review", number=number, status=status)


def check_can_cancel(status: str, number: str) -> None:
    """Refuse to cancel what left or ended already (`order_ended`)."""
    if status not in OPEN_STATUSES:
        raise Refusal("order_ended", number=number, status=status)


def check_available(sku: str, wanted: int, available: int) -> None:
    """Refuse to promise what is not there (`stock_short`). Quantities in 10^-6 base units."""
    if wanted > available:
        raise Refusal("stock_short", sku=sku, wanted=wanted, available=max(available, 0))


def check_refund(amount: int, total: int, refunded: int) -> None:
    """Refuse a refund of nothing or of more than was paid (`refund_amount`). Minor units."""
    if amount <= 0 or refunded + amount > total:
        raise Refusal("refund_amount", amount=amount, most=max(total - refunded, 0))
