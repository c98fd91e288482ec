"""A station at work: from the entrance through one document to the next. What a window drives.

Every method runs on the desk's writer thread and returns a `Step`; scans and answers therefore stand in one
order, and a scan that follows the opening of a document belongs to that document.
"""

from collections.abc import Callable, Sequence

from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.stations.document_session import DocumentSession, Results
from merchant_desk.stations.gate import Today, Who
from merchant_desk.stations.scans import Scan, ScanResult, Step, Tone
from merchant_desk.stations.station import Station
from merchant_desk.sync.runtime import DeskRuntime


class StationSession(DocumentSession):
    """One station of a desk: `inbound`, `outbound` or `stocktake`.

    Whatever breaks half-way (a full disk) is raised, and stops the station: what the journal has and nobody
    applied is held back, and so is every scan from then on, until `recover` says that it was seen.
    """

    def __init__(
        self, runtime: DeskRuntime, station: str, who: Who, today: Today, *, blind: bool = True
    ) -> None:
        super().__init__(runtime, station, who, today, blind=blind)
        self._waited = False

    # -- scans -----------------------------------------------------------------------------------

    def take(self, scan: Scan) -> Step:
        """Take one captured scan."""
        return self._step(lambda: self._gate.take(scan))

    def reject(self, scan: Scan, reason: str, suspect: str = "") -> Step:
        """Take note of a burst that cannot be trusted."""
        return self._step(lambda: [self._gate.reject(scan, reason, suspect)])

    def undo(self) -> Step:
        """Undo the last scan that stands."""
        return self.take(Scan(b"MD:UNDO", "MD:UNDO", None, "key", self._runtime.clock()))

    # -- answers ---------------------------------------------------------------------------------

    def acknowledge(self, *, accept: bool, of: int) -> Step:
        """Answer what scan `of` asked or was refused for."""
        return self._step(lambda: [self._gate.acknowledge(accept=accept, of=of)])

    def choose(self, index: int) -> Step:
        """Say which of several products it was."""
        return self._at_sheet(lambda station: [station.choose(index)])

    def give_lot(self, lot: str, expiry: int | None, serial: str) -> Step:
        """Say lot, expiry (yyyymmdd) and serial number of the goods in question."""
        return self._at_sheet(lambda station: [station.give_lot(lot, expiry, serial)])

    def apply_held(self) -> Step:
        """Apply the scans that were held back, in order."""
        return self._step(self._gate.apply_held)

    def discard_held(self) -> Step:
        """Leave the scans that were held back."""
        return self._step(self._gate.discard_held)

    def pause(self, form: CommandKind | None = None) -> Step:
        """Hold scans back during a form; those that wait already are for a person to decide on after it.

        `form` is the card that asks for this form, too: repeated, it asks for nothing more.
        """
        gate = self._gate
        if not gate.paused:
            self._waited = gate.waits > 0
        gate.pause(form)
        return self._step(list)

    def resume(self) -> Step:
        """Go on after a form. A document that was opened meanwhile was not paused: what waits there waits."""
        return self._step(self._after_form)

    def hold(self, scan: Scan) -> Step:
        """Take a scan and hold it back, whatever stands, until a person has said what becomes of it.

        A form that is open stays open: what it waits for is no answer to this scan. A fault that nobody has
        seen yet stays one, also where this scan cannot be journaled.
        """
        gate = self._gate
        form = gate.paused
        self._waited = self._waited or form
        gate.pause(gate.form)
        try:
            return self.take(scan)
        finally:
            gate.paused = form  # without a form it is stopped by what it holds

    def recover(self, broke: Sequence[Scan] = ()) -> Step:
        """Go on after a job failed half-way, which was seen: the scans that it left are listed.

        Of `broke`, the scans at which a job failed, those that are nowhere come back as `scan_not_saved`,
        each under a number of its own below zero. A form that is open stays open; the list comes after it.
        """
        self._waited = True
        gate = self._gate
        gate.recover()
        lost = [scan for scan in broke if not gate.journal.has(scan)]
        told = [
            ScanResult(-(scan.at or n), Tone.REFUSED, "scan_not_saved", scan.text, at=scan.at)
            for n, scan in enumerate(lost, 1)
        ]
        if gate.held:
            count = {"count": len(gate.held)}
            told.insert(0, ScanResult(0, Tone.ATTENTION, "scans_not_applied", "", count))
        return self._step(lambda: told)

    # -- commands --------------------------------------------------------------------------------

    def set_quantity(self, quantity: int) -> Step:
        """Say how many units the next scan stands for (10^-6), and go on with what was held back."""
        return self._closing_form(lambda station: station.set_quantity(quantity))

    def correct_last(self, quantity: int, of: int | None = None) -> Step:
        """Say how many units the last scan stood for (10^-6), and go on with what was held back.

        `of` is the scan that is meant: where another one stands last, nothing is changed.
        """
        return self._closing_form(lambda station: station.correct_last(quantity, of=of))

    def turn_minus(self) -> Step:
        """Turn minus mode on or off."""
        return self._at_sheet(lambda station: [station.turn_minus()])

    def forget_lots(self) -> Step:
        """Ask for lots again."""
        return self._at_sheet(lambda station: [station.forget_lots()])

    # -- inside ----------------------------------------------------------------------------------

    def _closing_form(self, job: Callable[[Station], ScanResult]) -> Step:
        """Do what a form was filled in for; it is closed by now, whatever becomes of that."""

        def whole(station: Station) -> Results:
            try:
                told = job(station)
            except Exception:
                station.paused = False
                raise
            return [told, *self._after_form()]

        return self._at_sheet(whole)

    def _after_form(self) -> Results:
        """Apply what was scanned during a form, unless a person is to decide on it."""
        gate = self._gate
        goes_on = gate.paused and not self._waited and not gate.failed
        gate.paused = False
        return gate.apply_held() if goes_on else []

    def _at_sheet(self, job: Callable[[Station], Results]) -> Step:
        gate = self._gate
        if not isinstance(gate, Station):
            return self._step(lambda: [ScanResult(0, Tone.REFUSED, "no_document", "")])
        return self._step(lambda: job(gate))
