"""A station without a document: a scan says which one to open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.models.queries.floor import DocumentHit
from merchant_desk.stations.gate import Gate, Today, Waiting, Who
from merchant_desk.stations.resolver import Meaning
from merchant_desk.stations.scans import Ask, Scan, ScanResult, Tone
from merchant_desk.sync.runtime import DeskRuntime

OPENS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "inbound": {"purchase_orders": ("sent",), "receipts": ("open",)},
    "outbound": {"orders": ("accepted", "picking"), "shipments": ("open",)},
    "stocktake": {"counts": ("open",)},
}
"""By station: the documents that a scan of their number opens, and in which states."""


class Entrance(Gate):
    """Takes scans where nothing is open yet. A result `open_document` says what to open."""

    def __init__(self, runtime: DeskRuntime, station: str, who: Who, today: Today) -> None:
        super().__init__(runtime, station, None, who, today)

    def judge(self, n: int, scan: Scan, meaning: Meaning) -> ScanResult:
        """Say which document a code opens, or what was expected."""
        if meaning.command is not None:
            if meaning.command.kind is CommandKind.UNDO:
                return self.refuse(n, scan, "nothing_to_undo")
            return self.tell(n, scan, Tone.ACCEPTED, f"command_{meaning.command.kind.name.casefold()}")
        if meaning.location is not None and self.station == "stocktake" and not meaning.location.closed:
            return self._open(n, scan, "locations", meaning.location.id, meaning.location.code)
        for hit in meaning.documents:
            states = OPENS[self.station].get(hit.kind)
            if states is not None and hit.status in states:
                return self._open(n, scan, hit.kind, hit.id, hit.number)
        return self.block(n, scan, Ask.ACKNOWLEDGE, *self._expected(meaning))

    def confirmed(self, waiting: Waiting) -> ScanResult:
        """Nothing is asked here that can be confirmed.

        Raises:
            LookupError: always.
        """
        raise LookupError(f"nothing to confirm: {waiting.question.result.code}")

    def _open(self, n: int, scan: Scan, kind: str, id: UUID, number: str) -> ScanResult:
        facts = {"kind": kind, "id": str(id), "number": number}
        return self.tell(n, scan, Tone.ACCEPTED, "open_document", facts)

    def _expected(self, meaning: Meaning) -> tuple[str, dict[str, Any]]:
        """Return what to say of a code that opens nothing here."""
        code = f"expected_at_{self.station}"
        if meaning.documents:
            return self._closed(meaning.documents[0])
        if meaning.location is not None and meaning.location.closed:
            facts = {"location": meaning.location.code, "warehouse": meaning.location.closed}
            return "location_of_closed", facts
        if meaning.location is not None:
            return code, {"found": "location", "what": meaning.location.code}
        if meaning.products:
            return code, {"found": "product", "what": meaning.products[0].item.name}
        return code, {"found": "unknown", "what": meaning.classified.raw}

    def _closed(self, hit: DocumentHit) -> tuple[str, dict[str, Any]]:
        if hit.kind in OPENS[self.station]:
            return "document_not_open", {"number": hit.number, "status": hit.status}
        return f"expected_at_{self.station}", {"found": "document", "what": hit.number}
