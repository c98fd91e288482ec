"""Undoing an import: a job of compensations for what it brought in, by whichever desk of its outlet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import count
from typing import Any, Final, TypeVar
from uuid import UUID

from merchant_desk.domain.deletions import check_deletions
from merchant_desk.domain.imports_corrections import PutBack
from merchant_desk.domain.imports_setup import SETUP
from merchant_desk.domain.jobs import UndoImport, rights_to_undo
from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.corrections_left import LeftAlone, returning
from merchant_desk.jobs.faults import NoSuchJob, SetupStays
from merchant_desk.jobs.import_files import forget_begun
from merchant_desk.jobs.passes import Cancelled, never
from merchant_desk.jobs.queue import Queue, Who, collector_rests
from merchant_desk.models.queries.imports import barcodes_of, count_barcodes, skus_in_use, taken_back
from merchant_desk.models.queries.job_work import Made, documents_in_use, job_head, made_by
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.models.queries.parties import buyers_kept, suppliers_in_use
from merchant_desk.sync.runtime import DeskRuntime

T = TypeVar("T")

AT_ONCE: Final = 50
"""Orders or SKUs in one operation."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back since the import last brought any, and what stands of it still: somebody has used
    it since, or it was not reached yet. `left` are records that were corrected and changed again since,
    field by field: those stay. `ended`: nobody stopped it.
    """

    job_id: UUID
    taken_back: int
    kept: int
    operations: int
    left: tuple[LeftAlone, ...] = ()
    ended: bool = True


Told = Callable[[int, int], None]
"""Hears how many of what stood an undo has been through, and how many those are."""


def silent(done: int, total: int) -> None:
    """Tell nobody."""


class UndoJob:
    """Takes an import back, at any desk of its outlet: what it made names it, wherever that was.

    Orders with a shipment, a refund or a reservation stay, purchase orders with a receipt, opening stock of
    goods that were moved or counted since, SKUs that stock, orders or purchases know, suppliers and
    customers with orders, customers whose keys the server does not have yet, and what somebody has changed
    since of what was corrected. What an import of orders
    made of buyers stays. Again, or after an interruption, it goes on with the rest; so it does with what
    another desk of the import has not sent yet.

    Args:
        runtime: the desk.
        who: asked for the person, at each operation.
        job_id: the import.
        confirmed: how many barcodes the person knows to go; needed where that is a large part of them.

    Raises:
        NoSuchJob: no such import of this outlet is known here.
        SetupStays: the job set the shop up.
    """

    def __init__(self, runtime: DeskRuntime, who: Who, job_id: UUID, confirmed: int = 0) -> None:
        self._runtime = runtime
        self._who = who
        self._job_id = job_id
        self._confirmed = confirmed
        with runtime.read() as connection, connection.begin():
            head = job_head(connection, job_id)
        if head is None or head.outlet_id != runtime.identity.outlet_id:
            raise NoSuchJob(str(job_id))
        if head.kind in SETUP:
            raise SetupStays(head.kind)
        self._kind = head.kind
        with collector_rests():
            self._made = self._standing()

    def __len__(self) -> int:
        return len(self._made)

    def check_rights(self) -> None:
        """Judge before anything is taken back what each of its operations will be judged by.

        Raises:
            Refusal: `not_allowed`.
        """
        with self._runtime.read() as connection, connection.begin():
            back = returning(connection, self._made.corrected)
            held, version = grants(connection, self._who())
        made = {part.name: getattr(self._made, part.name) for part in fields(Made)}
        whole = self._operation(0, **{**made, "corrected": back.going})
        for right in rights_to_undo(whole, self._kind):
            if not may(held, right, None, version):
                raise Refusal("not_allowed", right=right)

    def run(self, cancelled: Cancelled = never, told: Told = silent) -> Undone:
        """Take back what can be; orders first, since they are uses of SKUs. To be called once.

        Raises:
            Refusal: `not_allowed` or `deletes_much`, before anything is taken back; or another rule said no;
                what was taken back before stays so.
        """
        with collector_rests():
            self.check_rights()
            return self._run(cancelled, told)

    def _run(self, cancelled: Cancelled, told: Told) -> Undone:
        self._check_deletions()
        with self._runtime.read() as connection, connection.begin():
            back = returning(connection, self._made.corrected)
        done, total, ended = 0, len(self._made), True
        with Queue(self._runtime, self._who, self._job_id) as queue:
            for body in self._operations(queue, back.going):
                told(done, total)
                if cancelled():
                    ended = False
                    break
                queue.add(body)
                done += sum(len(getattr(body, part.name)) for part in fields(Made))
            queue.drain()
        # Who takes back what this desk had begun knows of it: the file comes in anew without a word.
        forget_begun(self._runtime, self._job_id)
        with self._runtime.read() as connection, connection.begin():
            since = taken_back(connection, self._job_id)
        # Done with: the collector, once it wakes, finds nothing of it to walk through.
        self._made = Made()
        return Undone(self._job_id, since, len(self._standing()), queue.count, back.left, ended)

    def _operations(self, queue: Queue, corrected: Sequence[PutBack]) -> Iterator[UndoImport]:
        numbers, made = count(1), self._made
        with self._runtime.read() as connection, connection.begin():
            used = documents_in_use(connection, self._job_id)
        for part in _parts([id for id in made.orders if id not in used]):
            yield self._operation(next(numbers), orders=part)
        for part in _parts([id for id in made.purchases if id not in used]):
            yield self._operation(next(numbers), purchases=part)
        for part in _parts(made.openings):
            yield self._operation(next(numbers), openings=part)
        for some in _parts(corrected):
            yield self._operation(next(numbers), corrected=some)
        queue.drain()
        for part in _parts(self._unused()):
            yield self._operation(next(numbers), skus=part)
        with self._runtime.read() as connection, connection.begin():
            ordered, kept = suppliers_in_use(connection), buyers_kept(connection)
        for part in _parts([id for id in made.suppliers if id not in ordered]):
            yield self._operation(next(numbers), suppliers=part)
        for part in _parts([id for id in made.buyers if id not in kept]):
            yield self._operation(next(numbers), buyers=part)
        parts = list(_parts(made.barcodes))
        for part in parts[:-1]:
            yield self._operation(next(numbers), barcodes=part)
        yield self._operation(next(numbers), barcodes=parts[-1] if parts else (), last=True)

    def _standing(self) -> Made:
        """Return what of the job stands here now."""
        with self._runtime.read() as connection, connection.begin():
            return made_by(connection, self._job_id, self._kind)

    def _check_deletions(self) -> None:
        """Judge the job as a whole by the rule that each of its operations meets by itself."""
        going = self.barcodes_going()
        with self._runtime.read() as connection, connection.begin():
            check_deletions("barcodes", going, lambda: count_barcodes(connection), self._confirmed)

    def barcodes_going(self, *, every_sku: bool = False) -> int:
        """Return how many barcodes go; `every_sku`: also those of SKUs that are in use as yet."""
        with collector_rests():
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


def _parts(made: Sequence[T]) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(made), AT_ONCE):
        yield tuple(made[start : start + AT_ONCE])
