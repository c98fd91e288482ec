"""Chunks of open sales orders as operations."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.open_order_rows import open_order_outcomes
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, line_id, order_id
from merchant_desk.domain.imports_open_orders import OpenOrder, OpenOrderOutcome
from merchant_desk.domain.imports_order_lines import OrderKind
from merchant_desk.domain.orders import ImportOrders, NewOrder, OrderLine
from merchant_desk.jobs.desk_articles import DeskArticles
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.imports import Lines, StandingOrder
from merchant_desk.models.queries.opening_stock import prices_of, sku_keys_of
from merchant_desk.models.queries.parties import buyer_codes
from merchant_desk.sync.runtime import DeskRuntime


class OpenOrderSteps:
    """Open orders of one plan; one whose number stands with the same content is not sent again."""

    kind: Final[ImportKind] = "open_orders"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id
        self._runtime = runtime

    def outcomes(self) -> Iterator[OpenOrderOutcome]:
        """Read the file: what becomes of each order."""
        return open_order_outcomes(self._plan.table, self._plan.mapping, _DeskOrders(self._runtime))

    def step(self, chunk: Chunk[OpenOrderOutcome]) -> Step:
        """Return the orders of a chunk that are new; a number of another order is named by row."""
        orders = {sku_key(one.order.number): (one.order, one.rows) for one in chunk.outcomes if one.order}
        standing = self._standing.orders(orders)
        keys = self._sku_keys(order for order, _ in orders.values())
        new: list[OpenOrder] = []
        taken: dict[int, Fault] = {}
        same: list[int] = []
        for key, (order, rows) in orders.items():
            found = standing.get(key)
            if found is None:
                new.append(order)
            elif self._says_the_same(order, found, keys):
                same += (row.row for row in rows)
            else:
                fault = Fault(FaultCode.NUMBER_TAKEN, "order_number", order.number)
                taken.update((row.row, fault) for row in rows)
        left = len(orders) - len(new) - len({id(fault) for fault in taken.values()})
        operations = (self._operation(chunk.number, new),) if new else ()
        return Step(chunk.number, operations, len(new), left, taken, standing_rows=tuple(same))

    def _sku_keys(self, orders: Iterable[OpenOrder]) -> dict[UUID, str]:
        skus = {line.sku_id for order in orders for line in order.lines}
        with self._runtime.read() as connection, connection.begin():
            return sku_keys_of(connection, skus)

    def _says_the_same(self, order: OpenOrder, found: StandingOrder, keys: Mapping[UUID, str]) -> bool:
        """Tell whether the order that has the number is this one."""
        lines: Lines = Counter((keys[one.sku_id], one.quantity, one.unit_price) for one in order.lines)
        head = (self._plan.choices.channel, OrderKind.SALE.value, order.placed_at, order.buyer_id)
        return lines == found.lines and head == (found.channel, found.kind, found.placed_at, found.buyer_id)

    def _operation(self, number: int, orders: list[OpenOrder]) -> ImportOrders:
        place, channel = self._plan.place, self._plan.choices.channel
        derived = {order.number: order_id(place.merchant_id, channel, order.number) for order in orders}
        free = self._standing.free_ids("orders", list(derived.values()))
        made = tuple(self._new_order(free[derived[order.number]], order) for order in orders)
        return ImportOrders(self._job_id, number, place.outlet_id, made, ())

    def _new_order(self, id: UUID, order: OpenOrder) -> NewOrder:
        lines = (
            OrderLine(line_id(id, one.position), one.sku_id, one.quantity, one.unit_price, one.amount)
            for one in order.lines
        )
        return NewOrder(
            order_id=id,
            number=order.number,
            channel=self._plan.choices.channel,
            warehouse_id=self._plan.place.warehouse_id,
            buyer_id=order.buyer_id,
            buyer=order.customer,
            status="review",
            placed_at=order.placed_at,
            due_at=None,
            freight=0,
            discount=0,
            lines=tuple(lines),
        )


class _DeskOrders(DeskArticles):
    """The products and customers that this desk knows."""

    def customers(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return customers by their code."""
        with self._runtime.read() as connection, connection.begin():
            return buyer_codes(connection, codes)

    def prices(self, skus: Iterable[UUID]) -> Mapping[UUID, int]:
        """Return products' prices."""
        with self._runtime.read() as connection, connection.begin():
            return prices_of(connection, skus)
