"""Products from a file: the rules.

    new_product     taken into the range
    empty_name      no name: taken in, named by its code
    raw_code        8, 12, 13 or 14 digits, the check digit wrong: taken in, the code is kept as it was typed
                    and finds the product by its text alone
    odd_length      digits, but as many as no GTIN has: likewise
    house_code      not digits alone: likewise
    code_clash      its barcode or its pack's was there before, under another SKU: taken in as a product of
                    its own; a scan shows both, and a person decides
    gtin_clash      its GTIN-14 was there before, written otherwise ("00011686", "0000000011686"): likewise
    repeated_code   its SKU was there before: the first row stands
    sku_twice       likewise, but with a barcode or a pack's that was not there: left out, as one of the two
                    SKUs is probably mistyped, and to take the first row alone would lose the code

Of the rules that fit a row, the lowest in this list is taken.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.gtins import gtin14, has_check_digit, is_digits
from merchant_desk.domain.imports import Effect, Fault, FaultCode, RowOutcome, UnreadRow

GTIN_LENGTHS: Final = (8, 12, 13, 14)
_LONGEST_NUMBER: Final = 18
_PARTS: Final = 61
_ROOM: Final = 120
"""Bytes that a product takes in an operation beside its texts: ids, numbers, names of fields."""


class ProductRule(StrEnum):
    """What becomes of a row of products; see the module's text."""

    NEW_PRODUCT = "new_product"
    RAW_CODE = "raw_code"
    ODD_LENGTH = "odd_length"
    HOUSE_CODE = "house_code"
    GTIN_CLASH = "gtin_clash"
    CODE_CLASH = "code_clash"
    EMPTY_NAME = "empty_name"
    REPEATED_CODE = "repeated_code"


class ProductNote(StrEnum):
    """What else is noticed about a product.

    `zeros_lost`: no GTIN has so many digits, but the check digit is right: zeros before it may be cut off.
    `unnamed`: it has no name of its own. `differs_here`: the product stands already, with another name,
    price, category or unit, and stays as it is. `clashes_here`: its barcode or its pack's is that of another
    product that stands already, by its text or as the same GTIN-14; both stay, as under `code_clash`.
    `tax_given`: the product stands already, and bears the tax of the file from now on. `corrected_here`: it
    stands already with other words, and the file's take their place.
    """

    ZEROS_LOST = "zeros_lost"
    UNNAMED = "unnamed"
    DIFFERS_HERE = "differs_here"
    CLASHES_HERE = "clashes_here"
    TAX_GIVEN = "tax_given"
    CORRECTED_HERE = "corrected_here"


class Care(NamedTuple):
    """What must be known of a product's goods, the pack that they come in, and the tax that they bear.

    `min_days_left` is days that must be left of a lot's life when it is received (0: any). `pack_quantity` is
    10^-6 base units in the pack whose code is `pack_code` ("" and 0: none); `pack_gtin` exists only if the
    check digit is right. `tax` is a tax's code ("": the usual one, or what was chosen before). What a row
    does not say is None or "": new products are not tracked then, and those that stand stay as they are.
    """

    track_lot: bool | None = None
    track_expiry: bool | None = None
    track_serial: bool | None = None
    min_days_left: int | None = None
    pack_code: str = ""
    pack_quantity: int = 0
    tax: str = ""
    name_en: str = ""

    @property
    def pack_gtin(self) -> str | None:
        """The pack's GTIN-14, None where it has none."""
        return gtin14(self.pack_code) if self.pack_code else None


NO_CARE: Final = Care()


class ProductRow(NamedTuple):
    """A row as it was read; texts are cleaned, "" where a column is empty or absent.

    `price` is 10^-6 major unit per base unit, None where none stands.
    """

    number: int
    sku: str
    barcode: str
    name: str
    unit: str = ""
    category: str = ""
    price: int | None = None
    notes: tuple[str, ...] = ()
    care: Care = NO_CARE


class ImportedProduct(NamedTuple):
    """A product to be written. `key` is its natural key; `gtin` exists only if the check digit is right."""

    key: str
    sku: str
    name: str
    barcode: str
    gtin: str | None
    unit: str
    category: str
    price: int | None
    care: Care = NO_CARE


class ProductOutcome(NamedTuple):
    """What became of a row; `clashes_with` are codes before it in the file that scan alike."""

    rows: tuple[RowOutcome]
    product: ImportedProduct | None
    clashes_with: tuple[str, ...] = ()

    @property
    def row(self) -> RowOutcome:
        """The one row."""
        return self.rows[0]

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body (at most three bytes for a character)."""
        if self.product is None:
            return _ROOM
        product = self.product
        codes = len(product.barcode) + 2 * len(product.care.pack_code)
        return _ROOM + 2 * len(product.sku) + codes + 3 * len(product.name) + len(product.care.name_en)


class ProductClassifier:
    """Judges the rows of one file in their order and remembers, packed, which codes it has seen.

    `repeated_gtins` are the keys of GTINs that stand in more than one row, `ambiguous_gtins` those of them
    under which more than one product was taken in.

    Args:
        has_skus: whether the file has a column of SKUs; where it has none the barcode is the SKU.
    """

    def __init__(self, has_skus: bool = False) -> None:
        self.repeated_gtins: set[str] = set()
        self.ambiguous_gtins: set[str] = set()
        self._has_skus = has_skus
        self._skus = _Memory()
        # Without SKUs one memory serves for both.
        self._barcodes = _Memory() if has_skus else self._skus
        self._packs = _Memory()

    def outcomes(self, rows: Iterable[ProductRow | UnreadRow]) -> Iterator[ProductOutcome]:
        """Yield what becomes of each row."""
        for row in rows:
            if isinstance(row, UnreadRow):
                refused = RowOutcome(row.number, row.fault.code, Effect.REFUSED, fault=row.fault)
                yield ProductOutcome((refused,), None)
            else:
                yield self._outcome(row)

    def _outcome(self, row: ProductRow) -> ProductOutcome:
        barcode = row.barcode
        sku = row.sku or barcode
        code = _packed(barcode)
        # A number is its own key, packed or not; most files hold little else.
        key, packed = (barcode, code) if sku is barcode and type(code) is int else _packed_key(sku)
        gtin = gtin14(barcode) if barcode else None
        if packed in self._skus:
            if gtin is not None and code in self._barcodes:
                self.repeated_gtins.add(gtin)
            return ProductOutcome((self._again(row, code),), None)
        rule, others = self._rule_of_code(row, gtin, code)
        if row.care.pack_code:
            rule, others = self._rule_of_pack(row.care.pack_code, rule, others)
        self._skus.add(packed)
        self._barcodes.add(code)
        notes, meant = row.notes, ""
        if rule is ProductRule.ODD_LENGTH and 6 <= len(barcode) < 12 and has_check_digit(barcode):
            notes, meant = (*notes, ProductNote.ZEROS_LOST), barcode.zfill(8 if len(barcode) < 8 else 12)
        if not row.name:
            rule = ProductRule.EMPTY_NAME if rule is ProductRule.NEW_PRODUCT else rule
            notes = (*notes, ProductNote.UNNAMED)
        product = ImportedProduct(
            key, sku, row.name or sku, barcode, gtin, row.unit, row.category, row.price, row.care
        )
        written = RowOutcome(row.number, rule, Effect.WRITTEN, notes=notes, meant=meant)
        return ProductOutcome((written,), product, others)

    def _again(self, row: ProductRow, code: int | str) -> RowOutcome:
        """Judge a row whose SKU was there before."""
        pack, field, lost = row.care.pack_code, "", ""
        if self._has_skus and row.barcode and code not in self._barcodes:
            field, lost = "barcode", row.barcode
        elif pack and _packed(pack) not in self._packs:
            field, lost = "pack_code", pack
        if not lost:
            return RowOutcome(row.number, ProductRule.REPEATED_CODE, Effect.UNCHANGED, notes=row.notes)
        fault = Fault(FaultCode.SKU_TWICE, field, lost)
        return RowOutcome(row.number, fault.code, Effect.REFUSED, notes=row.notes, fault=fault)

    def _rule_of_code(
        self, row: ProductRow, gtin: str | None, code: int | str
    ) -> tuple[ProductRule, tuple[str, ...]]:
        """Judge a barcode by its form and by those that stood before it."""
        barcode = row.barcode
        if not barcode:
            return ProductRule.NEW_PRODUCT, ()
        others = self._other_writings(barcode, gtin) if gtin else ()
        taken = (self._has_skus and code in self._barcodes) or code in self._packs
        if gtin and (others or taken):
            self.repeated_gtins.add(gtin)
            self.ambiguous_gtins.add(gtin)
        if others:
            return ProductRule.GTIN_CLASH, others
        if taken:
            return ProductRule.CODE_CLASH, (barcode,)
        if gtin:
            return ProductRule.NEW_PRODUCT, ()
        if not is_digits(barcode):
            return ProductRule.HOUSE_CODE, ()
        return (ProductRule.RAW_CODE if len(barcode) in GTIN_LENGTHS else ProductRule.ODD_LENGTH), ()

    def _rule_of_pack(
        self, pack_code: str, rule: ProductRule, others: tuple[str, ...]
    ) -> tuple[ProductRule, tuple[str, ...]]:
        """Judge a pack's code: one that stood before, on a unit or on a pack, scans as both."""
        pack = _packed(pack_code)
        if pack in self._barcodes or pack in self._packs:
            rule, others = ProductRule.CODE_CLASH, (*others, pack_code)
        self._packs.add(pack)
        return rule, others

    def _other_writings(self, barcode: str, gtin: str) -> tuple[str, ...]:
        """Return how else this GTIN was written before: with fewer or more leading zeros."""
        value, own, seen = int(gtin), len(barcode), self._barcodes
        others: tuple[str, ...] = ()
        for length in GTIN_LENGTHS:
            if length != own and value < (one := _ONE[length]) and one + value in seen:
                others = (*others, gtin[-length:])
        return others


_ONE: Final = tuple(10**length for length in range(_LONGEST_NUMBER + 1))
"""A 1 before so many digits: it keeps their leading zeros in a number."""


class _Memory:
    """Codes that were seen.

    A window may run beside this, and must not stand still: one large table would stop the program while it
    grows, so there are many small ones; and the garbage collector would walk through a set, again and again,
    but not through a dict of numbers and texts.
    """

    def __init__(self) -> None:
        self._parts: tuple[dict[int | str, None], ...] = tuple({} for _ in range(_PARTS))

    def __contains__(self, code: int | str) -> bool:
        return code in self._parts[hash(code) % _PARTS]

    def add(self, code: int | str) -> None:
        self._parts[hash(code) % _PARTS][code] = None


def _packed(code: str) -> int | str:
    """Keep a number in half the memory of its text."""
    return _ONE[len(code)] + int(code) if len(code) <= _LONGEST_NUMBER and is_digits(code) else code


def _packed_key(sku: str) -> tuple[str, int | str]:
    key = sku_key(sku)
    return key, _packed(key)


def classify_products(
    rows: Iterable[ProductRow | UnreadRow], has_skus: bool = False
) -> Iterator[ProductOutcome]:
    """Yield what becomes of each row of a file of products, in its order (rules: the module's text)."""
    return ProductClassifier(has_skus).outcomes(rows)
