"""Undoing an import: a job of compensations for what its operations brought in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any, Final, TypeVar
from uuid import UUID

from merchant_desk.domain.deletions import check_deletions
from merchant_desk.domain.imports_corrections import (
    ImportCorrections,
    ProductCorrection,
    SupplierCorrection,
    turned,
)
from merchant_desk.domain.imports_parties import ImportBuyers, ImportSuppliers
from merchant_desk.domain.imports_setup import SETUP
from merchant_desk.domain.jobs import UndoImport
from merchant_desk.domain.opening_stock import ImportOpeningStock, opening_id
from merchant_desk.domain.orders import ImportOrders
from merchant_desk.domain.products import ImportProducts, barcode_id
from merchant_desk.domain.purchasing import ImportPurchaseOrders
from merchant_desk.domain.taxes import GivenTax, ImportProductTaxes
from merchant_desk.jobs.corrections_left import LeftAlone, left_alone
from merchant_desk.jobs.faults import NoSuchJob, SetupStays
from merchant_desk.jobs.passes import Cancelled, never
from merchant_desk.jobs.queue import Queue, Who
from merchant_desk.models.queries.imports import (
    barcodes_of,
    count_barcodes,
    job_kind,
    job_status,
    own_operations,
    skus_in_use,
    undone_so_far,
)
from merchant_desk.models.queries.parties import buyers_kept, suppliers_in_use
from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.runtime import DeskRuntime

T = TypeVar("T")

AT_ONCE: Final = 50
"""Orders or SKUs in one operation."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back since the import last brought any, and what is left of all that it ever brought:
    somebody has used it since, or it was not reached yet. `left` are records that were corrected and changed
    again since, field by field: those stay.
    """

    job_id: UUID
    taken_back: int
    kept: int
    operations: int
    left: tuple[LeftAlone, ...] = ()


@dataclass
class _Made:
    """What a job's operations brought in, each once, in their order.

    `taxes` are those given to products that stood, by the operation's place: given again after an undo, a
    tax is another one. So it is with `products` and `names`, which were corrected.
    """

    orders: dict[UUID, None] = field(default_factory=dict)
    skus: dict[UUID, None] = field(default_factory=dict)
    barcodes: dict[UUID, None] = field(default_factory=dict)
    purchases: dict[UUID, None] = field(default_factory=dict)
    openings: dict[UUID, None] = field(default_factory=dict)
    suppliers: dict[UUID, None] = field(default_factory=dict)
    buyers: dict[UUID, None] = field(default_factory=dict)
    taxes: dict[tuple[int, UUID], GivenTax] = field(default_factory=dict)
    products: dict[tuple[int, UUID], ProductCorrection] = field(default_factory=dict)
    names: dict[tuple[int, UUID], SupplierCorrection] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(getattr(self, one.name)) for one in fields(self))


class UndoJob:
    """Takes an import back, on the desk that did it: its operations are in that desk's outbox.

    Orders with a shipment, a refund or a reservation stay, purchase orders with a receipt, opening stock of
    goods that were moved or counted since, SKUs that stock, orders or purchases know, suppliers and
    customers with orders, customers whose keys the server does not have yet, and what somebody has changed
    since of what was corrected. What an import of orders
    made of buyers stays. Again, or after an interruption, it goes on with the rest.

    Args:
        runtime: the desk.
        who: asked for the person, at each operation.
        job_id: the import.
        confirmed: how many barcodes the person knows to go; needed where that is a large part of them.

    Raises:
        NoSuchJob: this desk did not carry the job out.
        SetupStays: the job set the shop up.
    """

    def __init__(self, runtime: DeskRuntime, who: Who, job_id: UUID, confirmed: int = 0) -> None:
        self._runtime = runtime
        self._who = who
        self._job_id = job_id
        self._confirmed = confirmed
        with runtime.read() as connection, connection.begin():
            self._status = job_status(connection, job_id)
            kind = job_kind(connection, job_id)
            self._made = _made(own_operations(connection, job_id))
        if kind in SETUP:
            raise SetupStays(kind)
        if not self._status or not self._made:
            raise NoSuchJob(str(job_id))

    def run(self, cancelled: Cancelled = never) -> Undone:
        """Take back what can be; orders first, since they are uses of SKUs.

        Raises:
            Refusal: `deletes_much`, before anything is taken back; or another rule said no, such as
                `not_allowed`; what was taken back before stays so.
        """
        self._check_deletions()
        with self._runtime.read() as connection, connection.begin():
            left = left_alone(connection, self._made.products.values(), self._made.names.values())
        with Queue(self._runtime, self._who, self._job_id) as queue:
            for body in self._operations(queue):
                if cancelled():
                    break
                queue.add(body)
            queue.drain()
        with self._runtime.read() as connection, connection.begin():
            ever, since = undone_so_far(connection, self._job_id)
        return Undone(self._job_id, since, len(self._made) - ever, queue.count, left)

    def _operations(self, queue: Queue) -> Iterator[UndoImport]:
        numbers, made = count(1), self._made
        for part in _parts(list(made.orders)):
            yield self._operation(next(numbers), orders=part)
        for part in _parts(list(made.purchases)):
            yield self._operation(next(numbers), purchases=part)
        for part in _parts(list(made.openings)):
            yield self._operation(next(numbers), openings=part)
        for given in _parts(list(reversed(made.taxes.values()))):
            yield self._operation(next(numbers), taxes=given)
        for products in _parts([turned(one) for one in reversed(made.products.values())]):
            yield self._operation(next(numbers), products=products)
        for names in _parts([turned(one) for one in reversed(made.names.values())]):
            yield self._operation(next(numbers), names=names)
        queue.drain()
        for part in _parts(self._unused()):
            yield self._operation(next(numbers), skus=part)
        with self._runtime.read() as connection, connection.begin():
            ordered, kept = suppliers_in_use(connection), buyers_kept(connection)
        for part in _parts([id for id in made.suppliers if id not in ordered]):
            yield self._operation(next(numbers), suppliers=part)
        for part in _parts([id for id in made.buyers if id not in kept]):
            yield self._operation(next(numbers), buyers=part)
        parts = list(_parts(list(made.barcodes)))
        for part in parts[:-1]:
            yield self._operation(next(numbers), barcodes=part)
        yield self._operation(next(numbers), barcodes=parts[-1] if parts else (), last=True)

    def _check_deletions(self) -> None:
        """Judge the job as a whole by the rule that each of its operations meets by itself."""
        going = self.barcodes_going()
        with self._runtime.read() as connection, connection.begin():
            check_deletions("barcodes", going, lambda: count_barcodes(connection), self._confirmed)

    def barcodes_going(self, *, every_sku: bool = False) -> int:
        """Return how many barcodes go; `every_sku`: also those of SKUs that are in use as yet."""
        skus = list(self._made.skus) if every_sku else self._unused()
        with self._runtime.read() as connection, connection.begin():
            return len(barcodes_of(connection, skus, self._made.barcodes))

    def _unused(self) -> list[UUID]:
        """Return SKUs that nothing on this desk knows; the lines of cancelled orders do not count."""
        with self._runtime.read() as connection, connection.begin():
            used = skus_in_use(connection)
        return [id for id in self._made.skus if id not in used]

    def _operation(self, number: int, *, last: bool = False, **parts: tuple[Any, ...]) -> UndoImport:
        outlet_id, confirmed = self._runtime.identity.outlet_id, self._confirmed
        named = {"orders": (), "skus": (), "barcodes": (), **parts}
        return UndoImport(self._job_id, outlet_id, number, last=last, confirmed=confirmed, **named)


def _made(operations: Iterator[tuple[bytes, bytes]]) -> _Made:
    made = _Made()
    for place, (head, data) in enumerate(operations):
        header = decode_header(head)
        body = decode_body(header.kind, header.version, data)
        if isinstance(body, ImportProducts):
            made.skus.update((item.sku_id, None) for item in body.items)
            made.barcodes.update(
                (barcode_id(gained.sku_id, gained.barcode.code), None) for gained in body.gained
            )
        elif isinstance(body, ImportProductTaxes):
            stood = (one for one in body.given if one.sku_id not in made.skus)
            made.taxes.update(((place, one.sku_id), one) for one in stood)
        elif isinstance(body, ImportCorrections):
            made.products.update(((place, one.now.sku_id), one) for one in body.products)
            made.names.update(((place, one.now.supplier_id), one) for one in body.suppliers)
        elif isinstance(body, ImportOrders):
            made.orders.update((order.order_id, None) for order in body.orders)
        elif isinstance(body, ImportPurchaseOrders):
            made.purchases.update((order.order_id, None) for order in body.orders)
        elif isinstance(body, ImportOpeningStock):
            made.openings.update((opening_id(item.key.id), None) for item in body.items)
        elif isinstance(body, ImportSuppliers):
            made.suppliers.update((one.supplier_id, None) for one in body.suppliers)
        elif isinstance(body, ImportBuyers):
            made.buyers.update((one.buyer_id, None) for one in body.buyers)
    return made


def _parts(made: list[T]) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(made), AT_ONCE):
        yield tuple(made[start : start + AT_ONCE])
