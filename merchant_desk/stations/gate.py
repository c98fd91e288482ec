"""The gate that every scan passes: journaled first, judged in order, held back while a person is asked.

Every method runs on the desk's writer thread, so that scans are taken one after another in the order in
which they were captured.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from merchant_desk.domain.house_codes import Command, CommandKind, command, person_badge
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import Finding
from merchant_desk.stations.booked import booked_among, is_booked
from merchant_desk.stations.floor_rules import FloorRules
from merchant_desk.stations.journal import (
    DISCARDED,
    DONE,
    HELD,
    NEW,
    Journal,
    JournalLine,
    Manner,
    unfinished,
)
from merchant_desk.stations.outcomes import outcome_of
from merchant_desk.stations.resolver import Meaning, resolve
from merchant_desk.stations.scans import (
    Ask,
    HeldScan,
    Product,
    Proposal,
    Question,
    Scan,
    ScanResult,
    Situation,
    Tone,
)
from merchant_desk.sync.desk import Done, Extra
from merchant_desk.sync.runtime import DeskRuntime

Who = Callable[[], UUID]
Today = Callable[[], int]

ANSWERS = (CommandKind.OK, CommandKind.UNDO)
"""Cards that answer what a station waits for."""

LEADING_AWAY = frozenset({"open_document", "next_document"})
"""Results after which scans belong to another document."""

ASKING = frozenset({"command_finish", "command_quantity"})
"""Results of cards on which a screen asks a person; what follows was scanned for after the answer."""

FORMS = (Ask.LOT, Ask.CHOOSE)
"""Questions that an OK card alone cannot answer: a screen fills in what is missing."""


@dataclass
class Waiting:
    """What the station waits for: a person's word on a scan, and what would be done then.

    `replaces` is the scan that this one stands instead of; `findings` are what the checks said, and
    `answered` the codes of those that a person said yes to already; `problems` are the damaged elements of
    a GS1 message, which are told with whatever comes of it.
    """

    question: Question
    scan: Scan
    proposal: Proposal | None = None
    product: Product | None = None
    replaces: JournalLine | None = None
    findings: tuple[Finding, ...] = ()
    answered: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()

    @property
    def of_goods(self) -> bool:
        """Whether goods are in question: what was set for the next goods was meant for these."""
        return bool(self.proposal or self.product or self.question.choices)


class Gate(ABC):
    """Takes scans at one station, for one document or for none.

    `minus` and `quantity` (10^-6) are how the next scan is made, and are journaled with it.
    """

    def __init__(
        self, runtime: DeskRuntime, station: str, document_id: UUID | None, who: Who, today: Today
    ) -> None:
        self.runtime = runtime
        self.station = station
        self.document_id = document_id
        self.today = today
        self.journal = Journal(runtime.profile.writer, station, runtime.new_id)
        self.rules = FloorRules(runtime)
        self.waiting: Waiting | None = None
        self.held: list[HeldScan] = []
        self.paused = False
        self.form: CommandKind | None = None
        self.failed = False
        self.minus = False
        self.quantity: int | None = None
        self._who = who
        self._scanned_by: UUID | None = None
        self._fresh = 0

    @abstractmethod
    def judge(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Act on a scan that is no card for the gate itself."""

    @abstractmethod
    def confirmed(self, waiting: Waiting) -> ScanResult:
        """Do what a person said yes to."""

    @property
    def person(self) -> UUID:
        """Who made the scan that is applied; of one that is made now, and of an answer, who is signed in.

        Raises:
            Refusal: `nobody_signed_in`, whoever made the scan.
        """
        here = self._who()
        return self._scanned_by or here

    @property
    def stopped(self) -> bool:
        """Whether scans are held back now."""
        return self.waiting is not None or bool(self.held) or self.paused or self.failed

    @property
    def waits(self) -> int:
        """How many scans wait for a person."""
        return len(self.held) + (self.waiting is not None)

    def situation(self) -> Situation:
        """Return what a screen has to know beside the results."""
        question = self.waiting.question if self.waiting else None
        return Situation(question, tuple(self.held), self.minus, self.quantity, failed=self.failed)

    # -- scans -----------------------------------------------------------------------------------

    def take(self, scan: Scan) -> list[ScanResult]:
        """Take one scan: journal it, then see what it means and do it (or hold it back while stopped).

        Returns more than one result only for an OK card that sets held scans going.
        """
        card = command(scan.text)
        answers = card is not None and card.kind in ANSWERS
        badge = person_badge(scan.text) is not None
        repeated = self.paused and not self.held and self.form is not None and card == Command(self.form)
        held = self.stopped and not answers and not badge and not repeated
        first = not self.waits  # what a quantity was meant for comes before whatever waits already
        manner = Manner(self.quantity if first else None, self.minus)
        state = HELD if held else NEW
        n = self.journal.record(scan, self.document_id, self._person_or_none(), state, manner, ahead=not held)
        if held:
            self.held.append(HeldScan(n, scan.text, scan.at))
            return [self.tell(n, scan, Tone.REFUSED, "held_back", {"count": len(self.held)}, close=False)]
        if card is not None and answers and self.stopped:
            return self._answer_by_card(n, scan, card)
        if repeated:
            return [self.tell(n, scan, Tone.ACCEPTED, "command_repeated")]
        if not badge and self._person_or_none() is None:
            return [self.block(n, scan, Ask.ACKNOWLEDGE, "nobody_signed_in", {})]
        self._fresh = n
        try:
            return [self._resolve(n, scan)]
        finally:
            self._fresh = 0
            self.journal.settle()

    def reject(self, scan: Scan, reason: str, suspect: str = "") -> ScanResult:
        """Journal a burst that cannot be trusted, and stop: it is said aloud and never applied.

        `suspect` is the code before it, where that one is doubtful too.
        """
        result = unreadable(scan, reason, suspect)
        n = self.journal.file(scan, self.document_id, self._person_or_none(), outcome_of(result))
        if self.waiting is not None:
            return replace(result, n=n)
        return self.block(n, scan, Ask.ACKNOWLEDGE, result.code, dict(result.facts), filed=True)

    def _resolve(self, n: int, scan: Scan) -> ScanResult:
        today, patterns = self.today(), self.rules.patterns
        with self.runtime.profile.read_here() as connection:
            meaning = resolve(connection, scan.text, scan.aim, today, patterns)
        if meaning.classified.person is not None:
            return self._badge(n, scan, meaning)
        return self.judge(n, scan, meaning)

    def do(self, body: object, extra: Extra, n: int = 0) -> Done:
        """Carry out the operation of scan `n`; `extra` files its outcome in the same transaction.

        Raises:
            Refusal: a rule said no, or another desk that has the scan too booked it; nothing was written.
        """
        op_id = self.journal.op_id_of(n) if n else None
        if op_id is not None and n != self._fresh:  # nobody else has what was scanned in this moment
            with self.runtime.profile.read_here() as connection:
                if is_booked(connection, op_id):
                    raise Refusal("booked_elsewhere")
        done = self.runtime.do_here(body, self.person, about=self.document_id, extra=extra, op_id=op_id)
        self.journal.followed()
        return done

    def _badge(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """A badge changes who works here; it is none of the document's business and stops nothing."""
        if meaning.person is None:
            return self.tell(n, scan, Tone.ATTENTION, "unknown_badge")
        facts = {"badge": scan.text, "login": meaning.person.login, "name": meaning.person.name}
        return self.tell(n, scan, Tone.ACCEPTED, "badge_scanned", facts)

    def _person_or_none(self) -> UUID | None:
        try:
            return self._who()
        except Refusal:
            return None

    # -- stopping and going on -------------------------------------------------------------------

    def block(
        self,
        n: int,
        scan: Scan,
        ask: Ask,
        code: str,
        facts: dict[str, Any],
        waiting: Waiting | None = None,
        *,
        filed: bool = False,
    ) -> ScanResult:
        """Stop until a person has answered; `waiting` holds what would be done then.

        `filed` tells that the journal has this outcome already.

        Raises:
            LookupError: a question is open already: its scan would be forgotten.
        """
        if self.waiting is not None:
            raise LookupError(f"scan {self.waiting.question.result.n} waits for an answer already")
        tone = Tone.REFUSED if ask is Ask.ACKNOWLEDGE else Tone.ATTENTION
        product = waiting.product.item if waiting and waiting.product else None
        item = waiting.proposal.item if waiting and waiting.proposal else product
        result = ScanResult(n, tone, code, scan.text, facts, item, ask=ask, at=scan.at)
        question = waiting.question if waiting else Question(ask, result)
        question = replace(question, ask=ask, result=result)
        self.waiting = replace(waiting, question=question) if waiting else Waiting(question, scan)
        if ask is Ask.ACKNOWLEDGE and n and not filed:
            self.journal.close(n, DONE, outcome_of(result))
        return result

    def acknowledge(self, *, accept: bool = False, of: int | None = None) -> ScanResult:
        """Answer a refusal (seen) or a question (`accept`: do it, else leave it); the station goes on.

        `of` is the scan that the answer is meant for: an answer to another one changes nothing. Scans held
        back meanwhile stay in `held`, for `apply_held` or `discard_held`.
        """
        waiting = self.waiting
        if waiting is None or (of is not None and waiting.question.result.n != of):
            return ScanResult(0, Tone.ACCEPTED, "nothing_waits", "")
        self.waiting = None
        asked = waiting.question.result
        if waiting.question.ask is Ask.CONFIRM and accept:
            return self.confirmed(waiting)
        if waiting.of_goods:
            self.quantity = None  # what was meant for a scan goes with it
        facts = {**asked.facts, "of": asked.code}
        if waiting.question.ask is Ask.ACKNOWLEDGE:
            return ScanResult(
                asked.n, Tone.ACCEPTED, "acknowledged", asked.text, facts, asked.item, at=asked.at
            )
        left = ScanResult(asked.n, Tone.ATTENTION, "declined", asked.text, facts, asked.item, at=asked.at)
        self.journal.close(asked.n, DONE, outcome_of(left))
        return left

    def _answer_by_card(self, n: int, scan: Scan, card: Command) -> list[ScanResult]:
        yes = card.kind is CommandKind.OK
        told = self.tell(n, scan, Tone.ACCEPTED, f"command_{card.kind.name.casefold()}")
        if self.paused or self.failed:
            return [told]
        if self.waiting is None:
            if yes:
                return [told, *self.apply_held()]
            return [told, *self.discard_held()]
        if yes and self.waiting.question.ask in FORMS:
            return [told]
        return [self.acknowledge(accept=yes)]

    def pause(self, form: CommandKind | None = None) -> None:
        """Hold scans back while a person fills in a form; `form` is the card that asks for it, too.

        That card once more, before anything else, asks for nothing that is not there.
        """
        self.paused, self.form = True, form

    def apply_held(self) -> list[ScanResult]:
        """Apply the scans that came while the station was stopped, in order, until one stops it again.

        The last one applied may be a card on which the screen asks: the rest waits for the answer.
        """
        if self.failed:
            self.recover()
        results = []
        lines = {line.n: line for line in self._unfinished()}
        while self.held and self.waiting is None:
            line = lines.get(self.held.pop(0).n)
            if line is not None:
                self._scanned_by = line.person_id
                try:
                    results.append(self.again(line))
                finally:
                    self._scanned_by = None
                if results[-1].code in LEADING_AWAY | ASKING:
                    break
        return results

    def again(self, line: JournalLine) -> ScanResult:
        """Apply a journaled scan after all, in the manner that the scans before it led to."""
        manner = Manner(self.quantity, self.minus)
        if manner != Manner(line.packs, bool(line.minus)):
            self.journal.remake(line.n, manner)
        return self._resolve(line.n, line.scan)

    def discard_held(self) -> list[ScanResult]:
        """Leave the scans that came while the station was stopped; they stay in the journal as discarded.

        Returns what each of them has become, and last how many they were.
        """
        if self.failed:
            self.recover()
        held, self.held, self.quantity = self.held, [], None
        gone = [ScanResult(line.n, Tone.ATTENTION, "discarded", line.text, at=line.at) for line in held]
        for result in gone:
            self.journal.close(result.n, DISCARDED, outcome_of(result))
        return [*gone, ScanResult(0, Tone.ATTENTION, "held_discarded", "", {"count": len(held)})]

    def recover(self) -> int:
        """Find scans that were journaled and neither applied nor discarded; returns how many wait.

        Called when a document is opened again, before it is ended, and when it was seen that a job failed.
        """
        asked = self.waiting.question.result.n if self.waiting else 0
        lines = [line for line in self._unfinished() if line.n != asked]
        self.held = [HeldScan(line.n, line.text, line.scanned_at) for line in lines]
        self.failed = False
        return len(self.held)

    def fail(self) -> None:
        """Stop after a job that failed half-way: what it left in the journal is held, with what follows."""
        try:
            self.recover()
        finally:
            self.failed = True

    def refuse(self, n: int, scan: Scan, code: str, facts: dict[str, Any] | None = None) -> ScanResult:
        """Refuse what is no product, and stop until it was seen, unless another question stops already."""
        if self.waiting is not None:
            return self.tell(n, scan, Tone.REFUSED, code, facts)
        return self.block(n, scan, Ask.ACKNOWLEDGE, code, facts or {})

    def tell(
        self,
        n: int,
        scan: Scan,
        tone: Tone,
        code: str,
        facts: dict[str, Any] | None = None,
        *,
        close: bool = True,
    ) -> ScanResult:
        """Say what became of a scan that moved nothing, and file it."""
        result = ScanResult(n, tone, code, scan.text, facts or {}, at=scan.at)
        if close and n:
            self.journal.close(n, DONE, outcome_of(result))
        return result

    def _unfinished(self) -> list[JournalLine]:
        """Return the scans that wait; those that another desk has booked wait no more, which is filed."""
        with self.runtime.profile.read_here() as connection:
            lines = unfinished(connection, self.station, self.document_id)
            booked = booked_among(connection, self.document_id, lines)
        for line in lines:
            if line.n in booked:
                self.tell(line.n, line.scan, Tone.ATTENTION, "booked_elsewhere")
        return [line for line in lines if line.n not in booked]


def unreadable(scan: Scan, reason: str, suspect: str = "") -> ScanResult:
    """Return what is said of a burst that cannot be trusted; `suspect` is the code before it, if doubtful."""
    facts = {"reason": reason, "suspect": suspect}
    return ScanResult(0, Tone.REFUSED, "unreadable_burst", scan.text, facts, at=scan.at)
