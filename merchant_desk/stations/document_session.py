"""The documents of a station at work: opening, ending and leaving them; every job ends with how it stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from merchant_desk.stations.documents_in_turn import DocumentsInTurn
from merchant_desk.stations.gate import Gate, Today, Who
from merchant_desk.stations.scans import ScanResult, SheetHead, Step
from merchant_desk.sync.runtime import DeskRuntime

Results = Sequence[ScanResult]


class DocumentSession:
    """The document part of a station's session."""

    def __init__(self, runtime: DeskRuntime, station: str, who: Who, today: Today, *, blind: bool) -> None:
        self._runtime = runtime
        self._documents = DocumentsInTurn(runtime, station, who, today, blind=blind)
        self.station = station
        self.kind = self._documents.kind

    @property
    def head(self) -> SheetHead | None:
        """The document that is open, or None."""
        return self._documents.head

    def resume_last(self) -> Step:
        """Open again what this station worked on last, if it was left open (after a restart)."""
        return self._step(self._documents.open_last)

    def open(self, kind: str, id: UUID) -> Step:
        """Open a document, or begin one for an order or a location."""
        return self._step(lambda: self._documents.open(kind, id))

    def open_blind(self) -> Step:
        """Receive without an order."""
        return self._step(self._documents.open_blind)

    def finish(self, gone: Sequence[UUID] = (), of: UUID | None = None) -> Step:
        """End the open document and go back to the entrance; `of` is the one that is meant: no other ends."""
        return self._step(lambda: self._documents.finish(gone, of))

    def finish_complete(self, of: UUID) -> Step:
        """End document `of` as complete; if it is not any more, it stays open (`no_longer_complete`)."""
        return self._step(lambda: self._documents.finish_complete(of))

    def look(self) -> Step:
        """Look again how the open document stands: other desks work on it, too."""
        return self._step(self._documents.look)

    def leave(self) -> Step:
        """Go back to the entrance; the document stays open."""
        return self._step(self._documents.leave)

    @property
    def _gate(self) -> Gate:
        return self._documents.gate

    def _step(self, job: Callable[[], Results]) -> Step:
        """Do a job, follow what it leads to, and say how the station stands then."""
        documents = self._documents
        documents.finished = None
        try:
            told = documents.follow(job())
        except Exception:
            self._gate.fail()
            raise
        situation = replace(self._gate.situation(), left=documents.left)
        return Step(tuple(told), situation, self.head, documents.finished)
