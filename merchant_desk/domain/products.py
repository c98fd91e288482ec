"""Products, SKUs, their barcodes with pack units, and lots."""

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

    `items` are SKUs that the desk did not know, `gained` codes for those that it did.
    """

    job_id: UUID
    chunk: int
    items: tuple[NewSku, ...]
    gained: tuple[GainedBarcode, ...] = ()


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


@operation("add_supplier", nature=Nature.DECISION, right="purchase")
@dataclass(frozen=True)
class AddSupplier:
    """Decision: somebody we buy from."""

    supplier_id: UUID
    code: str
    name: str


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
