"""Products, SKUs, their barcodes with pack units, and lots."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.amounts import MAX_PRICE, MAX_QUANTITY
from merchant_desk.domain.house_codes import is_reserved
from merchant_desk.domain.ids import derived_id, near_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal


@dataclass(frozen=True)
class Barcode:
    """A code that stands for `quantity` (10^-6 base units) of a SKU; `unit` is what people call the pack.

    `gtin` is its GTIN-14 if the check digit is right, else None: the raw text decides then.
    """

    code: str
    gtin: str | None
    quantity: int
    unit: str


@dataclass(frozen=True)
class NewSku:
    """One SKU as it comes into being. `price` is 10^-6 major unit per base unit."""

    sku_id: UUID
    sku: str
    name: str
    name_en: str
    category: str
    base_unit: str
    price: int
    track_lot: bool
    track_expiry: bool
    shelf_life_days: int
    min_days_left: int
    barcodes: tuple[Barcode, ...]
    supplier_id: UUID | None = None
    track_serial: bool = False


@operation("add_product", nature=Nature.DECISION, right="product")
@dataclass(frozen=True)
class AddProduct:
    """Decision: take a product into the range; refused by name when its SKU is taken."""

    item: NewSku


@dataclass(frozen=True)
class GainedBarcode:
    """A code that a file names for a SKU which stands already."""

    sku_id: UUID
    barcode: Barcode


@operation("import_products", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportProducts:
    """Decision: one chunk (<= 500 rows) of an import job; what stands already is left as it is.

    `items` are SKUs that the desk did not know, `gained` codes for those that it did. `unit` is that of new
    items of whose unit the file says nothing ("").
    """

    job_id: UUID
    chunk: int
    items: tuple[NewSku, ...]
    gained: tuple[GainedBarcode, ...] = ()
    unit: str = ""


@operation("draft_product", nature=Nature.FACT, right="product_draft")
@dataclass(frozen=True)
class DraftProduct:
    """Fact: an unknown article is in our hands. It can be received and counted; the office completes it."""

    item: NewSku
    outlet_id: UUID
    unknown_code_id: UUID | None


@operation("learn_barcode", nature=Nature.DECISION, right="report_code")
@dataclass(frozen=True)
class LearnBarcode:
    """Decision: this code means that SKU from now on. Pointing a known code elsewhere needs a manager."""

    sku_id: UUID
    barcode: Barcode
    outlet_id: UUID
    unknown_code_id: UUID | None


@operation("change_product", nature=Nature.DECISION, right="product")
@dataclass(frozen=True)
class ChangeProduct:
    """Decision: say something else of a product; what is None stays as it is.

    `price` is 10^-6 major unit per base unit. `codes` are gained, or get this pack and quantity; `dropped`
    are codes (raw text) that no longer mean it. `completes` makes a draft a product of the range.
    """

    sku_id: UUID
    sku: str | None = None
    name: str | None = None
    name_en: str | None = None
    category: str | None = None
    base_unit: str | None = None
    price: int | None = None
    track_lot: bool | None = None
    track_expiry: bool | None = None
    track_serial: bool | None = None
    shelf_life_days: int | None = None
    min_days_left: int | None = None
    codes: tuple[Barcode, ...] = ()
    dropped: tuple[str, ...] = ()
    completes: bool = False


@operation("merge_products", nature=Nature.DECISION, right="product")
@dataclass(frozen=True)
class MergeProducts:
    """Decision: two products are one. `kept_id` stays; `merged_id` is archived.

    Barcodes, stock, reservations and what is expected go over, each by rows that compensate; what names the
    merged one later, such as a scan made offline, lands on the one kept.
    """

    kept_id: UUID
    merged_id: UUID


@operation("change_price", nature=Nature.DECISION, right="product")
@dataclass(frozen=True)
class ChangePrice:
    """Decision: a new price, 10^-6 major unit per base unit."""

    sku_id: UUID
    price: int


@operation("set_cost", nature=Nature.DECISION, right="cost")
@dataclass(frozen=True)
class SetCost:
    """Decision: the standard cost, 10^-6 major unit per base unit."""

    sku_id: UUID
    cost: int


STOCK_KEPT_BY = ("track_lot", "track_serial", "base_unit")
"""What a quantity on hand is kept by: it may change only while there is none."""

MOST_DAYS = 3650
"""Ten years: more days of life, or of life left, are a slip."""

MOST_MERGED_ROWS = 1_000
"""Ledger rows that one merge may move; each is written twice, and an operation touches at most 5,000 rows."""


def check_change(old: Mapping[str, object], new: Mapping[str, object], stock_keys: int) -> None:
    """Refuse to make of a product what it cannot be.

    Args:
        old: its columns as they are.
        new: those that change.
        stock_keys: how many stock keys of it hold something, more or less than nothing.

    Raises:
        Refusal: `product_archived`; `name_missing`, `sku_missing`, `unit_missing`; `days_absurd`;
            `tracking_with_stock`: lot, serial and unit are part of what stock is kept by, so that they
            change only while nothing is on hand.
    """
    sku = str(old["sku"])
    if old["archived"]:
        raise Refusal("product_archived", sku=sku)
    empty = [name for name in ("name", "sku", "base_unit") if name in new and not str(new[name]).strip()]
    if "name" in empty:
        raise Refusal("name_missing", sku=sku)
    if "sku" in empty:
        raise Refusal("sku_missing", name=old["name"])
    if "base_unit" in empty:
        raise Refusal("unit_missing", sku=sku)
    for name in ("shelf_life_days", "min_days_left"):
        days = new.get(name)
        if isinstance(days, int) and not 0 <= days <= MOST_DAYS:
            raise Refusal("days_absurd", days=days, most=MOST_DAYS)
    moved = [name for name in STOCK_KEPT_BY if name in new and new[name] != old[name]]
    if moved and stock_keys:
        raise Refusal("tracking_with_stock", sku=sku, field=moved[0], places=stock_keys)


def check_merge(kept: Mapping[str, object], merged: Mapping[str, object]) -> None:
    """Refuse to merge what cannot be one.

    Raises:
        Refusal: `merge_with_itself`; `product_archived`, for either; `merge_units_differ`: quantities of one
            mean nothing in the unit of the other.
    """
    if kept["id"] == merged["id"]:
        raise Refusal("merge_with_itself", sku=kept["sku"])
    for row in (kept, merged):
        if row["archived"]:
            raise Refusal("product_archived", sku=row["sku"])
    if kept["base_unit"] != merged["base_unit"]:
        raise Refusal("merge_units_differ", unit=merged["base_unit"], kept_unit=kept["base_unit"])


def lot_id(sku_id: UUID, code: str) -> UUID:
    """Return the id of a SKU's lot: two desks that meet the same lot offline make the same row."""
    return derived_id(sku_id, "lot", code)


def barcode_id(sku_id: UUID, code: str) -> UUID:
    """Return the id of "this code means that SKU"."""
    return near_id(sku_id, "barcode", code)


def check_item(item: NewSku) -> None:
    """Refuse a SKU that cannot be sold or scanned.

    Raises:
        Refusal: `name_missing`, `sku_missing`, `price_negative`, `price_absurd`, `code_missing`,
            `code_reserved`, `pack_quantity`.
    """
    if not item.name.strip():
        raise Refusal("name_missing", sku=item.sku)
    if not item.sku.strip():
        raise Refusal("sku_missing", name=item.name)
    check_price(item.sku, item.price)
    for barcode in item.barcodes:
        check_barcode(barcode)


def check_barcode(barcode: Barcode) -> None:
    """Refuse a barcode that no product can have.

    Raises:
        Refusal: `code_missing`; `code_reserved`, for what we print ourselves on command cards, shelves and
            badges; `pack_quantity`.
    """
    if not barcode.code:
        raise Refusal("code_missing")
    if is_reserved(barcode.code):
        raise Refusal("code_reserved", code=barcode.code)
    if not 0 < barcode.quantity <= MAX_QUANTITY:
        raise Refusal("pack_quantity", code=barcode.code, quantity=barcode.quantity)


def check_price(sku: str, price: int) -> None:
    """Refuse a price below nothing (`price_negative`) or beyond belief (`price_absurd`)."""
    if price < 0:
        raise Refusal("price_negative", sku=sku, price=price)
    if price > MAX_PRICE:
        raise Refusal("price_absurd", sku=sku, price=price, most=MAX_PRICE)


def check_cost(cost: int) -> None:
    """Refuse a cost below nothing (`cost_negative`) or beyond belief (`cost_absurd`)."""
    if cost < 0:
        raise Refusal("cost_negative", cost=cost)
    if cost > MAX_PRICE:
        raise Refusal("cost_absurd", cost=cost, most=MAX_PRICE)
