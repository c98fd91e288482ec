"""Chunks of orders as operations: first the SKUs that they name and nobody has, then the orders."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import (
    CHUNK_BYTES,
    Chunk,
    Fault,
    FaultCode,
    buyer_id,
    line_id,
    order_id,
    sku_id,
)
from merchant_desk.domain.imports_order_lines import OrderKind
from merchant_desk.domain.imports_orders import ImportedLine, ImportedOrder, OrderOutcome
from merchant_desk.domain.orders import ImportedBuyer, ImportOrders, NewOrder, OrderCharge, OrderLine
from merchant_desk.domain.products import ImportProducts, NewSku
from merchant_desk.jobs.order_lines import is_goods, order_bytes
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing

MOST_SKUS: Final = 100
"""New SKUs in one operation."""


class OrderSteps:
    """Orders of one plan; what stands already is not sent again."""

    kind: Final[ImportKind] = "orders"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id
        self._skus: dict[str, UUID] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._buyers: set[UUID] = set()

    def outcomes(self) -> Iterator[OrderOutcome]:
        """Read the file: what becomes of each order."""
        return self._plan.orders()

    def step(self, chunk: Chunk[OrderOutcome]) -> Step:
        """Return the SKUs and orders of a chunk that are new."""
        found = [outcome for outcome in chunk.outcomes if outcome.order is not None]
        orders = {sku_key(one.order.number): one for one in found if one.order is not None}
        for one in orders.values():
            if one.order is not None:
                self._names.update((sku.key, (sku.sku, sku.name)) for sku in one.order.new_skus)
        standing = self._standing.orders(orders)
        channel = self._plan.choices.channel
        foreign = [key for key, order in standing.items() if order.channel != channel]
        taken = {
            row.row: Fault(FaultCode.NUMBER_TAKEN, "order_number", order.number)
            for key in foreign
            if (order := orders[key].order) is not None
            for row in orders[key].rows
        }
        new = [one.order for key, one in orders.items() if key not in standing and one.order is not None]
        operations: list[object] = [*self._sku_operations(chunk.number, new)]
        operations += self._order_operations(chunk.number, new)
        return Step(chunk.number, tuple(operations), len(new), len(orders) - len(new) - len(foreign), taken)

    # -- SKUs --------------------------------------------------------------------------------------

    def _sku_operations(self, number: int, orders: Sequence[ImportedOrder]) -> Iterator[ImportProducts]:
        """Return what makes the SKUs of goods that no desk knows yet."""
        lines = {
            line.sku_key: line
            for order in orders
            for line in order.lines
            if is_goods(line) and line.sku_key not in self._skus
        }
        self._skus.update(self._standing.skus(lines))
        missing = [line for key, line in lines.items() if key not in self._skus]
        merchant = self._plan.place.merchant_id
        derived = {line.sku_key: sku_id(merchant, line.sku_key) for line in missing}
        free = self._standing.free_ids("skus", list(derived.values()))
        self._skus.update((key, free[id]) for key, id in derived.items())
        items = [self._new_sku(line) for line in missing]
        for start in range(0, len(items), MOST_SKUS):
            yield ImportProducts(self._job_id, number, tuple(items[start : start + MOST_SKUS]))

    def _new_sku(self, line: ImportedLine) -> NewSku:
        sku, name = self._names.get(line.sku_key, (line.stock_code, line.description or line.stock_code))
        return NewSku(
            sku_id=self._skus[line.sku_key],
            sku=sku,
            name=name,
            name_en="",
            category="",
            base_unit=self._plan.mapping.options.unit,
            price=0,
            track_lot=False,
            track_expiry=False,
            shelf_life_days=0,
            min_days_left=0,
            barcodes=(),
        )

    # -- orders ------------------------------------------------------------------------------------

    def _order_operations(self, number: int, orders: Sequence[ImportedOrder]) -> Iterator[ImportOrders]:
        merchant, channel = self._plan.place.merchant_id, self._plan.choices.channel
        derived = {order.number: order_id(merchant, channel, order.number) for order in orders}
        free = self._standing.free_ids("orders", list(derived.values()))
        outlet = self._plan.place.outlet_id
        for part in _parts(orders):
            made = tuple(self._new_order(free[derived[order.number]], order) for order in part)
            yield ImportOrders(self._job_id, number, outlet, made, tuple(self._new_buyers(part)))

    def _new_order(self, id: UUID, order: ImportedOrder) -> NewOrder:
        is_open = self._is_open(order)
        goods, charges = [], []
        for line in order.lines:
            # What comes back within an order that is still to be shipped is money here: its goods are
            # received when they arrive, and nobody is to pick them.
            if is_goods(line) and not (is_open and line.quantity < 0):
                goods.append(self._line(id, line))
            else:
                charges.append(_charge(id, line))
        customer = order.customer_code
        return NewOrder(
            order_id=id,
            number=order.number,
            channel=self._plan.choices.channel,
            warehouse_id=self._plan.place.warehouse_id,
            buyer_id=self._buyer_id(customer) if customer else None,
            buyer=customer or "",
            status="review" if is_open else "completed",
            placed_at=order.placed_at,
            due_at=None,
            freight=0,
            discount=0,
            lines=tuple(goods),
            note=_note(order),
            kind=order.kind.value,
            charges=tuple(charges),
        )

    def _is_open(self, order: ImportedOrder) -> bool:
        since = self._plan.choices.open_from
        if since is None or order.placed_at < since or order.kind is not OrderKind.SALE:
            return False
        return any(is_goods(line) and line.quantity > 0 for line in order.lines)

    def _line(self, id: UUID, line: ImportedLine) -> OrderLine:
        return OrderLine(
            line_id(id, line.position),
            self._skus[line.sku_key],
            line.quantity,
            line.unit_price,
            line.amount,
            line.rule.value,
        )

    def _buyer_id(self, customer: str) -> UUID:
        return buyer_id(self._plan.place.merchant_id, self._plan.choices.channel, customer)

    def _new_buyers(self, orders: Iterable[ImportedOrder]) -> Iterator[ImportedBuyer]:
        """Yield the customers that nobody knows yet; a channel's codes are its own."""
        customers = dict.fromkeys(order.customer_code for order in orders if order.customer_code)
        codes = {customer: self._buyer_id(customer) for customer in customers}
        asked = {code: id for code, id in codes.items() if id not in self._buyers}
        self._buyers |= self._standing.buyers(asked.values())
        for code, id in asked.items():
            if id not in self._buyers:
                self._buyers.add(id)
                yield ImportedBuyer(id, f"{self._plan.choices.channel}/{code}")


def _charge(order: UUID, line: ImportedLine) -> OrderCharge:
    return OrderCharge(
        line_id(order, line.position),
        line.stock_code,
        line.description or line.stock_code,
        line.service.value,
        line.rule.value,
        line.quantity,
        line.unit_price,
        line.amount,
    )


def _note(order: ImportedOrder) -> str:
    """Return what is kept in words: beside stock that was written on or off people say why."""
    if order.kind is OrderKind.STOCK_ADJUSTMENT:
        return "; ".join(dict.fromkeys(line.description for line in order.lines if line.description))
    return order.country


def _parts(orders: Sequence[ImportedOrder]) -> Iterator[list[ImportedOrder]]:
    """Cut orders so that each part fits into an operation's body."""
    part: list[ImportedOrder] = []
    size = 0
    for order in orders:
        more = order_bytes(order)
        if part and size + more > CHUNK_BYTES:
            yield part
            part, size = [], 0
        part.append(order)
        size += more
    if part:
        yield part
