"""Finding what an undo takes back: the last scan that stands."""

import json
from typing import Any
from uuid import UUID

from merchant_desk.models.queries.floor import CodeHit, sku_by_id
from merchant_desk.stations.journal import JournalLine, lines_of
from merchant_desk.stations.work import Work
from merchant_desk.sync.runtime import DeskRuntime

LOOK_BACK = 2_000
"""Scans of a document that an undo looks back over."""


def last_standing(runtime: DeskRuntime, work: Work, sku_id: str = "", pack: int = 0) -> JournalLine | None:
    """Return the last recorded product scan of a document that was not undone, or None.

    With `sku_id` only scans of that product and of this pack (10^-6 base units) count.
    """
    with runtime.read() as connection, connection.begin():
        lines = lines_of(connection, work.station, work.document_id, LOOK_BACK)
    undone: set[int] = set()
    for line in lines:
        told = json.loads(line.outcome or "{}")
        if told.get("code") == "undone":
            undone.add(int(told["facts"]["undoes"]))
        elif line.n not in undone and line.op_id is not None and told.get("quantity"):
            same = told.get("sku_id") == sku_id and told.get("pack") == pack
            if same or not sku_id:
                return line
    return None


def item_of(runtime: DeskRuntime, told: dict[str, Any]) -> CodeHit | None:
    """Return the product that a journaled outcome was about, as it is known now."""
    if not told.get("sku_id"):
        return None
    with runtime.read() as connection, connection.begin():
        return sku_by_id(connection, UUID(told["sku_id"]))
