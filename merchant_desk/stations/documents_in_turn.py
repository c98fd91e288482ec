"""The documents of a station, one after another: opening, following what a scan leads to, ending."""

from collections.abc import Callable, Sequence
from uuid import UUID

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.documents import order, purchase
from merchant_desk.models.queries.floor import location_by_id
from merchant_desk.models.queries.open_work import own_open_document
from merchant_desk.models.queries.sheets import sheet_head
from merchant_desk.stations.counter import Sheet, open_count, open_receipt, open_shipment, reopen
from merchant_desk.stations.entrance import Entrance
from merchant_desk.stations.gate import LEADING_AWAY, Gate, Today, Who
from merchant_desk.stations.journal import DONE, HELD, last_document, unfinished
from merchant_desk.stations.scans import ScanResult, SheetHead, Tone
from merchant_desk.sync.runtime import DeskRuntime

KINDS = {"inbound": "receipts", "outbound": "shipments", "stocktake": "counts"}
"""The documents of each station."""


class DocumentsInTurn:
    """Which document lies at a station, and the gate that its scans pass. Used on the writer's thread.

    `finished` is the document that was ended last, `left` how many scans wait at the entrance meanwhile.
    """

    def __init__(self, runtime: DeskRuntime, station: str, who: Who, today: Today, *, blind: bool) -> None:
        self._runtime = runtime
        self._station = station
        self._who = who
        self._today = today
        self._blind = blind
        self._sheet: Sheet | None = None
        self.kind = KINDS[station]
        self.head: SheetHead | None = None
        self.finished: SheetHead | None = None
        self.left = 0
        self.gate: Gate = self._entrance()

    # -- by hand ---------------------------------------------------------------------------------

    def open_last(self) -> list[ScanResult]:
        """Open what this station worked on last, if it was left open."""
        with self._runtime.read() as connection, connection.begin():
            document_id = last_document(connection, self._station)
            found = sheet_head(connection, self.kind, document_id) if document_id else None
        if found is None or found.status != "open":
            self.gate.recover()
            return []
        return self.open(self.kind, found.document_id)

    def open(self, kind: str, id: UUID) -> list[ScanResult]:
        """Open a document, or begin one for an order or a location; a refusal is a result."""
        return _tried(lambda: self._open(kind, id))

    def open_blind(self) -> list[ScanResult]:
        """Receive without an order."""

        def begin() -> None:
            self._enter(open_receipt(self._runtime, self._who, self._today, "", ""))

        return _tried(begin)

    def finish(self, gone: Sequence[UUID] = (), of: UUID | None = None) -> list[ScanResult]:
        """End the open document and go back to the entrance; a refusal is a result.

        `of` is the document that is meant: another one, which was opened meanwhile, stays open.
        """
        sheet, head = self._sheet, self.head
        if sheet is None:
            return []
        if of is not None and of != sheet.document_id:
            return [ScanResult(0, Tone.REFUSED, "another_document", "", {"number": sheet.number})]
        self.gate.paused = False
        refused = _tried(lambda: sheet.finish_here(gone))
        if not refused:
            self.leave()
            self.finished = head
        return refused

    def finish_complete(self, of: UUID) -> list[ScanResult]:
        """End a complete order; one that another desk took goods from meanwhile is not, and stays open."""
        sheet = self._sheet
        if sheet is not None and sheet.document_id == of and not sheet.station.look_whether_complete():
            return [ScanResult(0, Tone.ATTENTION, "no_longer_complete", "")]
        return self.finish((), of)

    def look(self) -> list[ScanResult]:
        """Look again whether the open document is complete; that is no result, but the situation tells it."""
        if self._sheet is not None:
            self._sheet.station.look_whether_complete()
        return []

    def leave(self) -> list[ScanResult]:
        """Go back to the entrance, where nothing is told; the document stays as it is."""
        self._sheet, self.head, self.gate, self.left = None, None, self._entrance(), 0
        self.gate.recover()
        return []

    # -- by a scan -------------------------------------------------------------------------------

    def follow(self, results: Sequence[ScanResult]) -> list[ScanResult]:
        """Follow what results lead to; returns them with what came of it.

        Only the last result of a gate leads away. What is held back behind it is applied at the document
        that it leads to, and may lead on from there.
        """
        told = list(results)
        for result in told:  # which grows meanwhile
            if result.code in LEADING_AWAY:
                told += self._lead(result)
        return told

    def _lead(self, result: ScanResult) -> list[ScanResult]:
        """End what is open and open what a scan named; what is held back behind it goes there too.

        Until it has arrived it waits at the entrance with that scan before it: whatever breaks on the way,
        nothing is left behind in a document that has ended.
        """
        before, lead = self.gate, [result.n]
        behind = [line.n for line in before.held]
        if behind:
            before.journal.move(([*lead, *behind], None, HELD))
            before.held.clear()
        ended = self._end_for(result, [*lead, *behind] if behind else [])
        if ended:
            return ended
        refused = self.open(result.facts["kind"], UUID(result.facts["id"]))
        here = self.gate
        if not behind:
            return refused
        was_stopped = here.stopped and not refused
        before.journal.move((lead, before.document_id, DONE), (behind, here.document_id, HELD))
        self._count_left()
        here.recover()
        return refused or ([] if was_stopped else here.apply_held())

    def _end_for(self, result: ScanResult, moved: Sequence[int]) -> list[ScanResult]:
        """End the open document where the next one was scanned; if that fails, `moved` scans return to it."""
        if result.code != "next_document":
            return []
        before = self.gate
        try:
            return self.finish()
        finally:
            if moved and before is self.gate:
                before.journal.move((moved, before.document_id, HELD))
                before.recover()

    # -- inside ----------------------------------------------------------------------------------

    def _entrance(self) -> Entrance:
        return Entrance(self._runtime, self._station, self._who, self._today)

    def _open(self, kind: str, id: UUID) -> None:
        own = (self._runtime, self._who, self._today)
        if kind == self.kind:
            self._enter(reopen(*own, kind, id))
            return
        with self._runtime.read() as connection, connection.begin():
            begun = own_open_document(connection, self.kind, id)
            if begun is None and kind == "locations":
                place = location_by_id(connection, id)
            elif begun is None:
                ask = purchase if kind == "purchase_orders" else order
                wanted = ask(connection, id)
        if begun is not None:
            self._enter(reopen(*own, self.kind, begun))
        elif kind == "locations":
            self._enter(open_count(*own, place.code if place else "", blind=self._blind))
        elif kind == "purchase_orders":
            self._enter(open_receipt(*own, wanted.number if wanted else str(id), ""))
        else:
            self._enter(open_shipment(*own, wanted.number if wanted else str(id)))

    def _enter(self, sheet: Sheet) -> None:
        with self._runtime.read() as connection, connection.begin():
            found = sheet_head(connection, self.kind, sheet.document_id)
        if found is None:
            raise Refusal("not_here", table=self.kind, id=sheet.document_id)
        self._sheet, self.gate = sheet, sheet.station
        self.head = SheetHead(
            self.kind,
            found.document_id,
            found.number,
            found.about,
            found.about_id,
            found.party,
            bool(found.blind),
            found.opened_at,
        )
        self._count_left()

    def _count_left(self) -> None:
        """Count what waits at the entrance, unless that is where we are, and it is listed."""
        with self._runtime.profile.read_here() as connection:
            waiting = unfinished(connection, self._station, None) if self.head is not None else ()
        self.left = len(waiting)


def _tried(job: Callable[[], object]) -> list[ScanResult]:
    """Do it; a refusal becomes a result that stops nothing."""
    try:
        job()
    except Refusal as refusal:
        return [ScanResult(0, Tone.REFUSED, refusal.code, "", dict(refusal.facts))]
    return []
