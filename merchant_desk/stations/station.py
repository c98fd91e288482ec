"""The state machine of a scan station: one scan in, one result out, nothing lost between.

Every method runs on the desk's writer thread (the facade sees to it), so that scans are taken one
after another in the order in which they were captured.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import Command, CommandKind
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Finding, Policy
from merchant_desk.domain.stock import UndoScan
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.stations.journal import DISCARDED, DONE, HELD, Journal, JournalLine, unfinished
from merchant_desk.stations.resolver import Meaning, Product, resolve
from merchant_desk.stations.scans import Ask, Proposal, Scan, ScanResult, Tone
from merchant_desk.stations.undoing import item_of, last_standing
from merchant_desk.stations.work import Work
from merchant_desk.sync.runtime import DeskRuntime


@dataclass
class Waiting:
    """What the station waits for: a person's word on a scan, and the scan itself."""

    ask: Ask
    result: ScanResult
    proposal: Proposal | None = None
    product: Product | None = None
    choices: tuple[Product, ...] = ()
    aim: str | None = None


class Station:
    """One station at one desk, with or without an open document."""

    def __init__(
        self,
        runtime: DeskRuntime,
        work: Work,
        person: Callable[[], UUID],
        today: Callable[[], int],
        policies: Mapping[str, Mapping[str, Policy]] = DEFAULT_POLICIES,
    ) -> None:
        self.runtime = runtime
        self.work = work
        self._person = person
        self._today = today
        self._policies = policies.get(work.station, {})
        self.journal = Journal(runtime.profile.writer, work.station)
        self.minus = False
        self.quantity: int | None = None
        self.waiting: Waiting | None = None
        self.held: list[int] = []
        self._lots: dict[UUID, tuple[str, int | None]] = {}
        self._previous = ""

    @property
    def person(self) -> UUID:
        """Who is working here."""
        return self._person()

    # -- scans -----------------------------------------------------------------------------------

    def take(self, scan: Scan) -> ScanResult:
        """Take one scan: journal it, then see what it means and do it (or hold it back while blocked)."""
        state = HELD if self.waiting is not None and not _is_answer(scan.text) else "new"
        n = self.journal.record(scan, self.work.document_id, self.person, state)
        if state == HELD:
            self.held.append(n)
            return self._tell(n, scan, Tone.REFUSED, "held_back", {"count": len(self.held)}, close=False)
        return self._judge(n, scan)

    def _judge(self, n: int, scan: Scan) -> ScanResult:
        with self.runtime.read() as connection, connection.begin():
            meaning = resolve(connection, scan.text, scan.aim, self._today())
        if meaning.command is not None:
            return self._command(n, scan, meaning.command)
        if meaning.location is not None and not meaning.products:
            return self._at_location(n, scan, meaning)
        if not meaning.products:
            return self._no_product(n, scan, meaning)
        return self._products(n, scan, meaning)

    def _products(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        if len(meaning.products) > 1 or meaning.location is not None:
            names = [product.item.name for product in meaning.products]
            return self._block(n, scan, Ask.CHOOSE, "ambiguous", {"names": names}, choices=meaning.products)
        return self._product(n, scan, meaning.products[0], meaning.problems)

    def _product(self, n: int, scan: Scan, product: Product, problems: tuple[str, ...] = ()) -> ScanResult:
        known = self._lots.get(product.item.sku_id)
        if product.lot:
            self._lots[product.item.sku_id] = (product.lot, product.expiry)
        elif self.work.asks_for_lot(product) and known:
            product = replace(product, lot=known[0], expiry=known[1])
        if self.work.asks_for_lot(product):
            return self._block(n, scan, Ask.LOT, "lot_needed", {"problems": list(problems)}, product=product)
        if self.minus:
            return self._take_back(n, scan, product)
        packs = max(self.quantity or MICRO, 0)
        with self.runtime.read() as connection, connection.begin():
            proposal = self.work.propose(connection, product, 1, scan.text)
            proposal = replace(proposal, quantity=proposal.quantity * packs // MICRO, packs=packs)
            findings = self.work.findings(connection, proposal, self._today())
        for finding in findings:
            policy = self._policies.get(finding.code, Policy.ASK)
            if policy is Policy.REFUSE:
                return self._block(n, scan, Ask.ACKNOWLEDGE, finding.code, dict(finding.facts), proposal=None)
            if policy is Policy.ASK:
                return self._block(n, scan, Ask.CONFIRM, finding.code, dict(finding.facts), proposal=proposal)
        return self._record(n, scan, proposal, findings, problems)

    def _record(
        self,
        n: int,
        scan: Scan,
        proposal: Proposal,
        findings: list[Finding],
        problems: tuple[str, ...] = (),
    ) -> ScanResult:
        with self.runtime.read() as connection, connection.begin():
            body = self.work.operation(connection, proposal)
            before = self.work.count(connection, proposal.item.sku_id)
        told = findings[0] if findings else None
        facts: dict[str, Any] = dict(told.facts) if told else {}
        if problems:
            facts["problems"] = list(problems)
        result = ScanResult(
            n,
            Tone.ATTENTION if told or problems else Tone.ACCEPTED,
            told.code if told else ("damaged_element" if problems else "accepted"),
            scan.text,
            facts,
            proposal.item,
            proposal.quantity,
            proposal.pack,
            proposal.lot,
            proposal.expiry,
            before.done + proposal.quantity,
            before.expected,
            at=scan.at,
        )
        try:
            done = self.runtime.do_here(
                body,
                self.person,
                about=self.work.document_id,
                extra=self.journal.finish(n, outcome_of(result)),
            )
        except Refusal as refusal:
            return self._block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        self.quantity = None
        self._previous = scan.text
        return replace(result, op_id=done.op_id)

    # -- what is no product ----------------------------------------------------------------------

    def _at_location(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        location = meaning.location
        if location is None or self.work.station == "stocktake":
            return self._block(n, scan, Ask.ACKNOWLEDGE, "expected_product", {"found": "location"})
        self.work.location = location
        return self._tell(n, scan, Tone.ACCEPTED, "at_location", {"location": location.code})

    def _no_product(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        if meaning.documents:
            found = meaning.documents[0]
            facts = {"found": "document", "number": found.number}
            return self._block(n, scan, Ask.ACKNOWLEDGE, "expected_product", facts)
        if meaning.person is not None or meaning.classified.person is not None:
            return self._block(n, scan, Ask.ACKNOWLEDGE, "expected_product", {"found": "person"})
        if meaning.classified.location is not None:
            facts = {"location": meaning.classified.location}
            return self._block(n, scan, Ask.ACKNOWLEDGE, "unknown_location", facts)
        return self._unknown(n, scan, meaning)

    def _unknown(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Put the code into the tray and go on: an unknown code is attention, never a refusal."""
        location = self.work.location
        body = ReportUnknownCode(
            self.runtime.new_id(),
            self.runtime.identity.outlet_id,
            meaning.classified.raw,
            self.work.document_id,
            location.id if location else None,
            self._previous,
            self.work.station,
        )
        result = ScanResult(n, Tone.ATTENTION, "unknown_code", scan.text, at=scan.at)
        extra = self.journal.finish(n, outcome_of(result))
        done = self.runtime.do_here(body, self.person, about=self.work.document_id, extra=extra)
        return replace(result, op_id=done.op_id)

    # -- commands --------------------------------------------------------------------------------

    def _command(self, n: int, scan: Scan, command: Command) -> ScanResult:
        if self.waiting is not None:
            return self._answer_by_card(n, scan, command)
        if command.kind is CommandKind.UNDO:
            return self._undo(n, scan)
        if command.kind is CommandKind.MINUS:
            self.minus = not self.minus
            return self._tell(n, scan, Tone.ACCEPTED, "minus_on" if self.minus else "minus_off")
        if command.kind is CommandKind.QUANTITY and command.quantity is not None:
            return self.set_quantity(command.quantity, n, scan)
        return self._tell(n, scan, Tone.ACCEPTED, f"command_{command.kind.name.casefold()}")

    def set_quantity(self, quantity: int, n: int = 0, scan: Scan | None = None) -> ScanResult:
        """Say how many units the next scan stands for (10^-6); 0 and the absurd are refused."""
        scan = scan or Scan(b"", "")
        if quantity <= 0:
            return self._tell(n, scan, Tone.REFUSED, "quantity_zero", {}, close=n > 0)
        self.quantity = quantity
        return self._tell(n, scan, Tone.ACCEPTED, "next_quantity", {"quantity": quantity}, close=n > 0)

    def undo(self) -> ScanResult:
        """Undo the last scan that stands, as the UNDO card does."""
        scan = Scan(b"MD:UNDO", "MD:UNDO", None, "key", self.runtime.clock())
        return self.take(scan)

    def _undo(self, n: int, scan: Scan) -> ScanResult:
        line = last_standing(self.runtime, self.work)
        if line is None or line.op_id is None:
            return self._tell(n, scan, Tone.REFUSED, "nothing_to_undo")
        return self._compensate(n, scan, line)

    def _take_back(self, n: int, scan: Scan, product: Product) -> ScanResult:
        """In minus mode a scan undoes the last standing scan of the same product and pack."""
        line = last_standing(self.runtime, self.work, str(product.item.sku_id), product.item.quantity)
        if line is None:
            return self._block(n, scan, Ask.ACKNOWLEDGE, "nothing_to_take_back", {}, product=product)
        return self._compensate(n, scan, line)

    def _compensate(self, n: int, scan: Scan, line: JournalLine) -> ScanResult:
        if line.op_id is None:
            raise LookupError("a scan without an operation cannot be undone")
        told = json.loads(line.outcome)
        body = UndoScan(self.runtime.identity.outlet_id, self.work.document_id, line.op_id)
        item = item_of(self.runtime, told)
        with self.runtime.read() as connection, connection.begin():
            count = self.work.count(connection, item.sku_id) if item else None
        quantity = -int(told.get("quantity", 0))
        result = ScanResult(
            n,
            Tone.ACCEPTED,
            "undone",
            line.text,
            {"undoes": line.n},
            item,
            quantity,
            int(told.get("pack", 0)),
            told.get("lot", ""),
            told.get("expiry"),
            (count.done if count else 0) + quantity,
            count.expected if count else None,
            at=scan.at,
        )
        try:
            extra = self.journal.finish(n, outcome_of(result))
            done = self.runtime.do_here(body, self.person, about=self.work.document_id, extra=extra)
        except Refusal as refusal:
            return self._block(n, scan, Ask.ACKNOWLEDGE, refusal.code, dict(refusal.facts))
        return replace(result, op_id=done.op_id)

    # -- waiting for a person --------------------------------------------------------------------

    def acknowledge(self, *, accept: bool = False) -> ScanResult:
        """Answer a refusal (seen) or a question (`accept`: do it, else leave it); the station goes on.

        Scans held back meanwhile stay in `held`, for `apply_held` or `discard_held`.
        """
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return ScanResult(0, Tone.ACCEPTED, "nothing_waits", "")
        scan = Scan(b"", waiting.result.text, waiting.aim, "key", waiting.result.at)
        if waiting.ask is Ask.CONFIRM and accept and waiting.proposal is not None:
            finding = Finding(waiting.result.code, dict(waiting.result.facts))
            return self._record(waiting.result.n, scan, waiting.proposal, [finding])
        self.quantity = None
        return self._tell(waiting.result.n, scan, Tone.ACCEPTED, "acknowledged", {"of": waiting.result.code})

    def choose(self, index: int) -> ScanResult:
        """Say which of several products it was (0 is the first)."""
        waiting = self.waiting
        if waiting is None or not 0 <= index < len(waiting.choices):
            return ScanResult(0, Tone.REFUSED, "no_such_choice", "")
        self.waiting = None
        scan = Scan(b"", waiting.result.text, waiting.aim, "key", waiting.result.at)
        return self._product(waiting.result.n, scan, waiting.choices[index])

    def give_lot(self, lot: str, expiry: int | None) -> ScanResult:
        """Say which lot it is and when it expires (yyyymmdd); remembered for this product and document."""
        waiting = self.waiting
        if waiting is None or waiting.product is None or not lot.strip():
            return ScanResult(0, Tone.REFUSED, "lot_missing", "")
        self.waiting = None
        scan = Scan(b"", waiting.result.text, waiting.aim, "key", waiting.result.at)
        return self._product(waiting.result.n, scan, replace(waiting.product, lot=lot.strip(), expiry=expiry))

    def apply_held(self) -> list[ScanResult]:
        """Apply the scans that came while the station was blocked, in order, until one blocks again."""
        results = []
        lines = self._held_lines()
        while lines and self.waiting is None:
            line = lines.pop(0)
            if line.n in self.held:
                self.held.remove(line.n)
            results.append(self._judge(line.n, line.scan))
        return results

    def discard_held(self) -> int:
        """Leave the scans that came while the station was blocked; they stay in the journal as discarded."""
        lines = self._held_lines()
        for line in lines:
            self.journal.close(line.n, DISCARDED, {"code": "discarded", "text": line.text})
        self.held.clear()
        return len(lines)

    def recover(self) -> int:
        """After a restart, find scans that were journaled and not applied; returns how many wait."""
        self.held = [line.n for line in self._held_lines()]
        return len(self.held)

    def _held_lines(self) -> list[JournalLine]:
        with self.runtime.read() as connection, connection.begin():
            lines = unfinished(connection, self.work.station)
        blocked = self.waiting.result.n if self.waiting else 0
        return [line for line in lines if line.n != blocked]

    def _answer_by_card(self, n: int, scan: Scan, command: Command) -> ScanResult:
        self.journal.close(n, DONE, {"code": f"command_{command.kind.name.casefold()}", "text": scan.text})
        return self.acknowledge(accept=command.kind is CommandKind.OK)

    def _block(
        self,
        n: int,
        scan: Scan,
        ask: Ask,
        code: str,
        facts: dict[str, Any],
        *,
        proposal: Proposal | None = None,
        product: Product | None = None,
        choices: tuple[Product, ...] = (),
    ) -> ScanResult:
        tone = Tone.REFUSED if ask is Ask.ACKNOWLEDGE else Tone.ATTENTION
        item = proposal.item if proposal else (product.item if product else None)
        result = ScanResult(n, tone, code, scan.text, facts, item, ask=ask, at=scan.at)
        self.waiting = Waiting(ask, result, proposal, product, choices, scan.aim)
        if ask is Ask.ACKNOWLEDGE:
            self.journal.close(n, DONE, outcome_of(result))
        return result

    def _tell(
        self,
        n: int,
        scan: Scan,
        tone: Tone,
        code: str,
        facts: dict[str, Any] | None = None,
        *,
        close: bool = True,
    ) -> ScanResult:
        result = ScanResult(n, tone, code, scan.text, facts or {}, at=scan.at)
        if close and n:
            self.journal.close(n, DONE, outcome_of(result))
        return result


def outcome_of(result: ScanResult) -> dict[str, Any]:
    """Return what the journal keeps of a result: enough to show it again after a restart."""
    return {
        "tone": result.tone.value,
        "code": result.code,
        "facts": dict(result.facts),
        "sku_id": str(result.item.sku_id) if result.item else "",
        "name": result.item.name if result.item else "",
        "unit": result.item.unit if result.item else "",
        "quantity": result.quantity,
        "pack": result.pack,
        "lot": result.lot,
        "expiry": result.expiry,
        "done": result.done,
        "expected": result.expected,
    }


def _is_answer(text: str) -> bool:
    return text in ("MD:OK", "MD:UNDO")
