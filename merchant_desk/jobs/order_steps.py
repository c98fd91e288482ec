"""Chunks of orders as operations: first the SKUs that they name and nobody has, then the orders."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import (
    CHUNK_BYTES,
    Chunk,
    Effect,
    Fault,
    FaultCode,
    RowOutcome,
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
from merchant_desk.models.queries.imports import Lines, StandingOrder

MOST_SKUS: Final = 100
"""New SKUs in one operation."""

AHEAD: Final = 86_400 * MICRO
"""Microseconds that an order's time may lie ahead: clocks and zones differ by no more than a day."""


class OrderSteps:
    """Orders of one plan; what stands already is not sent again.

    Args:
        plan: the file.
        standing: what is here.
        job_id: the job.
        now: microseconds UTC, by the desk's corrected clock.
    """

    kind: Final[ImportKind] = "orders"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID, now: int) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id
        self.latest = now + AHEAD
        self._skus: dict[str, UUID] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._buyers: set[UUID] = set()

    def outcomes(self) -> Iterator[OrderOutcome]:
        """Read the file: what becomes of each order."""
        return self._plan.outcomes(self.latest)

    def step(self, chunk: Chunk[OrderOutcome]) -> Step:
        """Return the SKUs and orders of a chunk that are new; a number of another order is named by row."""
        orders = {sku_key(one.order.number): one.order for one in chunk.outcomes if one.order is not None}
        rows = {sku_key(one.order.number): one.rows for one in chunk.outcomes if one.order is not None}
        for order in orders.values():
            self._names.update((sku.key, (sku.sku, sku.name)) for sku in order.new_skus)
        standing = self._standing.orders(orders)
        others = self._others(orders, standing)
        taken = {
            row.row: Fault(FaultCode.NUMBER_TAKEN, "order_number", orders[key].number)
            for key in others
            for row in _written(rows[key])
        }
        new = [order for key, order in orders.items() if key not in standing]
        operations: list[object] = [*self._sku_operations(chunk.number, new)]
        operations += self._order_operations(chunk.number, new)
        same = [row.row for key in standing.keys() - set(others) for row in _written(rows[key])]
        count = len(standing) - len(others)
        return Step(chunk.number, tuple(operations), len(new), count, taken, standing_rows=tuple(same))

    # -- what stands -------------------------------------------------------------------------------

    def _others(
        self, orders: Mapping[str, ImportedOrder], standing: Mapping[str, StandingOrder]
    ) -> list[str]:
        """Return the keys of numbers of other orders: channel, kind, time, customer or lines differ."""
        said = {key: _lines(orders[key]) for key in standing}
        codes = {code for lines in said.values() for code, _, _ in lines}
        codes |= {code for found in standing.values() for code, _, _ in found.lines}
        kept = self._standing.kept_keys(codes)
        return [
            key
            for key, found in standing.items()
            if self._head(orders[key]) != (found.channel, found.kind, found.placed_at, found.buyer_id)
            or _by_kept(said[key], kept) != _by_kept(found.lines, kept)
        ]

    def _head(self, order: ImportedOrder) -> tuple[str, str, int, UUID | None]:
        customer = order.customer_code
        buyer = self._buyer_id(customer) if customer else None
        return self._plan.choices.channel, order.kind.value, order.placed_at, buyer

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
            part, unit = tuple(items[start : start + MOST_SKUS]), self._plan.mapping.options.unit
            yield ImportProducts(self._job_id, number, part, unit=unit)

    def _new_sku(self, line: ImportedLine) -> NewSku:
        sku, name = self._names.get(line.sku_key, (line.stock_code, line.description or line.stock_code))
        return NewSku(
            sku_id=self._skus[line.sku_key],
            sku=sku,
            name=name,
            name_en="",
            category="",
            base_unit="",
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


def _written(rows: Iterable[RowOutcome]) -> Iterator[RowOutcome]:
    return (row for row in rows if row.effect is Effect.WRITTEN)


def _lines(order: ImportedOrder) -> Lines:
    return Counter((line.sku_key, line.quantity, line.unit_price) for line in order.lines)


def _by_kept(lines: Lines, kept: Mapping[str, str]) -> Lines:
    """Return lines under the code of the product that was kept, where theirs was merged into it."""
    found: Lines = Counter()
    for (code, quantity, price), count in lines.items():
        found[kept.get(code, code), quantity, price] += count
    return found


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
