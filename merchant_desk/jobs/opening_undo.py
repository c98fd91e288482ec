"""Taking the opening books back as one: every import and count of an outlet, until it goes live."""

from dataclasses import dataclass
from typing import Final

from merchant_desk.domain.counting import ReverseCount
from merchant_desk.domain.deletions import check_deletions
from merchant_desk.domain.go_live import check_can_undo
from merchant_desk.jobs.passes import Cancelled, never
from merchant_desk.jobs.queue import Who
from merchant_desk.jobs.undo_job import Told, UndoJob, silent
from merchant_desk.models.queries.go_live import brought_in, go_live_facts, unused_counts
from merchant_desk.models.queries.imports import count_barcodes
from merchant_desk.models.queries.job_work import still_stands
from merchant_desk.sync.runtime import DeskRuntime

_ORDER: Final = (
    "open_orders",
    "orders",
    "purchase_orders",
    "opening_stock",
    "products",
    "suppliers",
    "buyers",
)
"""What uses comes before what is used, whatever the desk's clock said meanwhile."""

REASON: Final = "期初撤销 / opening books undone"
"""Why counts are reversed, as people read it in the document."""


@dataclass(frozen=True, slots=True)
class BooksUndone:
    """What was taken back: items of imports, and counts. `kept` items are in use, or not reached yet.

    `ended`: nobody stopped it.
    """

    taken_back: int
    kept: int
    counts: int
    ended: bool = True


class OpeningUndo:
    """Takes back everything that imports and counts brought in, uses before what is used, until it is live.

    Each part is an operation of its own, as by `UndoJob` and by reversing a count; what later work stands on
    stays. After an interruption it goes on with the imports of which anything stands. Open counts stay, since
    somebody is at them, and so do counts after which goods were moved.

    Args:
        runtime: the desk.
        who: asked for the person, at each operation.
        confirmed: how many barcodes the person knows to go; needed where that is a large part of them.

    Raises:
        Refusal: `books_closed`: the outlet is live; `books_in_use`: it has sold from them.
    """

    def __init__(self, runtime: DeskRuntime, who: Who, confirmed: int = 0) -> None:
        self._runtime, self._who, self._confirmed = runtime, who, confirmed
        outlet_id = runtime.identity.outlet_id
        with runtime.read() as connection, connection.begin():
            check_can_undo(go_live_facts(connection, outlet_id))
            parts = brought_in(connection, outlet_id)
            self._counts = unused_counts(connection, outlet_id)
            parts.sort(key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else -1)
            self._jobs = [
                one.id
                for one in parts
                if one.kind != "count"
                and (one.status != "undone" or still_stands(connection, one.id, one.kind))
            ]
        self._total = 0

    def run(self, cancelled: Cancelled = never, told: Told = silent) -> BooksUndone:
        """Take back what can be.

        Raises:
            Refusal: `not_allowed` or `deletes_much`, before anything is taken back; or another rule said no;
                what was taken back before stays so.
        """
        self._check_before()
        counts = self._reverse_counts(cancelled)
        taken_back = kept = before = 0
        ended = True
        for id in self._jobs:
            job = UndoJob(self._runtime, self._who, id)
            if cancelled() or not ended:
                ended, kept = False, kept + len(job)
                continue
            work = UndoJob(self._runtime, self._who, id, job.barcodes_going())
            undone = work.run(cancelled, self._beyond(before, told))
            taken_back, kept = taken_back + undone.taken_back, kept + undone.kept
            before, ended = before + len(job), undone.ended
        return BooksUndone(taken_back, kept, counts, ended)

    def _beyond(self, before: int, told: Told) -> Told:
        """Return what tells of all imports how far the undo of one is."""
        return lambda done, _: told(before + done, self._total)

    def _check_before(self) -> None:
        """Judge all of it by the rules that each operation meets by itself; at most so many barcodes go."""
        going = self._total = 0
        for id in self._jobs:
            job = UndoJob(self._runtime, self._who, id)
            job.check_rights()
            going, self._total = going + job.barcodes_going(every_sku=True), self._total + len(job)
        with self._runtime.read() as connection, connection.begin():
            check_deletions("barcodes", going, lambda: count_barcodes(connection), self._confirmed)

    def _reverse_counts(self, cancelled: Cancelled) -> int:
        outlet_id, count = self._runtime.identity.outlet_id, 0
        for id in self._counts:
            if cancelled():
                break
            self._runtime.do(ReverseCount(id, outlet_id, (), REASON), self._who(), about=id)
            count += 1
        return count
