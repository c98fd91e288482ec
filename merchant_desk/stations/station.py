"""The state machine of a scan station with an open document: what each kind of scan does."""

from dataclasses import replace
from typing import Any

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import storable
from merchant_desk.domain.house_codes import Command, CommandKind, command_code
from merchant_desk.domain.ids import row_id
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import check_expiry
from merchant_desk.domain.stock import check_quantity
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.models.queries.floor_lots import lot_expiry
from merchant_desk.stations.gate import Waiting
from merchant_desk.stations.journal import Manner
from merchant_desk.stations.outcomes import outcome_of
from merchant_desk.stations.resolver import Meaning
from merchant_desk.stations.scans import Ask, LotBy, Product, Question, Scan, ScanResult, Tone
from merchant_desk.stations.taking_back import TakingBack
from merchant_desk.stations.wrong_class import damaged_item, wrong_class


class Station(TakingBack):
    """One station at one desk, with an open document."""

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
        waiting = Waiting(Question(Ask.CHOOSE, asked, meaning.products), scan, problems=meaning.problems)
        return self.block(n, scan, Ask.CHOOSE, "ambiguous", {"names": names, "n": len(names)}, waiting)

    def _product(self, n: int, scan: Scan, product: Product, problems: tuple[str, ...] = ()) -> ScanResult:
        if product.quantity <= 0:
            asked = ScanResult(n, Tone.REFUSED, "quantity_zero", scan.text)
            waiting = Waiting(Question(Ask.ACKNOWLEDGE, asked), scan, product=product)
            return self.block(n, scan, Ask.ACKNOWLEDGE, "quantity_zero", {}, waiting)
        product = self._with_lot(product)
        missing = self.work.missing(product)
        if missing and not self.minus:
            asked = ScanResult(n, Tone.ATTENTION, "lot_needed", scan.text)
            waiting = Waiting(Question(Ask.LOT, asked, (), missing), scan, product=product, problems=problems)
            facts = {"missing": list(missing), "problems": list(problems)}
            return self.block(n, scan, Ask.LOT, "lot_needed", facts, waiting)
        if self.minus:
            return self._take_back(n, scan, product, problems)
        limits = self.rules.limits(self.today())
        with self.runtime.profile.read_here() as connection:
            proposal = self.work.propose(connection, product, self.quantity or MICRO, scan.text)
            findings = self.work.findings(connection, proposal, limits)
            entry = self._entry(connection, proposal)
        return self._decide(n, scan, proposal, findings, entry, problems)

    def _with_lot(self, product: Product) -> Product:
        """Add the lot that was typed for the goods just before, if these are more of them, and its expiry."""
        before, sku_id = self._typed, product.item.sku_id
        if before is not None and (before.sku_id != sku_id or product.lot):
            before = self._typed = None
        if before is not None and not self.minus and "lot" in self.work.missing(product):
            expiry = before.expiry if product.expiry is None else product.expiry
            product = replace(product, lot=before.lot, expiry=expiry, lot_by=LotBy.BEFORE)
        if product.lot and product.expiry is None:
            with self.runtime.profile.read_here() as connection:
                expiry = lot_expiry(connection, lot_id(product.item.sku_id, product.lot))
            product = replace(product, expiry=expiry)
        return product

    # -- what is no product ----------------------------------------------------------------------

    def _at_location(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        location, here = meaning.location, self.work.location
        if location is None or location.warehouse_id != self.work.warehouse_id:
            facts = {"location": location.code if location else scan.text}
            if location is not None and location.closed:
                facts["warehouse"] = location.closed
                return self.block(n, scan, Ask.ACKNOWLEDGE, "location_of_closed", facts)
            return self.block(n, scan, Ask.ACKNOWLEDGE, "location_elsewhere", facts)
        if self.work.one_location and here is not None and location.id != here.id:
            facts = {"location": here.code, "found": location.code}
            return self.block(n, scan, Ask.ACKNOWLEDGE, "counting_elsewhere", facts)
        self.work.location = location
        facts = {"location": location.code, "id": str(location.id)}
        return self.tell(n, scan, Tone.ACCEPTED, "at_location", facts)

    def _no_product(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        if self.work.is_next(meaning.documents):
            was_complete = self._complete
            if self.look_whether_complete():
                found = meaning.documents[0]
                facts = {"kind": found.kind, "id": str(found.id), "number": found.number}
                return self.tell(n, scan, Tone.ACCEPTED, "next_document", facts)
            if was_complete:
                return self.block(n, scan, Ask.ACKNOWLEDGE, "no_longer_complete", {})
        wrong = wrong_class(meaning)
        if wrong is not None:
            return self.block(n, scan, Ask.ACKNOWLEDGE, *wrong)
        return self._unknown(n, scan, meaning)

    def _unknown(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Put the code into the tray and go on: an unknown code is attention, never a refusal.

        A quantity that was given for it stays with it: it is not the next product's.
        """
        location = self.work.location
        unknown_id = row_id(self.journal.op_id_of(n) or self.runtime.new_id(), "unknown_codes")
        body = ReportUnknownCode(
            unknown_id,
            self.runtime.identity.outlet_id,
            storable(meaning.classified.raw),
            self.document_id,
            location.id if location else None,
            self._previous,
            self.station,
            self.quantity,
        )
        facts: dict[str, Any] = {"unknown_id": str(unknown_id)}
        if self.quantity is not None:
            facts["quantity"] = self.quantity
        if meaning.problems:
            facts["problems"] = list(meaning.problems)
        code = "damaged_code" if damaged_item(meaning) else "unknown_code"
        result = ScanResult(n, Tone.ATTENTION, code, scan.text, facts, at=scan.at)
        extra = self.journal.finish(n, outcome_of(result))
        done = self.do(body, extra, n)
        self.quantity, self._typed = None, None
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

    def turn_minus(self) -> ScanResult:
        """Turn minus mode on or off by key. Refused while scans wait: they were made in the other mode."""
        if self.stopped:
            return ScanResult(0, Tone.REFUSED, "scans_wait", "", {"count": self.waits})
        return self.set_minus(not self.minus)

    def set_minus(self, minus: bool, n: int = 0, scan: Scan | None = None) -> ScanResult:
        """Say whether each scan takes one back."""
        if scan is None:
            n, scan = self._by_key(Command(CommandKind.MINUS))
        self.minus = minus
        return self.tell(n, scan, Tone.ACCEPTED, "minus_on" if minus else "minus_off")

    def set_quantity(self, quantity: int, n: int = 0, scan: Scan | None = None) -> ScanResult:
        """Say how many units the next scan stands for (10^-6); 0, less and the absurd are refused.

        So is any quantity while a question is open: that scan was made with another one.
        """
        made = scan or Scan(b"", "", at=self.runtime.clock())
        if self.waiting is not None:
            return self.refuse(n, made, "scans_wait", {"count": self.waits})
        try:
            check_quantity(quantity)
        except Refusal as refusal:
            return self.refuse(n, made, refusal.code, dict(refusal.facts))
        if scan is None:
            n, scan = self._by_key(Command(CommandKind.QUANTITY, quantity))
        self.quantity = quantity
        return self.tell(n, scan, Tone.ACCEPTED, "next_quantity", {"quantity": quantity})

    def _by_key(self, given: Command) -> tuple[int, Scan]:
        """Journal a command given by key as its card: it holds after a restart, too."""
        card = command_code(given)
        scan = Scan(card.encode(), card, None, "key", self.runtime.clock())
        manner = Manner(self.quantity, self.minus)
        return self.journal.record(scan, self.document_id, self.person, manner=manner), scan

    def forget_lots(self) -> ScanResult:
        """Ask for the lot again at the next scan."""
        self._typed = None
        return ScanResult(0, Tone.ACCEPTED, "lots_forgotten", "")

    # -- answers ---------------------------------------------------------------------------------

    def choose(self, index: int) -> ScanResult:
        """Say which of several products it was (0 is the first)."""
        waiting = self.waiting
        if waiting is None or not 0 <= index < len(waiting.question.choices):
            return ScanResult(0, Tone.REFUSED, "no_such_choice", "")
        self.waiting = None
        product = waiting.question.choices[index]
        return self._product(waiting.question.result.n, waiting.scan, product, waiting.problems)

    def give_lot(self, lot: str, expiry: int | None, serial: str = "") -> ScanResult:
        """Say which lot it is and when it expires (yyyymmdd).

        The lot is proposed for what follows of this product, until other goods come (0036). What is still
        missing then is asked again.
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
            lot_by=LotBy.TYPED if lot.strip() else known.lot_by,
        )
        self.waiting = None
        return self._product(waiting.question.result.n, waiting.scan, filled, waiting.problems)
