"""Handlers: a product that changes, a draft that is completed."""

from typing import Final

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.products import (
    STOCK_KEPT_BY,
    ChangeProduct,
    barcode_id,
    check_barcode,
    check_change,
    check_price,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, Facts, handles
from merchant_desk.handlers.products import point_code
from merchant_desk.models.columns import Row
from merchant_desk.models.sort_keys import sort_key

_TEXTS: Final = ("sku", "name", "name_en", "category", "base_unit")
_NUMBERS: Final = (
    "price",
    "track_lot",
    "track_expiry",
    "track_serial",
    "shelf_life_days",
    "min_days_left",
)


@handles(
    ChangeProduct,
    reads=lambda op: [
        ("skus", op.sku_id),
        *(("barcodes", barcode_id(op.sku_id, barcode.code)) for barcode in op.codes),
        *(("barcodes", barcode_id(op.sku_id, code)) for code in op.dropped),
    ],
    look_ups=lambda op: [
        *([("skus", "sku_key", sku_key(op.sku))] if op.sku is not None else []),
        *(("barcodes", "code", barcode.code) for barcode in op.codes),
        ("stock_balances", "sku_id", op.sku_id),
    ],
)
def change_product(context: Context, op: ChangeProduct) -> None:
    """Write what is said of the product; a code of another product is refused."""
    unit = context.unit
    row = context.get("skus", op.sku_id)
    changes = _changes(op)
    check_change(row, changes, _stock_keys(context, op, changes, row))
    if op.price is not None:
        check_price(row["sku"], op.price)
    for barcode in op.codes:
        check_barcode(barcode)
    if op.sku is not None or op.completes:
        # A draft may stand beside a product with its code; a product of the range may not.
        _check_free(context, op, str(changes.get("sku", row["sku"])))
    for code in op.dropped:
        if unit.get("barcodes", barcode_id(op.sku_id, code)) is not None:
            unit.remove("barcodes", barcode_id(op.sku_id, code))
    for barcode in op.codes:
        _check_own(context, op, barcode.code)
        point_code(context, op.sku_id, barcode, may_move=True)
    if op.completes:
        changes["draft"] = 0
    if changes:
        unit.update("skus", op.sku_id, **changes)


def _changes(op: ChangeProduct) -> Row:
    """Return the columns that the operation names."""
    changes: Row = {name: text.strip() for name in _TEXTS if (text := getattr(op, name)) is not None}
    changes.update({name: int(value) for name in _NUMBERS if (value := getattr(op, name)) is not None})
    if "sku" in changes:
        changes["sku_key"] = sku_key(changes["sku"])
    if "name" in changes:
        changes["sort_key"] = sort_key(changes["name"])
    return changes


def _stock_keys(context: Context, op: ChangeProduct, changes: Row, row: Row) -> int:
    """Return at how many stock keys something stands, where that matters.

    A desk knows its own outlet's, and judges once; the server judges for all. Totals make no dependency, so
    they are looked at without a trace.
    """
    if not any(name in changes and changes[name] != row[name] for name in STOCK_KEPT_BY):
        return 0

    def judge() -> Facts | None:
        balances = context.unit.finds.find("stock_balances", {"sku_id": op.sku_id})
        places = sum(1 for balance in balances if balance["on_hand"])
        return {"places": places} if places else None

    # By its product: a chunk of an import judges many, and those that it left alone stay so when it is
    # carried out again.
    found = context.verdicts.beyond(f"stock_kept/{op.sku_id.hex}", judge)
    return int(found["places"]) if found is not None else 0


def _check_free(context: Context, op: ChangeProduct, sku: str) -> None:
    """Refuse a code that another product has (`sku_taken`)."""
    others = context.unit.find("skus", sku_key=sku_key(sku))
    if any(other["id"] != op.sku_id for other in others):
        raise Refusal("sku_taken", sku=sku)


def _check_own(context: Context, op: ChangeProduct, code: str) -> None:
    """Refuse a barcode that means another product (`code_known`): moving one is learning it there."""
    for row in context.unit.find("barcodes", code=code):
        if row["sku_id"] != op.sku_id:
            other = context.unit.get("skus", row["sku_id"])
            raise Refusal("code_known", code=code, sku=other["sku"] if other else "")
