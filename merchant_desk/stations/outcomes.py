"""What the journal keeps of a result, and what a history shows of it, after a restart too."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from merchant_desk.domain.house_codes import command
from merchant_desk.stations.journal import DISCARDED, DONE, HELD, JournalLine
from merchant_desk.stations.scans import ScanResult, Tone

OF_GOODS = frozenset({"unknown_code", "damaged_code", "declined", "discarded"})
"""Outcomes that are about goods, or may be, though they name no product."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a station's history: a scan with what became of it.

    `state` is the journal's (new, done, held_back, discarded); `undone` tells that a later scan took it back.
    """

    n: int
    at: int
    text: str
    state: str
    tone: Tone
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    sku_id: UUID | None = None
    name: str = ""
    name_en: str = ""
    unit: str = ""
    base_unit: str = ""
    quantity: int = 0
    pack: int = 0
    lot: str = ""
    expiry: int | None = None
    serial: str = ""
    location: str = ""
    done: int = 0
    expected: int | None = None
    undone: bool = False


def outcome_of(result: ScanResult) -> dict[str, Any]:
    """Return what the journal keeps of a result: enough to show it again after a restart."""
    item = result.item
    return {
        "tone": result.tone.value,
        "code": result.code,
        "text": result.text,
        "facts": dict(result.facts),
        "sku_id": str(item.sku_id) if item else "",
        "name": item.name if item else "",
        "name_en": item.name_en if item else "",
        "unit": item.unit if item else "",
        "base_unit": item.base_unit if item else "",
        "quantity": result.quantity,
        "pack": result.pack,
        "lot": result.lot,
        "expiry": result.expiry,
        "serial": result.serial,
        "location": result.location,
        "done": result.done,
        "expected": result.expected,
    }


def shown(result: ScanResult) -> HistoryLine:
    """Return a result as the history shows it."""
    item = result.item
    return HistoryLine(
        n=result.n,
        at=result.at,
        text=result.text,
        state=HELD if result.code == "held_back" else DONE,
        tone=result.tone,
        code=result.code,
        facts=result.facts,
        sku_id=item.sku_id if item else None,
        name=item.name if item else "",
        name_en=item.name_en if item else "",
        unit=item.unit if item else "",
        base_unit=item.base_unit if item else "",
        quantity=result.quantity,
        pack=result.pack,
        lot=result.lot,
        expiry=result.expiry,
        serial=result.serial,
        location=result.location,
        done=result.done,
        expected=result.expected,
    )


def told_by(line: JournalLine) -> dict[str, Any]:
    """Return the outcome that a journal line holds; empty while there is none."""
    told: dict[str, Any] = json.loads(line.outcome or "{}")
    return told if "code" in told else {}


def set_for_next(lines: Sequence[JournalLine]) -> int | None:
    """Return the quantity (10^-6) that was set and that no goods have come for; lines are the last first.

    What has not been applied yet comes after it; places, badges and cards other than its own leave it.
    """
    for line in lines:
        told = told_by(line)
        if line.state not in (DONE, DISCARDED) or not told:
            continue
        if told["code"] == "next_quantity":
            return int(told["facts"]["quantity"])
        if command(line.text) is None and (told["sku_id"] or told["code"] in OF_GOODS):
            return None
    return None


def history_line(line: JournalLine) -> HistoryLine:
    """Return a journal line as the history shows it."""
    told = told_by(line)
    if not told:
        tone = Tone.ATTENTION if line.state == HELD else Tone.REFUSED
        code = "held_back" if line.state == HELD else "not_applied"
        return HistoryLine(line.n, line.scanned_at, line.text, line.state, tone, code)
    sku_id = UUID(told["sku_id"]) if told.get("sku_id") else None
    return HistoryLine(
        n=line.n,
        at=line.scanned_at,
        text=told.get("text") or line.text,
        state=line.state,
        tone=Tone(told.get("tone", Tone.ATTENTION if line.state == DISCARDED else Tone.ACCEPTED)),
        code=told["code"],
        facts=told.get("facts", {}),
        sku_id=sku_id,
        name=told.get("name", ""),
        name_en=told.get("name_en", ""),
        unit=told.get("unit", ""),
        base_unit=told.get("base_unit", ""),
        lot=told.get("lot", ""),
        serial=told.get("serial", ""),
        location=told.get("location", ""),
        quantity=int(told.get("quantity", 0)),
        pack=int(told.get("pack", 0)),
        expiry=told.get("expiry"),
        done=int(told.get("done", 0)),
        expected=told.get("expected"),
    )


def history_of(lines: Sequence[JournalLine]) -> list[HistoryLine]:
    """Return journal lines, the last first, as a history; what was taken back later is marked."""
    shown = [history_line(line) for line in lines]
    undone = {int(line.facts["undoes"]) for line in shown if line.code == "undone"}
    return [replace(line, undone=True) if line.n in undone else line for line in shown]
