"""What a product file says of lots, expiry, serial numbers and cartons."""

from pathlib import Path

import pytest

from merchant_desk.documents.column_names import FIELDS
from merchant_desk.documents.import_rows import product_rows
from merchant_desk.documents.mapping import Mapping, check_mapping, open_mapped, suggested_mapping
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_products import NO_CARE, Care, ProductRow
from tests.documents.files import text_file

CHINESE = "货号,条码,名称,批号管理,效期管理,序列号管理,最少剩余天数,箱码,箱规"
ENGLISH = "SKU,Barcode,Name,Track lot,Track expiry,Track serial,Min days left,Carton code,Units per carton"


def rows(folder: Path, heading: str, *lines: str) -> list[ProductRow | UnreadRow]:
    path = text_file(folder, "\n".join((heading, *lines)) + "\n")
    mapping = suggested_mapping("products", open_table(path).headers)
    return list(product_rows(open_mapped(path, mapping), mapping))


def care(row: ProductRow | UnreadRow) -> Care:
    assert isinstance(row, ProductRow), row
    return row.care


@pytest.mark.parametrize("heading", [CHINESE, ENGLISH])
def test_all_of_it_in_both_languages(tmp_path: Path, heading: str) -> None:
    full, plain = rows(
        tmp_path, heading, "A,9520000000011,Beer,是,yes,否,30,19520000000018,12", "B,,Salt,,,,,,"
    )
    assert care(full) == Care(True, True, False, 30, "19520000000018", 12 * MICRO)
    assert care(full).pack_gtin == "19520000000018"
    assert care(plain) == NO_CARE


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ("maybe,,,,,", FaultCode.FLAG_NOT_READ, "track_lot"),
        (",,,1.5,,", FaultCode.DAYS_NOT_READ, "min_days_left"),
        (",,,-1,,", FaultCode.DAYS_NOT_READ, "min_days_left"),
        (",,,4000,,", FaultCode.DAYS_NOT_READ, "min_days_left"),
        (",,,,19520000000018,", FaultCode.PACK_INCOMPLETE, "pack_quantity"),
        (",,,,,12", FaultCode.PACK_INCOMPLETE, "pack_code"),
        (",,,,19520000000018,0", FaultCode.QUANTITY_NOT_POSITIVE, "pack_quantity"),
        (",,,,19520000000018,-3", FaultCode.QUANTITY_NOT_POSITIVE, "pack_quantity"),
        (",,,,19520000000018,99999999", FaultCode.NUMBER_TOO_LARGE, "pack_quantity"),
        (",,,,9520000000011,12", FaultCode.PACK_IS_UNIT, "pack_code"),
    ],
)
def test_a_row_that_says_nonsense_is_left_out(
    tmp_path: Path, cells: str, code: FaultCode, field: str
) -> None:
    (row,) = rows(tmp_path, CHINESE, f"A,9520000000011,Beer,{cells}")
    assert isinstance(row, UnreadRow)
    assert (row.fault.code, row.fault.field) == (code, field)


def test_a_pack_needs_both_its_columns() -> None:
    columns = {"sku": "SKU", "name": "Name", "pack_code": "Carton"}
    with pytest.raises(ImportProblem) as problem:
        check_mapping(Mapping(name="", kind="products", columns=columns))
    headings = ", ".join(FIELDS["products"]["pack_quantity"])
    facts = {"fields": "pack_quantity", "headings": headings}
    assert (problem.value.code, problem.value.facts) == ("field_not_mapped", facts)
    # An export has a column of that name, but one row for each barcode: it is no carton of the row's product.
    assert "pack_quantity" not in suggested_mapping("products", ["SKU", "Name", "Pack quantity"]).columns
