"""Handlers: products, barcodes, prices."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.house_codes import is_reserved
from merchant_desk.domain.products import (
    AddProduct,
    Barcode,
    ChangePrice,
    DraftProduct,
    ImportProducts,
    LearnBarcode,
    NewSku,
    SetCost,
    barcode_id,
    check_barcode,
    check_cost,
    check_item,
    check_price,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.outlets import note_outlet
from merchant_desk.models.columns import Row
from merchant_desk.models.sort_keys import sort_key


@handles(
    AddProduct,
    reads=lambda op: [("skus", op.item.sku_id)],
    look_ups=lambda op: [("skus", "sku_key", sku_key(op.item.sku))],
)
def add_product(context: Context, op: AddProduct) -> None:
    """Write the SKU and its barcodes."""
    check_item(op.item)
    if context.unit.find("skus", sku_key=sku_key(op.item.sku)):
        raise Refusal("sku_taken", sku=op.item.sku)
    _insert_sku(context, op.item, draft=0)


@handles(
    ImportProducts,
    reads=lambda op: [
        *(("skus", item.sku_id) for item in op.items),
        *(("skus", gained.sku_id) for gained in op.gained),
        *(("barcodes", id) for id in _gained_ids(op)),
    ],
    look_ups=lambda op: [("skus", "sku_key", sku_key(item.sku)) for item in op.items],
)
def import_products(context: Context, op: ImportProducts) -> None:
    """Write what is new; a SKU that stands already only gains barcodes that it lacks.

    The desk knew none of `items` when it sent them: one that somebody else wrote first, and otherwise, is
    flagged, so that what the file says of it is not lost without a word.
    """
    if is_too_late(context, op.job_id):
        return
    unit = context.unit
    for item in op.items:
        check_item(item)
    unit.finds.prefetch("skus", "sku_key", (sku_key(item.sku) for item in op.items))
    unit.prefetch("skus", (item.sku_id for item in op.items))
    unit.prefetch("barcodes", _gained_ids(op))
    unit.prefetch("sku_merges", (gained.sku_id for gained in op.gained))
    written: set[UUID] = set()
    others: list[tuple[NewSku, Row]] = []
    for item in op.items:
        standing = context.find_one("skus", sku_key=sku_key(item.sku))
        if standing is not None and not _says_the_same(context, item, standing):
            others.append((item, standing))
        if _import_item(context, item, op.unit, standing, op.job_id):
            written.add(item.sku_id)
    _flag_others(context, op.job_id, others)
    for gained in op.gained:
        check_barcode(gained.barcode)
        context.get("skus", gained.sku_id)
        if _insert_barcode(context, kept_sku(context, gained.sku_id), gained.barcode, op.job_id):
            written.add(gained.sku_id)
    # A product is one row of the file, also where it gains its own code and its pack's.
    all_skus = {item.sku_id for item in op.items} | {gained.sku_id for gained in op.gained}
    counts = (len(written), len(all_skus) - len(written), len(written))
    note_chunk(context, op.job_id, "products", op.chunk, counts)


def _import_item(context: Context, item: NewSku, unit: str, standing: Row | None, job_id: UUID) -> bool:
    """Write a SKU or the barcodes that it lacks; tells whether anything was written.

    `unit` is that of a new SKU which names none.
    """
    if standing is None:
        _insert_sku(context, item, draft=0, job_id=job_id, unit=unit)
        return True
    id = kept_sku(context, standing["id"])
    return sum(_insert_barcode(context, id, barcode, job_id) for barcode in item.barcodes) > 0


def _says_the_same(context: Context, item: NewSku, standing: Row) -> bool:
    """Tell whether a file says of a product what stands; what it leaves open does not count.

    The code of a product that was merged says nothing of the one that was kept.
    """
    said = (
        standing["name"] if item.name == item.sku else item.name,
        item.category or standing["category"],
        item.base_unit or standing["base_unit"],
        item.price or standing["price"],
        item.track_lot or bool(standing["track_lot"]),
        item.track_expiry or bool(standing["track_expiry"]),
        item.track_serial or bool(standing["track_serial"]),
    )
    words = tuple(standing[name] for name in ("name", "category", "base_unit", "price"))
    care = tuple(bool(standing[name]) for name in ("track_lot", "track_expiry", "track_serial"))
    return said == words + care or kept_sku(context, standing["id"]) != standing["id"]


def _flag_others(context: Context, job_id: UUID, others: list[tuple[NewSku, Row]]) -> None:
    """Flag products that were left out because others have their codes: one task, where the job was begun."""
    job = context.unit.peek("jobs", job_id) if others else None
    if job is not None:
        item, standing = others[0]
        facts = {"products": len(others), "sku": item.sku}
        context.flag("products_left_out", job["outlet_id"], ("skus", standing["id"]), **facts)


def _gained_ids(op: ImportProducts) -> list[UUID]:
    return [barcode_id(one.sku_id, one.barcode.code) for one in op.gained]


@handles(
    DraftProduct,
    reads=lambda op: [("skus", op.item.sku_id)],
    look_ups=lambda op: [
        ("skus", "sku_key", sku_key(op.item.sku)),
        *(("unknown_codes", "code", barcode.code) for barcode in op.item.barcodes),
    ],
)
def draft_product(context: Context, op: DraftProduct) -> None:
    """Write the draft; a SKU that is taken meanwhile stands with an exception, for a person to merge.

    A code of our own (a location's, a card's) is left out with an exception: the article is in our hands,
    but what we print ourselves must not turn into it.
    """
    taken = context.find_one("skus", sku_key=sku_key(op.item.sku))
    if taken is not None:
        context.flag("sku_taken_by_draft", op.outlet_id, ("skus", op.item.sku_id), sku=op.item.sku)
    ours = [barcode.code for barcode in op.item.barcodes if is_reserved(barcode.code)]
    if ours:
        about = ("skus", op.item.sku_id)
        context.flag("code_left_out", op.outlet_id, about, code=ours[0], sku=op.item.sku)
    codes = tuple(barcode for barcode in op.item.barcodes if not is_reserved(barcode.code))
    _insert_sku(context, replace(op.item, barcodes=codes), draft=1)
    known = [barcode.code for barcode in codes]
    _resolve_code(context, op.unknown_code_id, op.outlet_id, "draft", op.item.sku_id, known)


@handles(
    LearnBarcode,
    reads=lambda op: [
        ("skus", op.sku_id),
        ("sku_merges", op.sku_id),
        ("barcodes", barcode_id(op.sku_id, op.barcode.code)),
    ],
    look_ups=lambda op: [(table, "code", op.barcode.code) for table in ("barcodes", "unknown_codes")],
)
def learn_barcode(context: Context, op: LearnBarcode) -> None:
    """Write the barcode; pointing a known code at another product or pack needs a manager."""
    check_barcode(op.barcode)
    context.get("skus", op.sku_id)
    sku_id = kept_sku(context, op.sku_id)
    point_code(context, sku_id, op.barcode, may_move=context.may("learn_known_code", op.outlet_id))
    _resolve_code(context, op.unknown_code_id, op.outlet_id, "learned", sku_id, [op.barcode.code])


def point_code(context: Context, sku_id: UUID, barcode: Barcode, *, may_move: bool) -> None:
    """Make a code mean this pack of a product.

    Raises:
        Refusal: `code_known`: it means something else, and `may_move` says that it has to stay so.
    """
    known = context.unit.find("barcodes", code=barcode.code)
    others = [row for row in known if row["sku_id"] != sku_id or row["quantity"] != barcode.quantity]
    if others and not may_move:
        other = context.unit.get("skus", others[0]["sku_id"])
        raise Refusal("code_known", code=barcode.code, sku=other["sku"] if other else "")
    for row in others:
        context.unit.remove("barcodes", row["id"])
    _insert_barcode(context, sku_id, barcode, None)


@handles(ChangePrice, reads=lambda op: [("skus", op.sku_id)])
def change_price(context: Context, op: ChangePrice) -> None:
    """Set the price."""
    sku = context.get("skus", op.sku_id)
    check_price(sku["sku"], op.price)
    context.unit.update("skus", op.sku_id, price=op.price)


@handles(SetCost, reads=lambda op: [("skus", op.sku_id), ("sku_costs", op.sku_id)])
def set_cost(context: Context, op: SetCost) -> None:
    """Set the standard cost, in its own table, which only desks granted costs hold."""
    context.get("skus", op.sku_id)
    check_cost(op.cost)
    if context.unit.get("sku_costs", op.sku_id) is None:
        context.unit.insert("sku_costs", {"id": op.sku_id, "cost": op.cost})
    else:
        context.unit.update("sku_costs", op.sku_id, cost=op.cost)


def _resolve_code(
    context: Context,
    unknown_code_id: UUID | None,
    outlet_id: UUID,
    status: str,
    sku_id: UUID,
    codes: Sequence[str],
) -> None:
    """Close the tray's entry, and what else waits there under the codes that are known now."""
    entry = context.unit.get("unknown_codes", unknown_code_id) if unknown_code_id is not None else None
    if unknown_code_id is not None and entry is not None:
        note_outlet(context, ("unknown_codes", unknown_code_id), entry, outlet_id)
        context.unit.update("unknown_codes", unknown_code_id, status=status, sku_id=sku_id)
    for row in [row for code in codes for row in context.unit.find("unknown_codes", code=code)]:
        if row["outlet_id"] == outlet_id and row["status"] == "open":
            context.unit.update("unknown_codes", row["id"], status=status, sku_id=sku_id)


def _insert_sku(
    context: Context, item: NewSku, draft: int, job_id: UUID | None = None, unit: str = ""
) -> None:
    context.create(
        "skus",
        {
            "id": item.sku_id,
            "sku": item.sku,
            "sku_key": sku_key(item.sku),
            "name": item.name,
            "name_en": item.name_en,
            "sort_key": sort_key(item.name),
            "category": item.category,
            "base_unit": item.base_unit or unit,
            "price": item.price,
            "track_lot": int(item.track_lot),
            "track_expiry": int(item.track_expiry),
            "track_serial": int(item.track_serial),
            "shelf_life_days": item.shelf_life_days,
            "min_days_left": item.min_days_left,
            "supplier_id": item.supplier_id,
            "draft": draft,
            "archived": 0,
            "job_id": job_id,
        },
    )
    # Nothing points to a SKU that was not there: its codes are written without looking for them first.
    codes: dict[str, Barcode] = {}
    for barcode in item.barcodes:
        codes.setdefault(barcode.code, barcode)
    for barcode in codes.values():
        _write_barcode(context, item.sku_id, barcode, job_id)


def _insert_barcode(context: Context, sku_id: UUID, barcode: Barcode, job_id: UUID | None) -> bool:
    """Write that a code means a SKU, unless it is known already; tells whether it was new."""
    if context.unit.get("barcodes", barcode_id(sku_id, barcode.code)) is not None:
        return False
    _write_barcode(context, sku_id, barcode, job_id)
    return True


def _write_barcode(context: Context, sku_id: UUID, barcode: Barcode, job_id: UUID | None) -> None:
    row = {
        "id": barcode_id(sku_id, barcode.code),
        "code": barcode.code,
        "gtin": barcode.gtin,
        "sku_id": sku_id,
        "quantity": barcode.quantity,
        "unit": barcode.unit,
        "job_id": job_id,
    }
    context.unit.insert("barcodes", row)
