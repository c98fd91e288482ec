"""The look-up station: journals a scan and says what it means; it moves nothing and stops for nothing."""

from dataclasses import dataclass, replace

from merchant_desk.domain.refusals import Refusal
from merchant_desk.stations.floor_rules import FloorRules
from merchant_desk.stations.gate import Today, Who, unreadable
from merchant_desk.stations.journal import DONE, Journal
from merchant_desk.stations.outcomes import outcome_of
from merchant_desk.stations.resolver import Meaning, resolve
from merchant_desk.stations.scans import Scan, ScanResult, Tone
from merchant_desk.sync.runtime import DeskRuntime

STATION = "lookup"


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan meant: every reading that exists here."""

    result: ScanResult
    meaning: Meaning

    @property
    def readings(self) -> int:
        """How many things go by this code."""
        meaning = self.meaning
        places = 1 if meaning.location is not None else 0
        return len(meaning.products) + len(meaning.documents) + places


class LookUp:
    """Answers scans. Methods run on the desk's writer thread."""

    def __init__(self, runtime: DeskRuntime, who: Who, today: Today) -> None:
        self._runtime = runtime
        self._who = who
        self._today = today
        self._journal = Journal(runtime.profile.writer, STATION, runtime.new_id)
        self._rules = FloorRules(runtime)

    def take(self, scan: Scan) -> Found:
        """Journal a scan, and find out what it means."""
        try:
            person = self._who()
        except Refusal:
            person = None
        n = self._journal.record(scan, None, person)
        with self._runtime.read() as connection, connection.begin():
            meaning = resolve(connection, scan.text, scan.aim, self._today(), self._rules.patterns)
        known = not meaning.unknown
        code = "looked_up" if known else "nothing_known"
        tone = Tone.ACCEPTED if known and not meaning.problems else Tone.ATTENTION
        facts = {"problems": list(meaning.problems)} if meaning.problems else {}
        item = meaning.products[0].item if len(meaning.products) == 1 else None
        result = ScanResult(n, tone, code, scan.text, facts, item, at=scan.at)
        self._journal.close(n, DONE, outcome_of(result))
        return Found(result, meaning)

    def refuse(self, scan: Scan, reason: str, suspect: str = "") -> ScanResult:
        """Journal a burst that cannot be trusted."""
        result = unreadable(scan, reason, suspect)
        n = self._journal.file(scan, None, None, outcome_of(result))
        return replace(result, n=n)
