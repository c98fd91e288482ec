"""Transformations of a mapping: what they do to a cell, and that the dry run and the import read the same."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents.cells import SheetNumber, UnreadableCell
from merchant_desk.documents.import_rows import order_rows, product_rows, survey_table
from merchant_desk.documents.mapped_cells import transformed_samples
from merchant_desk.documents.mapping import Mapping, check_mapping, from_json, open_mapped, to_json
from merchant_desk.documents.problem_texts import problem_text
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.transforms import (
    NAMES,
    Constant,
    DateFormat,
    DecimalComma,
    LeadingZeros,
    Split,
    Transform,
    Trim,
    change_of,
    tag_of,
)
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_order_lines import OrderRow
from merchant_desk.domain.imports_products import ProductRow
from tests.documents.files import text_file


def changed(text: str, *transforms: Transform, mark: str = ".") -> str:
    change = change_of("f", transforms, mark)
    assert change is not None
    return change(text)


@pytest.mark.parametrize(
    ("before", "transform", "after"),
    [
        (" \u00a0\u3000x y\u200b ", Trim(), "x y"),
        ("*A-1*", Trim(characters="*"), "A-1"),
        ("SKU-1 / 醋", Split(separator="/", part=1), "SKU-1"),
        ("a|b|c", Split(separator="|", part=-1), "c"),
        ("", Split(separator="|", part=2), ""),
        ("31.12.2025", DateFormat(pattern="dd.MM.yyyy"), "2025-12-31"),
        ("1/2/26 8:05", DateFormat(pattern="M/d/yy H:mm"), "2026-01-02 8:05:00"),
        ("Mar 5, 2026 11:30 PM", DateFormat(pattern="MMM d, yyyy h:mm a"), "2026-03-05 11:30:00 PM"),
        ("2026年3月5日", DateFormat(pattern="yyyy年M月d日"), "2026-03-05"),
        ("20260305", DateFormat(pattern="yyyyMMdd"), "2026-03-05"),
        ("2026-03-05 00:00:00", DateFormat(pattern="dd.MM.yyyy"), "2026-03-05 00:00:00"),
        ("1.234,50", DecimalComma(), "1234.50"),
        ("¥ -1 234,5", DecimalComma(), "¥ -1234.5"),
        ("1.234", DecimalComma(), "1234"),
        ("", DecimalComma(), ""),
        ("42", LeadingZeros(width=6), "000042"),
        ("A42", LeadingZeros(width=6), "A42"),
        ("1234567", LeadingZeros(width=6), "1234567"),
        ("x", Constant(value="S1"), "S1"),
        ("x", Constant(value="S1", only_empty=True), "x"),
        (" ", Constant(value="S1", only_empty=True), "S1"),
    ],
)
def test_what_each_does(before: str, transform: Transform, after: str) -> None:
    assert changed(before, transform) == after


@pytest.mark.parametrize(
    ("before", "transform", "code"),
    [
        ("A", Split(separator="/", part=2), FaultCode.NOT_SPLIT),
        ("A/B", Split(separator="/", part=-3), FaultCode.NOT_SPLIT),
        ("2025-31-12 noon", DateFormat(pattern="dd.MM.yyyy"), FaultCode.DATE_NOT_READ),
        ("Xyz 5, 2026", DateFormat(pattern="MMM d, yyyy"), FaultCode.DATE_NOT_READ),
        ("1,234.50", DecimalComma(), FaultCode.OTHER_DECIMAL_MARK),
        ("2.50", DecimalComma(), FaultCode.OTHER_DECIMAL_MARK),
    ],
)
def test_what_cannot_be_done_is_a_fault_of_the_row(
    before: str, transform: Transform, code: FaultCode
) -> None:
    with pytest.raises(UnreadableCell) as caught:
        changed(before, transform)
    assert caught.value.fault == (code, "f", before)


def test_a_number_of_a_sheet_has_a_point_already() -> None:
    assert changed(SheetNumber("1.234"), DecimalComma()) == "1.234"
    assert changed("1.234,5", DecimalComma(), mark=",") == "1234,5"


@pytest.mark.parametrize("part", [1, -1, 2])
def test_a_number_of_a_sheet_stays_the_number_that_it_is(part: int) -> None:
    split = Split(separator=".", part=part)
    if part == 2:
        with pytest.raises(UnreadableCell) as caught:
            changed(SheetNumber("12.125"), split, mark=",")
        assert caught.value.fault[0] is FaultCode.NOT_SPLIT
        return
    for steps in ((split,), (Trim(characters="1"), split, DecimalComma())):
        kept = changed(SheetNumber("12.125"), *steps, mark=",")
        assert (kept, type(kept)) == ("12.125", SheetNumber), "as text its point would part thousands"


def test_they_are_done_in_their_order() -> None:
    steps = (Split(separator="/", part=2), Trim(characters="#"), LeadingZeros(width=4))
    assert changed("x / #7#", *steps) == "0007"


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_a_decimal_comma_keeps_the_number(whole: int, part: int) -> None:
    german = f"{whole:,}".replace(",", ".") + f",{part:02}"
    assert changed(german, DecimalComma()) == f"{whole}.{part:02}"


TEXT = "artikel;preis\n4711 / 醋;1.234,50\n12 / 盐;2,00\nkaputt;3,00\n合计;5,00\n"
MAPPING = Mapping(
    name="german",
    kind="products",
    columns={"sku": "artikel", "name": "artikel", "price": "preis"},
    transforms={
        "sku": (Split(separator="/", part=1), LeadingZeros(width=6)),
        "name": (Split(separator="/", part=-1),),
        "price": (DecimalComma(),),
        "category": (Constant(value="调味"),),
    },
)


def test_one_column_gives_two_fields_and_a_constant_needs_none(tmp_path: Path) -> None:
    table = open_mapped(text_file(tmp_path, TEXT), MAPPING)
    read = list(product_rows(table, MAPPING))
    assert [(row.sku, row.name, row.category, row.price) for row in read if isinstance(row, ProductRow)] == [
        ("004711", "醋", "调味", 1_234_500_000),
        ("000012", "盐", "调味", 2_000_000),
        ("kaputt", "kaputt", "调味", 3_000_000),
    ]
    assert [row.fault.code for row in read if isinstance(row, UnreadRow)] == [FaultCode.TOTALS_ROW]


def test_samples_show_what_the_import_will_read(tmp_path: Path) -> None:
    broken = msgspec.structs.replace(
        MAPPING, transforms={**MAPPING.transforms, "name": (Split(separator="/", part=2),)}
    )
    table = open_mapped(text_file(tmp_path, TEXT), broken)
    found = {
        (one.field, one.row): (one.before, one.after, one.fault) for one in transformed_samples(table, broken)
    }
    assert found["sku", 2] == ("4711 / 醋", "004711", None)
    assert found["price", 2] == ("1.234,50", "1234.50", None)
    assert found["category", 2] == ("", "调味", None)
    before, after, fault = found["name", 4]
    assert (before, after, fault and fault.code) == ("kaputt", "", FaultCode.NOT_SPLIT)
    (refused, *_) = (row for row in product_rows(table, broken) if isinstance(row, UnreadRow))
    assert (refused.number, refused.fault) == (4, fault)


def test_an_order_whose_line_cannot_be_transformed_is_known_by_its_number(tmp_path: Path) -> None:
    mapping = Mapping(
        name="o",
        kind="orders",
        columns={"order_number": "no", "stock_code": "sku", "quantity": "qty", "placed_at": "day"},
        transforms={
            "order_number": (Trim(characters="#"),),
            "placed_at": (DateFormat(pattern="dd/MM/yy"),),
            "unit_price": (Constant(value="1.50"),),
        },
    )
    path = text_file(tmp_path, "no,sku,qty,day\n#7,A,1,31/12/25\n#7,B,2,yesterday\n")
    table = open_mapped(path, mapping)
    good, bad = order_rows(table, mapping)
    assert isinstance(good, OrderRow)
    assert (good.order_number, good.unit_price) == ("7", 1_500_000)
    assert isinstance(bad, UnreadRow)
    assert (bad.key, bad.fault.code) == ("7", FaultCode.DATE_NOT_READ)
    assert survey_table(table, mapping) is not None


def test_a_saved_mapping_keeps_them_and_its_digest_knows_them() -> None:
    assert from_json(to_json(MAPPING)) == MAPPING
    plain = msgspec.structs.replace(MAPPING, transforms={}, columns={"sku": "artikel", "name": "preis"})
    other = msgspec.structs.replace(plain, transforms={"sku": (Trim(),)})
    assert plain.digest != other.digest
    assert b'"do": "split"' in to_json(MAPPING)


@pytest.mark.parametrize(
    ("transforms", "code"),
    [
        ({"sku": (Split(separator="", part=1),)}, "transform_not_usable"),
        ({"sku": (Split(separator="/", part=0),)}, "transform_not_usable"),
        ({"sku": (LeadingZeros(width=0),)}, "transform_not_usable"),
        ({"sku": (DateFormat(pattern="dd.MM"),)}, "transform_not_usable"),
        ({"sku": (DateFormat(pattern="yyyy-yy-MM-dd-yyyy"),)}, "transform_not_usable"),
        ({"unit": (Trim(),)}, "transform_without_column"),
        ({"unit": (Trim(), Constant(value="瓶"))}, "transform_without_column"),
        ({"colour": (Constant(value="red"),)}, "unknown_field"),
    ],
)
def test_what_can_do_nothing_is_refused_with_the_mapping(
    transforms: dict[str, tuple[Transform, ...]], code: str
) -> None:
    mapping = Mapping(name="m", kind="products", columns={"sku": "a", "name": "b"}, transforms=transforms)
    with pytest.raises(ImportProblem) as problem:
        check_mapping(mapping)
    assert problem.value.code == code
    assert all("{" not in problem_text(code, problem.value.facts, one) for one in ("zh", "en"))


def test_every_transformation_has_a_name_in_both_languages() -> None:
    samples = (Trim(), Split(separator="/", part=1), DateFormat(pattern=""), DecimalComma(),
               LeadingZeros(width=1), Constant(value=""))  # fmt: skip
    assert {tag_of(one) for one in samples} == set(NAMES)
