"""A station at work: from the entrance through one document to the next. What a window drives.

Every method runs on the desk's writer thread and returns a `Step`; scans and answers therefore stand in one
order, and a scan that follows the opening of a document belongs to that document.
"""

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
from merchant_desk.stations.journal import DISCARDED, JournalLine, last_document
from merchant_desk.stations.outcomes import outcome_of
from merchant_desk.stations.scans import Scan, ScanResult, SheetHead, Step, Tone
from merchant_desk.stations.station import Station
from merchant_desk.sync.runtime import DeskRuntime

KINDS = {"inbound": "receipts", "outbound": "shipments", "stocktake": "counts"}
"""The documents of each station."""


class StationSession:
    """One station of a desk: `inbound`, `outbound` or `stocktake`."""

    def __init__(
        self, runtime: DeskRuntime, station: str, who: Who, today: Today, *, blind: bool = True
    ) -> None:
        self._runtime = runtime
        self._who = who
        self._today = today
        self._blind = blind
        self.station = station
        self.kind = KINDS[station]
        self.head: SheetHead | None = None
        self._sheet: Sheet | None = None
        self._gate: Gate = self._entrance()

    # -- scans -----------------------------------------------------------------------------------

    def take(self, scan: Scan) -> Step:
        """Take one captured scan."""
        return self._after(self._gate.take(scan))

    def reject(self, scan: Scan, reason: str, suspect: str = "") -> Step:
        """Take note of a burst that cannot be trusted."""
        return self._after([self._gate.reject(scan, reason, suspect)])

    def undo(self) -> Step:
        """Undo the last scan that stands."""
        scan = Scan(b"MD:UNDO", "MD:UNDO", None, "key", self._runtime.clock())
        return self._after(self._gate.take(scan))

    # -- answers ---------------------------------------------------------------------------------

    def acknowledge(self, *, accept: bool, of: int) -> Step:
        """Answer what scan `of` asked or was refused for."""
        return self._after([self._gate.acknowledge(accept=accept, of=of)])

    def choose(self, index: int) -> Step:
        """Say which of several products it was."""
        return self._at_sheet(lambda station: [station.choose(index)])

    def give_lot(self, lot: str, expiry: int | None, serial: str) -> Step:
        """Say lot, expiry (yyyymmdd) and serial number of the goods in question."""
        return self._at_sheet(lambda station: [station.give_lot(lot, expiry, serial)])

    def apply_held(self) -> Step:
        """Apply the scans that were held back, in order."""
        return self._after(self._gate.apply_held())

    def discard_held(self) -> Step:
        """Leave the scans that were held back."""
        return self._after([self._gate.discard_held()])

    def pause(self) -> Step:
        """Hold scans back while a person fills in a form."""
        self._gate.pause()
        return self._after([])

    def resume(self) -> Step:
        """Go on after a form."""
        return self._after(self._gate.resume())

    # -- commands --------------------------------------------------------------------------------

    def set_quantity(self, quantity: int) -> Step:
        """Say how many units the next scan stands for (10^-6), and go on with what was held back."""
        return self._at_sheet(lambda station: [station.set_quantity(quantity), *station.resume()])

    def correct_last(self, quantity: int) -> Step:
        """Say how many units the last scan stood for (10^-6), and go on with what was held back."""

        def correct(station: Station) -> list[ScanResult]:
            corrected = station.correct_last(quantity)
            return [corrected, *station.resume()]

        return self._at_sheet(correct)

    def turn_minus(self) -> Step:
        """Turn minus mode on or off."""
        return self._at_sheet(lambda station: [station.set_minus(not station.minus)])

    def forget_lots(self) -> Step:
        """Ask for lots again."""
        return self._at_sheet(lambda station: [station.forget_lots()])

    # -- documents -------------------------------------------------------------------------------

    def resume_last(self) -> Step:
        """Open again what this station worked on last, if it was left open (after a restart)."""
        with self._runtime.read() as connection, connection.begin():
            document_id = last_document(connection, self.station)
            found = sheet_head(connection, self.kind, document_id) if document_id else None
        if found is None or found.status != "open":
            self._gate.recover()
            return self._after([])
        return self.open(self.kind, found.document_id)

    def open(self, kind: str, id: UUID) -> Step:
        """Open a document, or begin one for an order or a location."""
        return self._after(self._try(lambda: self._open(kind, id)))

    def open_blind(self) -> Step:
        """Receive without an order."""

        def begin() -> None:
            self._enter(open_receipt(self._runtime, self._who, self._today, "", ""))

        return self._after(self._try(begin))

    def finish(self, gone: Sequence[UUID] = ()) -> Step:
        """End the open document and go back to the entrance."""
        sheet, head = self._sheet, self.head
        if sheet is None:
            return self._after([])
        self._gate.paused = False
        results = self._try(lambda: self._finish(sheet, gone))
        return self._after(results, finished=None if results else head)

    def leave(self) -> Step:
        """Go back to the entrance; the document stays open."""
        self._sheet, self.head, self._gate = None, None, self._entrance()
        self._gate.recover()
        return self._after([])

    def recover(self) -> Step:
        """After a job failed half-way, find the scans that were journaled and not applied."""
        self._gate.paused = False
        self._gate.recover()
        return self._after([])

    # -- inside ----------------------------------------------------------------------------------

    def _entrance(self) -> Entrance:
        return Entrance(self._runtime, self.station, self._who, self._today)

    def _at_sheet(self, job: Callable[[Station], list[ScanResult]]) -> Step:
        gate = self._gate
        if not isinstance(gate, Station):
            return self._after([ScanResult(0, Tone.REFUSED, "no_document", "")])
        return self._after(job(gate))

    def _after(self, results: list[ScanResult], finished: SheetHead | None = None) -> Step:
        """Follow what the results lead to, and say how the station stands then."""
        told = list(results)
        for result in results:
            if result.code not in LEADING_AWAY:
                continue
            sheet, head = self._sheet, self.head
            if result.code == "next_document" and sheet is not None:
                ended = self._try(lambda sheet=sheet: self._finish(sheet, ()))  # type: ignore[misc]
                told += ended
                if ended:
                    break
                finished = head
            before = self._gate
            held = before.held_lines()
            refused = self._try(lambda result=result: self._open_found(result))  # type: ignore[misc]
            told += refused or self._carry_over(before, held)
        return Step(tuple(told), self._gate.situation(), self.head, finished)

    def _open_found(self, result: ScanResult) -> None:
        self._open(result.facts["kind"], UUID(result.facts["id"]))

    def _open(self, kind: str, id: UUID) -> None:
        own = (self._runtime, self._who, self._today)
        if kind == self.kind:
            self._enter(reopen(*own, kind, id))
            return
        with self._runtime.read() as connection, connection.begin():
            device_id = self._runtime.identity.device_id
            begun = own_open_document(connection, self.kind, id, device_id)
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
        self._sheet, self._gate = sheet, sheet.station
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

    def _finish(self, sheet: Sheet, gone: Sequence[UUID]) -> None:
        sheet.finish_here(gone)
        self._sheet, self.head, self._gate = None, None, self._entrance()

    def _carry_over(self, before: Gate, held: Sequence[JournalLine]) -> list[ScanResult]:
        """Give what was scanned before a document was open to the document that is open now."""
        results = []
        before.held.clear()
        for line in held:
            moved = ScanResult(line.n, Tone.ATTENTION, "carried_over", line.text, at=line.scanned_at)
            before.journal.close(line.n, DISCARDED, outcome_of(moved))
            results += self._gate.take(line.scan)
        return results

    def _try(self, job: Callable[[], None]) -> list[ScanResult]:
        """Do it; a refusal becomes a result that stops nothing."""
        try:
            job()
        except Refusal as refusal:
            return [ScanResult(0, Tone.REFUSED, refusal.code, "", dict(refusal.facts))]
        return []
