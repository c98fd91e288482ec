"""How a recorded scan is taken back or put right: undo, minus mode, a quantity given afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import quantity_finding
from merchant_desk.domain.stock import check_quantity
from merchant_desk.domain.tasks import DismissUnknownCode
from merchant_desk.stations.gate import Waiting
from merchant_desk.stations.journal import JournalLine, Manner, line_of
from merchant_desk.stations.judging import Judging
from merchant_desk.stations.outcomes import outcome_of, told_by
from merchant_desk.stations.scans import Ask, LotBy, Product, Proposal, Question, Scan, ScanResult, Tone
from merchant_desk.stations.undoing import item_of, last_to_undo, like, standing


class TakingBack(Judging):
    """The taking-back part of a station."""

    def undo(self) -> list[ScanResult]:
        """Undo the last scan that stands, as the UNDO card does."""
        return self.take(Scan(b"MD:UNDO", "MD:UNDO", None, "key", self.runtime.clock()))

    def _undo(self, n: int, scan: Scan) -> ScanResult:
        last = last_to_undo(self.runtime, self.work)
        if last is None:
            return self.refuse(n, scan, "nothing_to_undo")
        line, entry_id = last
        return self._compensate(n, scan, line) if entry_id is None else self._dismiss(n, scan, line, entry_id)

    def _dismiss(self, n: int, scan: Scan, line: JournalLine, entry_id: UUID) -> ScanResult:
        """Take an unknown code out of the tray again: it was the last thing that was scanned."""
        facts = {"undoes": line.n, "found": "unknown"}
        result = ScanResult(n, Tone.ACCEPTED, "undone", line.text, facts, at=scan.at)
        body = DismissUnknownCode(entry_id, self.runtime.identity.outlet_id)
        try:
            done = self.do(body, self.journal.finish(n, outcome_of(result)), n)
        except Refusal as refusal:
            return self.block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        return replace(result, op_id=done.op_id)

    # -- minus mode ------------------------------------------------------------------------------

    def _take_back(self, n: int, scan: Scan, product: Product, problems: tuple[str, ...]) -> ScanResult:
        """In minus mode a scan takes back what is in the hand: this pack of this lot, so often as is said.

        That is the last standing scan of just as much. Where there is none, what is taken back is taken
        off one that stood for more.
        """
        alike = like(standing(self.runtime, self.work), product)
        wanted = product.quantity * (self.quantity or MICRO) // MICRO
        if self._differ(alike, product):
            missing = tuple(name for name in self.work.missing(product) if name != "expiry")
            asked = Question(Ask.LOT, ScanResult(n, Tone.ATTENTION, "lot_needed", scan.text), (), missing)
            facts = {"missing": list(missing), "problems": list(problems)}
            waiting = Waiting(asked, scan, product=product, problems=problems)
            return self.block(n, scan, Ask.LOT, "lot_needed", facts, waiting)
        for line in alike:
            if told_by(line)["quantity"] == wanted:
                self.quantity = None
                return self._compensate(n, scan, line, problems)
        for line in alike:
            rest, pack = told_by(line)["quantity"] - wanted, product.item.quantity
            if rest > 0 and rest * MICRO % pack == 0:
                packs = rest * MICRO // pack
                self.journal.remake(n, Manner(packs, self.minus, line.n))
                return self._correct(n, scan, line, packs, problems)
        asked = Question(Ask.ACKNOWLEDGE, ScanResult(n, Tone.REFUSED, "nothing_to_take_back", scan.text))
        waiting = Waiting(asked, scan, product=product)
        return self.block(n, scan, Ask.ACKNOWLEDGE, "nothing_to_take_back", {}, waiting)

    def _differ(self, alike: Sequence[JournalLine], product: Product) -> bool:
        """Tell whether it depends on a lot or serial number that the scan did not say which one is meant."""
        unsaid = {"lot", "serial"}.intersection(self.work.missing(product))
        return any(len({told_by(line)[name] for line in alike}) > 1 for name in unsaid)

    # -- another quantity ------------------------------------------------------------------------

    def correct_last(self, quantity: int, at: int = 0, of: int | None = None) -> ScanResult:
        """Say that the last scan that stands stood for so many units (10^-6): it is undone and done anew.

        Refused while a question is open: the scan in question is the last one, and does not stand yet; and
        where the last one is not scan `of`, for which the quantity was given.
        """
        if self.waiting is not None:
            return self._not_corrected("scans_wait", count=self.waits)
        line = next(iter(standing(self.runtime, self.work)), None)
        instead = self._instead(line, quantity) if line is not None else None
        if line is None or instead is None:
            return self._not_corrected("nothing_to_undo")
        if of is not None and line.n != of:
            return self._not_corrected("another_scan_last")
        try:
            check_quantity(quantity)
            check_quantity(instead.quantity)  # of a carton it is so many times as much
        except Refusal as refusal:
            return self._not_corrected(refusal.code, **refusal.facts)
        scan = Scan(line.raw, line.text, None, "key", at or self.runtime.clock())
        manner = Manner(quantity, self.minus, line.n)
        n = self.journal.record(scan, self.document_id, self.person, manner=manner)
        return self._correct(n, scan, line, quantity)

    def _not_corrected(self, code: str, **facts: Any) -> ScanResult:
        return self.refuse(0, Scan(b"", "", at=self.runtime.clock()), code, facts)

    def again(self, line: JournalLine) -> ScanResult:
        """Apply a journaled scan after all; one that stands instead of another is no scan of its own."""
        if line.replaces is None or line.packs is None:
            return super().again(line)
        with self.runtime.profile.read_here() as connection:
            meant = line_of(connection, line.replaces)
        if meant is None:
            raise LookupError(f"scan {line.n} stands instead of one that the journal does not have")
        return self._correct(line.n, line.scan, meant, line.packs)

    def _instead(self, line: JournalLine, packs: int) -> Proposal | None:
        """Return a recorded scan with another quantity; None if its product is not known any more."""
        told = told_by(line)
        item = item_of(self.runtime, told)
        if item is None:
            return None
        item = replace(item, quantity=int(told["pack"]), unit=told.get("unit") or item.unit)
        moved, serial = item.quantity * packs // MICRO, told.get("serial", "")
        lot_by = LotBy(told.get("facts", {}).get("lot_by", ""))
        return Proposal(item, packs, moved, told["lot"], told["expiry"], serial, line.text, lot_by)

    def _correct(
        self, n: int, scan: Scan, line: JournalLine, packs: int, problems: tuple[str, ...] = ()
    ) -> ScanResult:
        """Let scan `n` stand instead of a recorded one; what was undone already is not undone again."""
        proposal = self._instead(line, packs)
        if proposal is None:
            return self.block(n, scan, Ask.ACKNOWLEDGE, "nothing_to_undo", {})
        if line.n not in {one.n for one in standing(self.runtime, self.work)}:
            return self._record(n, scan, proposal, [], None, problems)
        more = replace(proposal, quantity=proposal.quantity - int(told_by(line)["quantity"]))
        limits = self.rules.limits(self.today())
        with self.runtime.profile.read_here() as connection:
            findings = self.work.findings(connection, more, limits) if more.quantity > 0 else []
        whole = quantity_finding(proposal.quantity, limits.absurd)
        if whole is not None:  # what was typed is asked about, not by how much it is more
            findings = [*(one for one in findings if one.code != whole.code), whole]
        return self._decide(n, scan, proposal, findings, None, problems, line)
