"""From a table's cells to the rows that the import rules judge, and from a file to outcomes."""

from collections.abc import Iterator

from merchant_desk.documents.cells import (
    MAX_CODE,
    NumberReader,
    TimeReader,
    UnreadableCell,
    clean_code,
    clean_text,
)
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.product_care import CareReader
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.gtins import is_digits
from merchant_desk.domain.house_codes import is_reserved
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_order_lines import OrderRow
from merchant_desk.domain.imports_order_survey import OrderSurvey, SurveyRow, survey_orders
from merchant_desk.domain.imports_orders import OrderOutcome, classify_orders
from merchant_desk.domain.imports_products import ProductClassifier, ProductOutcome, ProductRow

ZEROS_ADDED = "zeros_added"
"""Note: leading zeros that were cut off were put back, as the mapping asks."""

_CACHED = 65_536
_NO_PRICE = frozenset("0.,- ")


class _CodeReader:
    """Cleans the codes of one column; those that come again and again are looked up."""

    def __init__(self, field: str, formulas: bool) -> None:
        self._field = field
        self._formulas = formulas
        self._known: dict[str, tuple[str, tuple[str, ...]]] = {}

    def __call__(self, text: str) -> tuple[str, tuple[str, ...]]:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _CACHED:
                self._known.clear()
            known = self._known[text] = clean_code(text, self._field, formulas=self._formulas)
        return known

    def or_empty(self, text: str) -> str:
        """Return the code, or "" where it cannot be read."""
        try:
            return self(text)[0]
        except UnreadableCell:
            return ""


def product_rows(table: Table, mapping: Mapping, first: int = 0) -> Iterator[ProductRow | UnreadRow]:
    """Yield the rows of a file of products, from row number `first` on.

    Raises:
        ImportProblem: what makes the rest of the file unreadable.
    """
    mapped = MappedCells(table.headers, mapping)
    pick = mapped.picker("sku", "barcode", "name", "unit", "category", "price")
    care = CareReader(mapped, mapping.options.decimal_mark)
    price = NumberReader.of_prices("price", mapping.options.decimal_mark, mapping.options.currency)
    formulas = bool(table.sheet)
    for row in table.rows(first):
        number = row.number
        try:
            if fault := mapped.fault(row):
                yield UnreadRow(number, "", fault)
                continue
            product = _product_row(number, pick(row.cells), price, mapping, formulas)
            yield product._replace(care=care(row.cells, product.barcode)) if care.wanted else product
        except UnreadableCell as unreadable:
            yield UnreadRow(number, "", unreadable.fault)


def _product_row(
    number: int, cells: tuple[str, ...], read_price: NumberReader, mapping: Mapping, formulas: bool
) -> ProductRow:
    sku, sku_notes = clean_code(cells[0], "sku", formulas=formulas) if cells[0] else ("", ())
    barcode, code_notes = clean_code(cells[1], "barcode", formulas=formulas) if cells[1] else ("", ())
    name, name_notes = clean_text(cells[2], "name", formulas=formulas)
    notes = sku_notes + code_notes + name_notes
    if not (sku or barcode):
        raise UnreadableCell(FaultCode.MISSING_VALUE, "barcode", "")
    if is_reserved(barcode):
        raise UnreadableCell(FaultCode.RESERVED_CODE, "barcode", barcode)
    length = mapping.options.pad_codes_to
    if length and len(barcode) < length and is_digits(barcode):
        barcode, notes = barcode.zfill(length), (*notes, ZEROS_ADDED)
    unit = clean_text(cells[3], "unit", formulas=formulas, limit=MAX_CODE)[0] if cells[3] else ""
    category = clean_text(cells[4], "category", formulas=formulas, limit=MAX_CODE)[0] if cells[4] else ""
    price = None
    if cells[5].strip():
        price, price_notes = read_price(cells[5])
        notes += price_notes
        if price < 0:
            raise UnreadableCell(FaultCode.NEGATIVE_PRICE, "price", cells[5])
    return ProductRow(number, sku, barcode, name, unit, category, price, notes)


class _OrderCells:
    """Reads the cells of order lines, one reader for each column."""

    FIELDS = (
        "order_number",
        "stock_code",
        "description",
        "quantity",
        "placed_at",
        "unit_price",
        "customer_code",
        "country",
    )

    def __init__(self, mapping: Mapping, formulas: bool) -> None:
        options = mapping.options
        self._formulas = formulas
        self.number = _CodeReader("order_number", formulas)
        self.code = _CodeReader("stock_code", formulas)
        self._customer = _CodeReader("customer_code", formulas)
        self._country = _CodeReader("country", formulas)
        self._quantity = NumberReader.of_quantities("quantity", options.decimal_mark)
        self._price = NumberReader.of_prices("unit_price", options.decimal_mark, options.currency)
        self._time = TimeReader("placed_at", options.date_order, mapping.zone)
        self._texts: dict[str, tuple[str, tuple[str, ...]]] = {}

    def description(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Clean a description; shops write the same few thousand again and again."""
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= _CACHED:
                self._texts.clear()
            known = self._texts[text] = clean_text(text, "description", formulas=self._formulas)
        return known

    def row(self, number: int, cells: tuple[str, ...]) -> OrderRow:
        """Read one line.

        Raises:
            UnreadableCell: the first cell that cannot be used.
        """
        order_number, notes_a = self.number(cells[0])
        stock_code, notes_b = self.code(cells[1])
        if not order_number:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "order_number", "")
        if not stock_code:
            raise UnreadableCell(FaultCode.MISSING_VALUE, "stock_code", "")
        description, notes_c = self.description(cells[2])
        quantity, notes_d = self._quantity(cells[3])
        placed_at, notes_e = self._time(cells[4])
        unit_price, notes_f = self._price(cells[5])
        customer, notes_g = self._customer(cells[6])
        country, _ = self._country(cells[7])
        notes = notes_a + notes_b + notes_c + notes_d + notes_e + notes_f + notes_g
        return OrderRow(
            number,
            order_number,
            stock_code,
            description,
            quantity,
            placed_at,
            unit_price,
            customer,
            country,
            notes,
        )


def order_rows(table: Table, mapping: Mapping, first: int = 0) -> Iterator[OrderRow | UnreadRow]:
    """Yield the lines of a file of orders, from row number `first` on.

    Raises:
        ImportProblem: what makes the rest of the file unreadable.
    """
    mapped = MappedCells(table.headers, mapping)
    pick = mapped.picker(*_OrderCells.FIELDS)
    keys = mapped.picker("order_number", "stock_code", lenient=True)
    reader = _OrderCells(mapping, bool(table.sheet))
    for row in table.rows(first):
        try:
            if fault := mapped.fault(row):
                yield UnreadRow(row.number, reader.number.or_empty(keys(row.cells)[0]), fault)
                continue
            yield reader.row(row.number, pick(row.cells))
        except UnreadableCell as unreadable:
            yield UnreadRow(row.number, reader.number.or_empty(keys(row.cells)[0]), unreadable.fault)


def survey_table(table: Table, mapping: Mapping) -> OrderSurvey:
    """Take the first look through a file of orders."""
    return survey_orders(_survey_rows(table, mapping), mapping.order_settings)


def _survey_rows(table: Table, mapping: Mapping) -> Iterator[SurveyRow]:
    pick = MappedCells(table.headers, mapping).picker(
        "order_number", "stock_code", "description", "unit_price", lenient=True
    )
    reader = _OrderCells(mapping, bool(table.sheet))
    for row in table.rows():
        number, code, text, price = pick(row.cells)
        try:
            description = reader.description(text)[0]
        except UnreadableCell:
            description = ""
        yield SurveyRow(
            reader.number.or_empty(number),
            reader.code.or_empty(code),
            description,
            not _NO_PRICE.issuperset(price),
        )


def product_outcomes(table: Table, mapping: Mapping) -> Iterator[ProductOutcome]:
    """Yield what becomes of every row of a file of products."""
    return ProductClassifier("sku" in mapping.fields).outcomes(product_rows(table, mapping))


def order_outcomes(table: Table, mapping: Mapping) -> Iterator[OrderOutcome]:
    """Yield what becomes of every order of a file; the file is read twice."""
    survey = survey_table(table, mapping)
    return classify_orders(order_rows(table, mapping), survey, mapping.order_settings)
