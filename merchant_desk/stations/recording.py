"""What a recorded scan, and the undo of one, look like as results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from merchant_desk.domain.scan_checks import Finding
from merchant_desk.models.queries.floor import CodeHit
from merchant_desk.stations.journal import JournalLine
from merchant_desk.stations.outcomes import told_by
from merchant_desk.stations.scans import Proposal, Scan, ScanResult, Tone
from merchant_desk.stations.work import Count
from merchant_desk.sync.desk import Extra

Filed = Callable[[ScanResult], Extra]
"""How the result of an undo gets into the journal, in the transaction of its operation."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a scan writes: the operation, the document's count before it, the code of the place."""

    body: object
    count: Count
    place: str


def recorded(
    n: int,
    scan: Scan,
    proposal: Proposal,
    findings: Sequence[Finding],
    entry: Entry,
    problems: tuple[str, ...] = (),
) -> ScanResult:
    """Return the result of a recorded product scan; a finding or a damaged element is told with it.

    Of several findings the first is told, and the others stand in the fact `also`.
    """
    told = findings[0] if findings else None
    facts: dict[str, Any] = dict(told.facts) if told else {}
    if findings[1:]:
        facts["also"] = [{"code": found.code, **found.facts} for found in findings[1:]]
    if proposal.lot and proposal.lot_by:
        facts["lot_by"] = proposal.lot_by.value
    return ScanResult(
        n,
        Tone.ATTENTION if told or problems else Tone.ACCEPTED,
        told.code if told else ("damaged_element" if problems else "accepted"),
        scan.text,
        {**facts, "problems": list(problems)} if problems else facts,
        proposal.item,
        proposal.quantity,
        proposal.pack,
        proposal.lot,
        proposal.expiry,
        proposal.serial,
        entry.place,
        entry.count.done + proposal.quantity,
        entry.count.expected,
        at=scan.at,
    )


def taken_back(
    n: int,
    scan: Scan,
    line: JournalLine,
    item: CodeHit | None,
    count: Count | None,
    problems: tuple[str, ...] = (),
) -> ScanResult:
    """Return the result of undoing a recorded scan; `count` is the document's before it.

    A damaged element of the scan that undoes it is told with it.
    """
    told = told_by(line)
    facts: dict[str, Any] = {"undoes": line.n}
    quantity = -int(told.get("quantity", 0))
    return ScanResult(
        n,
        Tone.ATTENTION if problems else Tone.ACCEPTED,
        "undone",
        line.text,
        {**facts, "problems": list(problems)} if problems else facts,
        replace(item, unit=told.get("unit") or item.unit) if item else None,
        quantity,
        int(told.get("pack", 0)),
        told.get("lot", ""),
        told.get("expiry"),
        told.get("serial", ""),
        told.get("location", ""),
        (count.done if count else 0) + quantity,
        count.expected if count else None,
        at=scan.at,
    )
