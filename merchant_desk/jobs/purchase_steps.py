"""Chunks of purchase orders as operations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.purchase_rows import purchase_outcomes
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode
from merchant_desk.domain.imports_purchases import (
    ImportedPurchase,
    PurchaseOutcome,
    purchase_id,
    purchase_line_id,
)
from merchant_desk.domain.purchasing import ImportPurchaseOrders, PlacePurchaseOrder, PurchaseLine
from merchant_desk.jobs.desk_articles import DeskArticles
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.purchase_imports import (
    StandingPurchase,
    purchases_by_keys,
    suppliers_named,
)
from merchant_desk.sync.runtime import DeskRuntime


class PurchaseSteps:
    """Purchase orders of one plan; one whose number stands with the same content is not sent again."""

    kind: Final[ImportKind] = "purchase_orders"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id
        self._runtime = runtime

    def outcomes(self) -> Iterator[PurchaseOutcome]:
        """Read the file: what becomes of each purchase order."""
        return purchase_outcomes(self._plan.table, self._plan.mapping, _DeskTrade(self._runtime))

    def step(self, chunk: Chunk[PurchaseOutcome]) -> Step:
        """Return the purchase orders of a chunk that are new; a number of another order is named by row."""
        orders = {sku_key(one.order.number): one for one in chunk.outcomes if one.order is not None}
        with self._runtime.read() as connection, connection.begin():
            standing = purchases_by_keys(connection, orders)
        new: list[ImportedPurchase] = []
        taken: dict[int, Fault] = {}
        same = 0
        standing_rows: list[int] = []
        for key, outcome in orders.items():
            order = outcome.order
            if order is None:
                continue
            found = standing.get(key)
            if found is None:
                new.append(order)
            elif _says_the_same(order, found):
                same += 1
                standing_rows += (row.row for row in outcome.rows)
            else:
                fault = Fault(FaultCode.NUMBER_TAKEN, "order_number", order.number)
                taken.update((row.row, fault) for row in outcome.rows)
        operations = tuple(self._operations(chunk.number, new))
        return Step(chunk.number, operations, len(new), same, taken, standing_rows=tuple(standing_rows))

    def _operations(self, number: int, orders: list[ImportedPurchase]) -> Iterator[ImportPurchaseOrders]:
        if not orders:
            return
        place = self._plan.place
        derived = {order.number: purchase_id(place.merchant_id, order.number) for order in orders}
        free = self._standing.free_ids("purchase_orders", list(derived.values()))
        placed = tuple(self._placed(free[derived[order.number]], order) for order in orders)
        sent = tuple(free[derived[order.number]] for order in orders if order.sent)
        yield ImportPurchaseOrders(self._job_id, number, place.outlet_id, placed, sent)

    def _placed(self, id: UUID, order: ImportedPurchase) -> PlacePurchaseOrder:
        place = self._plan.place
        lines = (
            PurchaseLine(purchase_line_id(id, line.position), line.sku_id, line.quantity, line.unit_cost)
            for line in order.lines
        )
        return PlacePurchaseOrder(
            id,
            order.number,
            place.outlet_id,
            place.warehouse_id,
            order.supplier_id,
            order.due_day,
            tuple(lines),
        )


def _says_the_same(order: ImportedPurchase, found: StandingPurchase) -> bool:
    """Tell whether the order that has the number is this one: supplier, day and goods."""
    goods = sorted((line.sku_id.bytes, line.quantity) for line in order.lines)
    return (order.supplier_id, order.due_day, goods) == (found.supplier_id, found.due_day, found.goods)


class _DeskTrade(DeskArticles):
    """The suppliers and products that this desk knows."""

    def suppliers(self, names: Iterable[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Return suppliers by code, else by name."""
        wanted = list(names)
        with self._runtime.read() as connection, connection.begin():
            by_code, by_name = suppliers_named(connection)
        found = ((name, sku_key(name)) for name in wanted)
        return {name: by_code.get(key) or by_name.get(key, ()) for name, key in found}
