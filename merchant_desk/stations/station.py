"""The state machine of a scan station with an open document: what a scan does, and how it is taken back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import storable
from merchant_desk.domain.house_codes import Command, CommandKind
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import (
    Finding,
    Policy,
    check_expiry,
    quantity_finding,
)
from merchant_desk.domain.stock import UndoScan, check_quantity
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.models.queries.floor_lots import lot_expiry
from merchant_desk.stations.gate import Gate, Today, Waiting, Who
from merchant_desk.stations.journal import JournalLine
from merchant_desk.stations.outcomes import outcome_of, told_by
from merchant_desk.stations.recording import Entry, recorded, taken_back
from merchant_desk.stations.resolver import Meaning
from merchant_desk.stations.scans import (
    Ask,
    Product,
    Proposal,
    Question,
    Scan,
    ScanResult,
    Situation,
    Tone,
)
from merchant_desk.stations.undoing import item_of, last_standing
from merchant_desk.stations.work import Work
from merchant_desk.stations.wrong_class import damaged_item, wrong_class
from merchant_desk.sync.runtime import DeskRuntime


class Station(Gate):
    """One station at one desk, with an open document."""

    def __init__(self, runtime: DeskRuntime, work: Work, who: Who, today: Today) -> None:
        super().__init__(runtime, work.station, work.document_id, who, today)
        self.work = work
        self.minus = False
        self.quantity: int | None = None
        self._lots: dict[UUID, tuple[str, int | None]] = {}
        self._previous = ""
        self._complete = False

    def situation(self) -> Situation:
        """Return what a screen has to know beside the results."""
        place = self.work.location.code if self.work.location else ""
        return replace(
            super().situation(),
            minus=self.minus,
            quantity=self.quantity,
            location=place,
            complete=self._complete,
        )

    def recover(self) -> int:
        """Find scans that wait, and whether the order has all that it asks for."""
        self._look_whether_complete()
        return super().recover()

    # -- products --------------------------------------------------------------------------------

    def judge(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Act on a product, a location, a command or what is none of them."""
        if meaning.command is not None:
            return self._command(n, scan, meaning.command)
        if meaning.location is not None and not meaning.products:
            return self._at_location(n, scan, meaning)
        if not meaning.products:
            return self._no_product(n, scan, meaning)
        if len(meaning.products) > 1 or meaning.location is not None:
            return self._ambiguous(n, scan, meaning)
        return self._product(n, scan, meaning.products[0], meaning.problems)

    def _ambiguous(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        names = [product.item.name for product in meaning.products]
        asked = ScanResult(n, Tone.ATTENTION, "ambiguous", scan.text)
        waiting = Waiting(Question(Ask.CHOOSE, asked, meaning.products), scan)
        return self.block(n, scan, Ask.CHOOSE, "ambiguous", {"names": names, "n": len(names)}, waiting)

    def _product(self, n: int, scan: Scan, product: Product, problems: tuple[str, ...] = ()) -> ScanResult:
        if product.quantity <= 0:
            return self.block(n, scan, Ask.ACKNOWLEDGE, "quantity_zero", {})
        product = self._with_lot(product)
        missing = self.work.missing(product)
        if missing and not self.minus:
            asked = ScanResult(n, Tone.ATTENTION, "lot_needed", scan.text)
            waiting = Waiting(Question(Ask.LOT, asked, (), missing), scan, product=product)
            facts = {"missing": list(missing), "problems": list(problems)}
            return self.block(n, scan, Ask.LOT, "lot_needed", facts, waiting)
        if product.lot:
            self._lots[product.item.sku_id] = (product.lot, product.expiry)
        if self.minus:
            return self._take_back(n, scan, product)
        today = self.today()
        with self.reading() as connection:
            proposal = self.work.propose(connection, product, self.quantity or MICRO, scan.text)
            findings = self.work.findings(connection, proposal, today)
            entry = self._entry(connection, proposal)
        return self._decide(n, scan, proposal, findings, entry, problems)

    def _entry(self, connection: Connection, proposal: Proposal) -> Entry:
        """Return what recording a proposal writes, and how the document stands before it."""
        body = self.work.operation(connection, proposal)
        count = self.work.count(connection, proposal.item.sku_id)
        return Entry(body, count, self.work.place_of(connection, body))

    def _with_lot(self, product: Product) -> Product:
        """Add what is known: the lot that was last given for this product, the expiry that the lot has."""
        if not product.lot and "lot" in self.work.missing(product):
            lot, expiry = self._lots.get(product.item.sku_id, ("", None))
            product = replace(product, lot=lot, expiry=expiry)
        if product.lot and product.expiry is None:
            with self.reading() as connection:
                expiry = lot_expiry(connection, lot_id(product.item.sku_id, product.lot))
            product = replace(product, expiry=expiry)
        return product

    def _decide(
        self,
        n: int,
        scan: Scan,
        proposal: Proposal,
        findings: Sequence[Finding],
        entry: Entry | None = None,
        problems: tuple[str, ...] = (),
        replaces: JournalLine | None = None,
        answered: frozenset[str] = frozenset(),
    ) -> ScanResult:
        """Refuse, ask or record, by the policies that the manager set.

        One refusal is enough, whatever else was found; of several questions each is asked, one after the
        other. `answered` are the codes of those that a person said yes to.
        """
        policies = {found.code: self.rules.policy(self.station, found.code) for found in findings}
        refused = [found for found in findings if policies[found.code] is Policy.REFUSE]
        asking = [found for found in findings if policies[found.code] is Policy.ASK]
        for finding in refused or [found for found in asking if found.code not in answered]:
            ask = Ask.ACKNOWLEDGE if refused else Ask.CONFIRM
            asked = Question(ask, ScanResult(n, Tone.ATTENTION, "", scan.text))
            waiting = Waiting(
                asked, scan, proposal, replaces=replaces, findings=tuple(findings), answered=answered
            )
            return self.block(n, scan, ask, finding.code, dict(finding.facts), waiting)
        told = sorted(findings, key=lambda found: found.code not in answered)
        return self._record(n, scan, proposal, told, entry, problems, replaces)

    def _record(
        self,
        n: int,
        scan: Scan,
        proposal: Proposal,
        findings: Sequence[Finding],
        entry: Entry | None = None,
        problems: tuple[str, ...] = (),
        replaces: JournalLine | None = None,
    ) -> ScanResult:
        if replaces is not None:
            undo = Scan(b"MD:UNDO", "MD:UNDO", None, "key", scan.at)
            taken = self._compensate(self.journal.record(undo, self.document_id, self.person), undo, replaces)
            if taken.ask is not Ask.NOTHING:
                return taken
        if entry is None or replaces is not None:
            with self.runtime.read() as connection, connection.begin():
                entry = self._entry(connection, proposal)
        result = recorded(n, scan, proposal, findings, entry, problems)
        try:
            extra = self.journal.finish(n, outcome_of(result))
            done = self.runtime.do_here(entry.body, self.person, about=self.document_id, extra=extra)
        except Refusal as refusal:
            return self.block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        self.quantity = None
        self._previous = scan.text
        self._look_whether_complete()
        return replace(result, op_id=done.op_id)

    def _look_whether_complete(self) -> None:
        if not self.work.completes:
            return
        with self.runtime.read() as connection, connection.begin():
            self._complete = self.work.complete(connection)

    # -- what is no product ----------------------------------------------------------------------

    def _at_location(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        location, here = meaning.location, self.work.location
        if location is None or location.warehouse_id != self.work.warehouse_id:
            facts = {"location": location.code if location else scan.text}
            return self.block(n, scan, Ask.ACKNOWLEDGE, "location_elsewhere", facts)
        if self.work.one_location and here is not None and location.id != here.id:
            facts = {"location": here.code, "found": location.code}
            return self.block(n, scan, Ask.ACKNOWLEDGE, "counting_elsewhere", facts)
        self.work.location = location
        result = ScanResult(
            n, Tone.ACCEPTED, "at_location", scan.text, {"location": location.code}, at=scan.at
        )
        self.journal.close(n, "done", outcome_of(result))
        return result

    def _no_product(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        if self._complete and self.work.is_next(meaning.documents):
            found = meaning.documents[0]
            facts = {"kind": found.kind, "id": str(found.id), "number": found.number}
            return self.tell(n, scan, Tone.ACCEPTED, "next_document", facts)
        wrong = wrong_class(meaning)
        if wrong is not None:
            return self.block(n, scan, Ask.ACKNOWLEDGE, *wrong)
        return self._unknown(n, scan, meaning)

    def _unknown(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Put the code into the tray and go on: an unknown code is attention, never a refusal."""
        location = self.work.location
        unknown_id = self.runtime.new_id()
        body = ReportUnknownCode(
            unknown_id,
            self.runtime.identity.outlet_id,
            storable(meaning.classified.raw),
            self.document_id,
            location.id if location else None,
            self._previous,
            self.station,
        )
        facts: dict[str, Any] = {"unknown_id": str(unknown_id)}
        if meaning.problems:
            facts["problems"] = list(meaning.problems)
        code = "damaged_code" if damaged_item(meaning) else "unknown_code"
        result = ScanResult(n, Tone.ATTENTION, code, scan.text, facts, at=scan.at)
        extra = self.journal.finish(n, outcome_of(result))
        done = self.runtime.do_here(body, self.person, about=self.document_id, extra=extra)
        return replace(result, op_id=done.op_id)

    # -- commands --------------------------------------------------------------------------------

    def _command(self, n: int, scan: Scan, command: Command) -> ScanResult:
        if command.kind is CommandKind.UNDO:
            return self._undo(n, scan)
        if command.kind is CommandKind.MINUS:
            return self.set_minus(not self.minus, n, scan)
        if command.kind is CommandKind.QUANTITY and command.quantity is not None:
            return self.set_quantity(command.quantity, n, scan)
        return self.tell(n, scan, Tone.ACCEPTED, f"command_{command.kind.name.casefold()}")

    def set_minus(self, minus: bool, n: int = 0, scan: Scan | None = None) -> ScanResult:
        """Say whether each scan takes one back."""
        self.minus = minus
        scan = scan or Scan(b"", "")
        return self.tell(n, scan, Tone.ACCEPTED, "minus_on" if minus else "minus_off", close=n > 0)

    def set_quantity(self, quantity: int, n: int = 0, scan: Scan | None = None) -> ScanResult:
        """Say how many units the next scan stands for (10^-6); 0, less and the absurd are refused.

        So is any quantity while a question is open: that scan was made with another one.
        """
        scan = scan or Scan(b"", "")
        if self.waiting is not None:
            return self.tell(n, scan, Tone.REFUSED, "scans_wait", {"count": self.waits}, close=n > 0)
        try:
            check_quantity(quantity)
        except Refusal as refusal:
            return self.tell(n, scan, Tone.REFUSED, refusal.code, dict(refusal.facts), close=n > 0)
        self.quantity = quantity
        return self.tell(n, scan, Tone.ACCEPTED, "next_quantity", {"quantity": quantity}, close=n > 0)

    def correct_last(self, quantity: int, at: int = 0) -> ScanResult:
        """Say that the last scan that stands stood for so many units (10^-6): it is undone and done anew.

        Refused while a question is open: the scan in question is the last one, and does not stand yet.
        """
        if self.waiting is not None:
            return ScanResult(0, Tone.REFUSED, "scans_wait", "", {"count": self.waits})
        line = last_standing(self.runtime, self.work)
        told = told_by(line) if line else {}
        item = item_of(self.runtime, told)
        if line is None or item is None:
            return ScanResult(0, Tone.REFUSED, "nothing_to_undo", "")
        try:
            check_quantity(quantity)
        except Refusal as refusal:
            return ScanResult(0, Tone.REFUSED, refusal.code, "", dict(refusal.facts))
        item = replace(item, quantity=int(told["pack"]), unit=told.get("unit") or item.unit)
        moved = item.quantity * quantity // MICRO
        proposal = Proposal(
            item, quantity, moved, told["lot"], told["expiry"], told.get("serial", ""), line.text
        )
        more = replace(proposal, quantity=moved - int(told["quantity"]))
        scan = Scan(line.raw, line.text, None, "key", at or self.runtime.clock())
        n = self.journal.record(scan, self.document_id, self.person)
        with self.runtime.read() as connection, connection.begin():
            findings = self.work.findings(connection, more, self.today()) if more.quantity > 0 else []
        whole = quantity_finding(moved)
        if whole is not None and whole.code not in {finding.code for finding in findings}:
            findings = [*findings, whole]
        return self._decide(n, scan, proposal, findings, None, replaces=line)

    def forget_lots(self) -> ScanResult:
        """Ask for the lot again at the next scan of each product."""
        self._lots.clear()
        return ScanResult(0, Tone.ACCEPTED, "lots_forgotten", "")

    # -- taking back -----------------------------------------------------------------------------

    def undo(self) -> list[ScanResult]:
        """Undo the last scan that stands, as the UNDO card does."""
        return self.take(Scan(b"MD:UNDO", "MD:UNDO", None, "key", self.runtime.clock()))

    def _undo(self, n: int, scan: Scan) -> ScanResult:
        line = last_standing(self.runtime, self.work)
        if line is None:
            return self.tell(n, scan, Tone.REFUSED, "nothing_to_undo")
        return self._compensate(n, scan, line)

    def _take_back(self, n: int, scan: Scan, product: Product) -> ScanResult:
        """In minus mode a scan undoes the last standing scan of the same product and pack."""
        line = last_standing(self.runtime, self.work, str(product.item.sku_id), product.item.quantity)
        if line is None:
            asked = ScanResult(n, Tone.REFUSED, "nothing_to_take_back", scan.text)
            waiting = Waiting(Question(Ask.ACKNOWLEDGE, asked), scan, product=product)
            return self.block(n, scan, Ask.ACKNOWLEDGE, "nothing_to_take_back", {}, waiting)
        return self._compensate(n, scan, line)

    def _compensate(self, n: int, scan: Scan, line: JournalLine) -> ScanResult:
        if line.op_id is None:
            raise LookupError("a scan without an operation cannot be undone")
        told = told_by(line)
        body = UndoScan(self.runtime.identity.outlet_id, self.work.document_id, line.op_id)
        item = item_of(self.runtime, told)
        with self.runtime.read() as connection, connection.begin():
            count = self.work.count(connection, item.sku_id) if item else None
        result = taken_back(n, scan, line, item, count)
        try:
            extra = self.journal.finish(n, outcome_of(result))
            done = self.runtime.do_here(body, self.person, about=self.document_id, extra=extra)
        except Refusal as refusal:
            return self.block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        self._look_whether_complete()
        return replace(result, op_id=done.op_id)

    # -- answers ---------------------------------------------------------------------------------

    def confirmed(self, waiting: Waiting) -> ScanResult:
        """Do what was asked about, or ask what there is to ask beside it."""
        asked = waiting.question.result
        if waiting.proposal is None:
            raise LookupError("a question without a proposal cannot be confirmed")
        return self._decide(
            asked.n,
            waiting.scan,
            waiting.proposal,
            waiting.findings,
            replaces=waiting.replaces,
            answered=waiting.answered | {asked.code},
        )

    def declined(self, waiting: Waiting) -> None:
        """A quantity that was meant for a scan goes with it."""
        self.quantity = None

    def choose(self, index: int) -> ScanResult:
        """Say which of several products it was (0 is the first)."""
        waiting = self.waiting
        if waiting is None or not 0 <= index < len(waiting.question.choices):
            return ScanResult(0, Tone.REFUSED, "no_such_choice", "")
        self.waiting = None
        return self._product(waiting.question.result.n, waiting.scan, waiting.question.choices[index])

    def give_lot(self, lot: str, expiry: int | None, serial: str = "") -> ScanResult:
        """Say which lot it is and when it expires (yyyymmdd); remembered for this product and document.

        What is still missing then is asked again.
        """
        waiting = self.waiting
        if waiting is None or waiting.product is None:
            return ScanResult(0, Tone.REFUSED, "lot_missing", "")
        try:
            check_expiry(expiry)
        except Refusal as refusal:
            return ScanResult(0, Tone.REFUSED, refusal.code, "", dict(refusal.facts))
        known = waiting.product
        filled = replace(
            known,
            lot=lot.strip() or known.lot,
            expiry=expiry if expiry is not None else known.expiry,
            serial=serial.strip() or known.serial,
        )
        self.waiting = None
        return self._product(waiting.question.result.n, waiting.scan, filled)
