"""Finding what an undo takes back: the scans of a document that stand."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from merchant_desk.models.queries.floor import CodeHit, sku_by_id
from merchant_desk.models.queries.work import in_tray
from merchant_desk.stations.journal import JournalLine, lines_of
from merchant_desk.stations.scans import Product
from merchant_desk.stations.work import Work
from merchant_desk.sync.runtime import DeskRuntime

LOOK_BACK = 2_000
"""Scans of a document that an undo looks back over."""


def standing(runtime: DeskRuntime, work: Work) -> Iterator[JournalLine]:
    """Yield the recorded product scans of a document that were not undone, the last first."""
    with runtime.profile.read_here() as connection:
        lines = lines_of(connection, work.station, work.document_id, LOOK_BACK)
    for line, told in _not_undone(lines):
        if told.get("quantity"):
            yield line


def last_to_undo(runtime: DeskRuntime, work: Work) -> tuple[JournalLine, UUID | None] | None:
    """Return the scan that an undo takes back, and its entry in the tray if it is an unknown code.

    That is the last one that did something. An entry that somebody has settled meanwhile stays as it is.
    """
    with runtime.profile.read_here() as connection:
        for line, told in _not_undone(lines_of(connection, work.station, work.document_id, LOOK_BACK)):
            if told.get("quantity"):
                return line, None
            entry_id = told.get("facts", {}).get("unknown_id")
            if entry_id is not None and in_tray(connection, UUID(entry_id)):
                return line, UUID(entry_id)
    return None


def _not_undone(lines: Iterable[JournalLine]) -> Iterator[tuple[JournalLine, dict[str, Any]]]:
    """Yield the lines, the last first, whose operation no later scan took back, with their outcomes."""
    undone: set[int] = set()
    for line in lines:
        told = json.loads(line.outcome or "{}")
        if told.get("code") == "undone":
            undone.add(int(told["facts"]["undoes"]))
        elif line.n not in undone and line.op_id is not None:
            yield line, told


def like(lines: Iterable[JournalLine], product: Product) -> list[JournalLine]:
    """Return the scans of this product in this pack, and of its lot and serial number where they are said."""
    found = []
    for line in lines:
        told = json.loads(line.outcome)
        same = told["sku_id"] == str(product.item.sku_id) and told["pack"] == product.item.quantity
        lot = product.lot in ("", told.get("lot", ""))
        if same and lot and product.serial in ("", told.get("serial", "")):
            found.append(line)
    return found


def item_of(runtime: DeskRuntime, told: dict[str, Any]) -> CodeHit | None:
    """Return the product that a journaled outcome was about, as it is known now."""
    if not told.get("sku_id"):
        return None
    with runtime.profile.read_here() as connection:
        return sku_by_id(connection, UUID(told["sku_id"]))
