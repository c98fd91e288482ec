"""Sales orders: what buyers want."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.amounts import MAX_AMOUNT, MAX_PRICE
from merchant_desk.domain.imports_order_lines import OrderKind
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import check_quantity

OPEN_STATUSES = ("review", "accepted", "picking", "on_hold")
STATUSES = (*OPEN_STATUSES, "shipped", "completed", "cancelled", "refused")


@dataclass(frozen=True)
class OrderLine:
    """What is sold: 10^-6 base units at 10^-6 major unit each; `amount` is the line's total, minor units.

    `rule` is the import's rule that the line came in by ("" for an order placed here); goods that came back
    have a quantity below zero.
    """

    line_id: UUID
    sku_id: UUID
    quantity: int
    unit_price: int
    amount: int
    rule: str = ""


@dataclass(frozen=True)
class OrderCharge:
    """Money beside goods: freight, a fee, a discount, a voucher sold, a bad debt written off.

    Quantity in 10^-6, unit price in 10^-6 major unit and amount in minor units may all be below zero.
    `service` says what it is for ("" if nobody knows), `code` and `name` how the source calls it.
    """

    charge_id: UUID
    code: str
    name: str
    service: str
    rule: str
    quantity: int
    unit_price: int
    amount: int


@dataclass(frozen=True)
class NewOrder:
    """An order as it enters. Amounts in minor units; times in microseconds UTC.

    `kind` other than a sale is history that was imported: a cancellation, stock or money adjusted elsewhere.
    """

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
    kind: str = OrderKind.SALE.value
    charges: tuple[OrderCharge, ...] = ()


@dataclass(frozen=True)
class ImportedBuyer:
    """A customer that an imported order names by the code that its source has for them."""

    buyer_id: UUID
    code: str


@operation("place_order", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class PlaceOrder:
    """Decision: take an order. Its number is refused by name when it is taken."""

    outlet_id: UUID
    order: NewOrder


@operation("import_orders", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportOrders:
    """Decision: one chunk of an import job; orders and buyers that stand already are left as they are.

    History moves no stock: what an order did to it happened before this ledger began.
    """

    job_id: UUID
    chunk: int
    outlet_id: UUID
    orders: tuple[NewOrder, ...]
    buyers: tuple[ImportedBuyer, ...] = ()


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
    for line in order.lines:
        check_quantity(line.quantity)
    _check_money(order)


def check_imported_order(order: NewOrder) -> None:
    """Refuse an imported order that holds nothing, or that would have to be worked on and cannot be.

    Raises:
        Refusal: `no_lines`, `not_a_sale`: only a sale whose goods all go out can be open; and those of
            `check_order`, quantities below zero excepted.
    """
    if not order.lines and not order.charges:
        raise Refusal("no_lines")
    for line in order.lines:
        check_quantity(abs(line.quantity))
    goes_out = bool(order.lines) and all(line.quantity > 0 for line in order.lines)
    if order.status in OPEN_STATUSES and not (order.kind == OrderKind.SALE and goes_out):
        raise Refusal("not_a_sale", number=order.number, kind=order.kind)
    if order.kind not in set(OrderKind):
        raise Refusal("unknown_kind", kind=order.kind)
    _check_money(order)


def _check_money(order: NewOrder) -> None:
    if order.status not in STATUSES:
        raise Refusal("unknown_status", status=order.status)
    for line in order.lines:
        check_amount(line.amount)
        if not 0 <= line.unit_price <= MAX_PRICE:
            raise Refusal("price_absurd", price=line.unit_price, most=MAX_PRICE)
    for charge in order.charges:
        check_quantity(abs(charge.quantity) or 1)
        check_amount(charge.amount)
        if abs(charge.unit_price) > MAX_PRICE:
            raise Refusal("price_absurd", price=charge.unit_price, most=MAX_PRICE)
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
