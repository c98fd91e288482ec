"""How much of an order's lines was picked and shipped, as totals say: judged once, as all totals are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.order_lines import levelled
from merchant_desk.domain.scan_checks import most_to_come
from merchant_desk.domain.settings_known import OVER_PERCENT
from merchant_desk.handlers.context import Context, Facts
from merchant_desk.handlers.settings import counting
from merchant_desk.models.columns import Row


def rest_of_lines(context: Context, order_id: UUID, lines: Iterable[Row]) -> dict[UUID, int]:
    """Return what of each line has not left yet, 10^-6 base units, by the line's id; never below nought.

    What stands picked in a shipment that is still open has not left: it is promised like the rest.
    """
    lines = list(lines)

    def judge() -> Facts | None:
        picked = _picked(context, lines)
        for line_id, staged in _staged(context, order_id).items():
            picked[line_id] = picked.get(line_id, 0) - staged
        left = by_lines(context, lines, picked)
        return {id.hex: quantity for id, quantity in left.items() if quantity > 0} or None

    left = context.verdicts.beyond("shipped of lines", judge) or {}
    return {line["id"]: max(line["quantity"] - left.get(line["id"].hex, 0), 0) for line in lines}


def flag_short(context: Context, order: Row, shipment: Row) -> None:
    """Flag an order that ends with a shipment although not all of it was picked."""

    def judge() -> Facts | None:
        lines = context.unit.finds.find("order_lines", {"order_id": order["id"]})
        picked = by_lines(context, lines, _picked(context, lines))
        short = [max(line["quantity"] - picked[line["id"]], 0) for line in lines]
        return {"missing": sum(short), "lines": sum(map(bool, short))} if any(short) else None

    facts = context.verdicts.beyond("shipped short", judge)
    if facts is not None:
        names = {"number": order["number"], "shipment": shipment["number"]}
        missing, lines = facts["missing"], facts["lines"]
        about = ("orders", order["id"])
        context.flag("shipped_short", order["outlet_id"], about, **names, missing=missing, lines=lines)


def by_lines(context: Context, lines: Iterable[Row], done: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return what is done of each line of an order, where lines of one product share it; for judging."""
    asked = []
    for line in sorted(lines, key=lambda line: line["position"]):
        merge = context.unit.peek("sku_merges", line["sku_id"])
        asked.append((line["id"], merge["kept_id"] if merge else line["sku_id"], line["quantity"]))
    return levelled(asked, done)


@dataclass(frozen=True, slots=True)
class Excess:
    """What is told of an order's lines of which more was done than ordered."""

    code: str
    table: str
    done: str
    document: str


OVER = {
    "receipt": Excess("over_delivered", "purchase_lines", "received", "receipt_id"),
    "pick": Excess("over_picked", "order_lines", "picked", "shipment_id"),
}
"""By the kind of the ledger rows that count towards a line."""


def tell_excess(context: Context, kind: str, line: Row, document_id: UUID, *, more: bool) -> None:
    """Let one task tell by how much the lines of a line's product in its order are exceeded, if they are.

    To be called when what was done has been posted. What was done only can become less is no news to whoever
    settled the task; within the order it is withdrawn.

    Args:
        context: the operation.
        kind: of the ledger rows that count: a receipt's or a pick's.
        line: the purchase or order line that they count towards.
        document_id: the document of the operation.
        more: whether more was done than before, not less.
    """
    excess = OVER[kind]
    task_id = derived_id(line["order_id"], excess.code, line["sku_id"].bytes)

    def judge() -> Facts | None:
        same = {"order_id": line["order_id"], "sku_id": line["sku_id"]}
        lines = context.unit.finds.find(excess.table, same)
        ordered, done = sum(one["quantity"] for one in lines), sum(_picked(context, lines).values())
        if done <= ordered:
            return None
        over = counting(context, OVER_PERCENT, line["outlet_id"]) if kind == "receipt" else 0
        return {"ordered": ordered, excess.done: done} if done > most_to_come(ordered, over) else None

    facts = context.verdicts.beyond(f"beyond {task_id.hex}", judge)
    if facts is None:
        if not more:
            context.withdraw(task_id)
    elif more or context.stands(task_id):
        facts = {**facts, "sku_id": line["sku_id"], excess.document: document_id}
        about = (excess.table, line["id"]) if kind == "receipt" else ("shipments", document_id)
        context.stand(task_id, excess.code, line["outlet_id"], about, **facts)


def _picked(context: Context, lines: list[Row]) -> dict[UUID, int]:
    """Return what was picked for each line, less what was taken back."""
    context.unit.prefetch("line_totals", (line["id"] for line in lines))
    totals = {line["id"]: context.unit.peek("line_totals", line["id"]) for line in lines}
    return {id: total["done"] if total is not None else 0 for id, total in totals.items()}


def _staged(context: Context, order_id: UUID) -> dict[UUID, int]:
    """Return what stands picked in the order's open shipments, by line."""
    finds = context.unit.finds
    found: dict[UUID, int] = {}
    for shipment in finds.find("shipments", {"order_id": order_id}):
        if shipment["status"] == "open":
            for tally in finds.find("tallies", {"document_id": shipment["id"]}):
                if tally["line_id"] is not None:
                    found[tally["line_id"]] = found.get(tally["line_id"], 0) + tally["quantity"]
    return found
