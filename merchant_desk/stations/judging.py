"""What a station does with an understood product scan: refuse it, ask about it, or record it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import Finding, Policy
from merchant_desk.domain.stock import UndoScan
from merchant_desk.domain.units import check_whole, is_part
from merchant_desk.models.queries.floor import location_by_id
from merchant_desk.stations.gate import Gate, Today, Waiting, Who
from merchant_desk.stations.journal import JournalLine, last_place, lines_of, minus_mode
from merchant_desk.stations.outcomes import outcome_of, set_for_next, told_by
from merchant_desk.stations.recording import Entry, Filed, recorded, taken_back
from merchant_desk.stations.scans import Ask, LotBy, Proposal, Question, Scan, ScanResult, Situation, Tone
from merchant_desk.stations.undoing import item_of
from merchant_desk.stations.work import Work
from merchant_desk.sync.desk import Extra
from merchant_desk.sync.runtime import DeskRuntime


@dataclass(frozen=True, slots=True)
class TypedLot:
    """The lot that a person typed for the goods that were scanned last."""

    sku_id: UUID
    lot: str
    expiry: int | None


class Judging(Gate):
    """A gate at an open document: judges by the manager's policies, and records."""

    def __init__(self, runtime: DeskRuntime, work: Work, who: Who, today: Today) -> None:
        super().__init__(runtime, work.station, work.document_id, who, today)
        self.work = work
        self._typed: TypedLot | None = None
        self._previous = ""
        self._complete = False

    def situation(self) -> Situation:
        """Return what a screen has to know beside the results."""
        place = self.work.location.code if self.work.location else ""
        return replace(super().situation(), location=place, complete=self._complete)

    def recover(self) -> int:
        """Find scans that wait, and whether the order has all that it asks for."""
        self.look_whether_complete()
        return super().recover()

    def restore(self) -> None:
        """Go on where the journal says that this document was left: the shelf, the mode, what waits."""
        self.recover()
        with self.runtime.profile.read_here() as connection:
            place_id = last_place(connection, self.station, self.work.document_id)
            place = location_by_id(connection, place_id) if place_id else None
            self.minus = minus_mode(connection, self.station, self.work.document_id)
            lines = lines_of(connection, self.station, self.work.document_id)
        if place is not None and not self.work.one_location:
            self.work.location = place
        self.quantity = set_for_next(lines)

    def _entry(self, connection: Connection, proposal: Proposal) -> Entry:
        """Return what recording a proposal writes, and how the document stands before it."""
        body = self.work.operation(connection, proposal)
        count = self.work.count(connection, proposal.item.sku_id)
        return Entry(body, count, self.work.place_of(connection, body))

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
        if is_part(proposal.quantity, proposal.item.base_unit):
            asking = []  # it is refused whatever would be answered
        for finding in refused or [found for found in asking if found.code not in answered]:
            ask = Ask.ACKNOWLEDGE if refused else Ask.CONFIRM
            asked = Question(ask, ScanResult(n, Tone.ATTENTION, "", scan.text))
            waiting = Waiting(asked, scan, proposal, None, replaces, tuple(findings), answered, problems)
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
        gone: dict[str, Any] = {}
        try:
            check_whole(proposal.quantity, proposal.item.base_unit)
            if replaces is not None:
                undone = self._replace(scan, replaces).quantity
                gone = {"replaces": replaces.n, "undone": -undone}
            if entry is None or replaces is not None:
                with self.runtime.profile.read_here() as connection:
                    entry = self._entry(connection, proposal)
            result = recorded(n, scan, proposal, findings, entry, problems)
            if replaces is not None:
                result = replace(result, facts={**result.facts, "replaces": replaces.n})
            extra = self.journal.finish(n, outcome_of(result))
            done = self.do(entry.body, extra, n)
        except Refusal as refusal:
            if gone:  # it stands no more, and nothing stands in its place
                self.look_whether_complete()
            asked = Question(Ask.ACKNOWLEDGE, ScanResult(n, Tone.REFUSED, "", scan.text))
            facts, waiting = {**refusal.facts, **gone}, Waiting(asked, scan, proposal)
            return self.block(n, scan, Ask.ACKNOWLEDGE, refusal.code, facts, waiting)
        self.quantity = None
        self._previous = scan.text
        typed = proposal.lot and proposal.lot_by in (LotBy.TYPED, LotBy.BEFORE)
        own = (proposal.item.sku_id, proposal.lot, proposal.expiry)
        self._typed = TypedLot(*own) if typed else None
        self.look_whether_complete()
        return replace(result, op_id=done.op_id)

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
            problems=waiting.problems,
            replaces=waiting.replaces,
            answered=waiting.answered | {asked.code},
        )

    def look_whether_complete(self) -> bool:
        """Tell whether the order has all that it asks for now: other desks fill it and take back, too."""
        if self.work.completes:
            with self.runtime.profile.read_here() as connection:
                self._complete = self.work.complete(connection)
        return self._complete

    # -- taking back -----------------------------------------------------------------------------

    def _compensate(
        self, n: int, scan: Scan, line: JournalLine, problems: tuple[str, ...] = ()
    ) -> ScanResult:
        """Undo a recorded scan because of scan `n`; `problems` are the damaged elements of that one."""

        def filed(told: ScanResult) -> Extra:
            return self.journal.finish(n, outcome_of(told))

        try:
            result = self._undone(n, scan, line, filed, problems)
        except Refusal as refusal:
            return self.block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        self._typed = None
        self.look_whether_complete()
        return result

    def _replace(self, scan: Scan, line: JournalLine) -> ScanResult:
        """Undo the scan that `scan` stands instead of; the undo enters the journal with its operation."""
        undo = Scan(b"MD:UNDO", "MD:UNDO", None, "key", scan.at)
        own = (undo, self.work.document_id, self.person)
        return self._undone(0, undo, line, lambda told: self.journal.enter(*own, outcome_of(told)))

    def _undone(
        self, n: int, scan: Scan, line: JournalLine, filed: Filed, problems: tuple[str, ...] = ()
    ) -> ScanResult:
        if line.op_id is None:
            raise LookupError("a scan without an operation cannot be undone")
        body = UndoScan(self.runtime.identity.outlet_id, self.work.document_id, line.op_id)
        item = item_of(self.runtime, told_by(line))
        with self.runtime.profile.read_here() as connection:
            count = self.work.count(connection, item.sku_id) if item else None
        result = taken_back(n, scan, line, item, count, problems)
        done = self.do(body, filed(result), n)
        return replace(result, op_id=done.op_id)
