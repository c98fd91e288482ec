"""From a file to outcomes: a cell that cannot be used refuses its row, never the file."""

from pathlib import Path
from typing import Any

import pytest

from merchant_desk.documents.import_rows import (
    ZEROS_ADDED,
    order_outcomes,
    order_rows,
    product_outcomes,
    product_rows,
)
from merchant_desk.documents.mapping import Mapping, MappingOptions, open_mapped
from merchant_desk.domain.imports import Effect, ImportTally, UnreadRow
from merchant_desk.domain.imports_order_lines import OrderKind
from merchant_desk.domain.imports_products import NO_CARE
from tests.documents.files import text_file, workbook

PRODUCTS = Mapping(
    name="",
    kind="products",
    columns={
        "sku": "货号",
        "barcode": "条码",
        "name": "品名",
        "unit": "单位",
        "category": "类",
        "price": "价",
    },
)
ORDERS = Mapping(
    name="",
    kind="orders",
    columns={
        "order_number": "单号",
        "stock_code": "货号",
        "quantity": "数量",
        "placed_at": "时间",
        "unit_price": "单价",
        "customer_code": "客户",
    },
    options=MappingOptions(cancellation_prefix="TK", services={"运费": "freight"}),  # type: ignore[dict-item]
)
HEADING = "单号,货号,数量,时间,单价,客户\n"
MIDNIGHT = 1_740_758_400_000_000  # 2025-03-01 00:00 in Shanghai, microseconds UTC


def products(folder: Path, text: str, options: MappingOptions | None = None) -> list[Any]:
    mapping = Mapping(name="", kind="products", columns=PRODUCTS.columns, options=options or PRODUCTS.options)
    table = open_mapped(text_file(folder, "货号,条码,品名,单位,类,价\n" + text), mapping)
    return list(product_rows(table, mapping))


def test_a_product_with_everything(tmp_path: Path) -> None:
    (row,) = products(tmp_path, "A-1,6901234567892, 老陈醋 ,瓶,调料,¥6.90\n")
    assert row == (2, "A-1", "6901234567892", "老陈醋", "瓶", "调料", 6_900_000, (), NO_CARE)


def test_what_is_absent_stays_absent(tmp_path: Path) -> None:
    (row,) = products(tmp_path, "A-1,,醋,,,\n")
    assert row == (2, "A-1", "", "醋", "", "", None, (), NO_CARE)


@pytest.mark.parametrize(
    ("line", "fault", "field"),
    [
        (",,醋,,,", "missing_value", "barcode"),
        ("A,6.90123E+12,醋,,,", "lost_digits", "barcode"),
        ("A,1,#N/A,,,", "error_cell", "name"),
        ("A,1,醋,,,six", "number_not_read", "price"),
        ("A,1,醋,,,6 USD", "other_currency", "price"),
        ("A,1,醋,,,-1", "negative_price", "price"),
        ("A,1,醋,,,6.90,extra", "too_many_cells", ""),
        ("A,MD:OK,醋,,,", "reserved_code", "barcode"),
        (f"A,1,{'x' * 501},,,", "text_too_long", "name"),
    ],
)
def test_a_row_that_cannot_be_used_does_not_stop_the_next(
    tmp_path: Path, line: str, fault: str, field: str
) -> None:
    bad, good = products(tmp_path, line + "\nB,2,盐,,,\n")
    assert isinstance(bad, UnreadRow)
    assert (bad.number, bad.fault.code, bad.fault.field) == (2, fault, field)
    assert good.sku == "B"


def test_leading_zeros_come_back_only_when_asked_for(tmp_path: Path) -> None:
    line = ",12345678905,醋,,,\n,A12,盐,,,\n"
    assert [row.barcode for row in products(tmp_path, line)] == ["12345678905", "A12"]
    padded = products(tmp_path, line, MappingOptions(pad_codes_to=13))
    assert [(row.barcode, row.notes) for row in padded] == [
        ("0012345678905", (ZEROS_ADDED,)),
        ("A12", ()),
    ]


def test_a_formula_in_a_workbook_is_not_a_name(tmp_path: Path) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=A2", value="")

    mapping = Mapping(name="", kind="products", columns={"barcode": "条码", "name": "品名"})
    table = open_mapped(workbook(tmp_path, [["条码", "品名"], ["1"], ["2", "=盐="]], more), mapping)
    codes = [
        row.fault.code if isinstance(row, UnreadRow) else row.name for row in product_rows(table, mapping)
    ]
    assert codes[0] == "formula_without_value"


def orders(folder: Path, text: str) -> list[Any]:
    table = open_mapped(text_file(folder, HEADING + text), ORDERS)
    return list(order_outcomes(table, ORDERS))


def test_an_order_with_everything(tmp_path: Path) -> None:
    (outcome,) = orders(tmp_path, "S1,a-1,2,2025-03-01,¥1.255,K9\nS1,运费,1,2025-03-01,8,K9\n")
    order = outcome.order
    assert (order.number, order.kind, order.placed_at, order.customer_code) == ("S1", "sale", MIDNIGHT, "K9")
    assert [(line.stock_code, line.quantity, line.unit_price, line.amount) for line in order.lines] == [
        ("a-1", 2_000_000, 1_255_000, 251),
        ("运费", 1_000_000, 8_000_000, 800),
    ]
    assert [(sku.sku, sku.service) for sku in order.new_skus] == [("a-1", ""), ("运费", "freight")]


def test_the_same_order_number_in_another_place_of_the_file(tmp_path: Path) -> None:
    text = "S1,a,1,2025-03-01,1,\nS2,b,1,2025-03-01,1,\ns1,c,1,2025-03-01,1,\nS3,d,1,2025-03-01,1,\n"
    found = orders(tmp_path, text)
    assert [[row.row for row in outcome.rows] for outcome in found] == [[3], [2, 4], [5]]
    assert found[1].order.number == "S1"


def test_one_bad_line_refuses_its_order_and_no_other(tmp_path: Path) -> None:
    text = (
        "S1,a,1,2025-03-01,1,\nS1,b,two,2025-03-01,1,\nS2,c,1,2025-03-01,1,\n"
        ",d,1,2025-03-01,1,\n6.9E+12,e,1,2025-03-01,1,\n"
    )
    found = orders(tmp_path, text)
    rules = [[(row.row, row.rule) for row in outcome.rows] for outcome in found]
    assert rules == [
        [(2, "order_incomplete"), (3, "number_not_read")],
        [(4, "sale_line")],
        [(5, "missing_value")],
        [(6, "lost_digits")],
    ]
    assert [outcome.order is None for outcome in found] == [True, False, True, True]
    assert found[0].rows[0].fault == ("order_incomplete", "order_number", "3")


def test_a_slipped_line_still_refuses_its_own_order(tmp_path: Path) -> None:
    text = "S1,a,1,2025-03-01,1,K,\nS1,b,1,2025-03-01,1,K,x\nS2,c,1,2025-03-01,1,\n"
    first, second = orders(tmp_path, text)
    assert [row.rule for row in first.rows] == ["order_incomplete", "too_many_cells"]
    assert [row.rule for row in second.rows] == ["sale_line"]


def test_a_column_that_is_not_mapped_is_empty(tmp_path: Path) -> None:
    columns = {field: column for field, column in ORDERS.columns.items() if field != "customer_code"}
    mapping = Mapping(name="", kind="orders", columns=columns)
    table = open_mapped(text_file(tmp_path, HEADING + "S1,a,1,2025-03-01,1,K9\n"), mapping)
    (row,) = order_rows(table, mapping)
    assert not isinstance(row, UnreadRow)
    assert (row.customer_code, row.description, row.country) == ("", "", "")


def test_a_workbook_gives_what_the_same_text_gives(tmp_path: Path) -> None:
    text = "S1,a,1,2025-03-01 08:00,1.5,K\nTK1,a,-1,2025-03-02 08:00,1.5,K\n"
    rows: list[list[str | float]] = [[*HEADING.strip().split(",")]]
    rows += [["S1", "a", 1, "2025-03-01 08:00", 1.5, "K"], ["TK1", "a", -1, "2025-03-02 08:00", 1.5, "K"]]
    table = open_mapped(workbook(tmp_path, rows), ORDERS)
    found = list(order_outcomes(table, ORDERS))
    assert found == orders(tmp_path, text)
    assert [outcome.order and outcome.order.kind for outcome in found] == [
        OrderKind.SALE,
        OrderKind.CANCELLATION,
    ]


def test_a_tally_accounts_for_every_row(tmp_path: Path) -> None:
    table = open_mapped(
        text_file(tmp_path, "货号,条码,品名,单位,类,价\nA,1,醋,,,\na,1,醋,,,\nB,,盐,,,x\n"), PRODUCTS
    )
    tally = ImportTally()
    assert len(list(tally.follow(product_outcomes(table, PRODUCTS)))) == 3
    assert {rule: total.rows for rule, total in tally.by_rule.items()} == {
        "odd_length": 1,
        "repeated_code": 1,
        "number_not_read": 1,
    }
    assert tally.effects["number_not_read"] is Effect.REFUSED
    assert [row.row for row in tally.faults] == [4]
