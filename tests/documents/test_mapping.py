"""Mappings: saved, read again, checked, and suggested by headings."""

import json
from pathlib import Path

import pytest

from merchant_desk.documents.column_names import (
    FIELDS,
    ImportKind,
    plain_heading,
    suggested_columns,
)
from merchant_desk.documents.mapping import (
    VERSION,
    Mapping,
    MappingOptions,
    check_mapping,
    from_json,
    load_mapping,
    open_mapped,
    save_mapping,
    suggested_mapping,
    to_json,
)
from merchant_desk.documents.presets import ONLINE_RETAIL, OPEN_FOOD_FACTS, PRESETS
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.domain.imports_order_lines import Service
from tests.documents.files import text_file

PLAIN = Mapping(name="mine", kind="products", columns={"barcode": "条码", "name": "品名"})


@pytest.mark.parametrize("name", PRESETS)
def test_a_mapping_survives_its_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mapping.json"
    save_mapping(PRESETS[name], path)
    assert load_mapping(path) == PRESETS[name]
    assert load_mapping(path).digest == PRESETS[name].digest
    assert [one.name for one in tmp_path.iterdir()] == ["mapping.json"]


def test_the_file_is_plain_json_that_says_what_it_is() -> None:
    content = json.loads(to_json(ONLINE_RETAIL))
    assert (content["format"], content["version"]) == ("merchant-desk/column-mapping", VERSION)
    assert content["columns"]["unit_price"] == "UnitPrice"
    assert content["options"]["services"]["POST"] == "freight"


def test_the_digest_is_of_what_matters() -> None:
    def changed(**changes: object) -> str:
        content = json.loads(to_json(PLAIN)) | changes
        return from_json(json.dumps(content).encode()).digest

    assert changed(name="other") == PLAIN.digest
    assert changed(columns={"name": "品名", "barcode": "条码"}) == PLAIN.digest
    assert changed(columns={"barcode": "品名", "name": "条码"}) != PLAIN.digest
    assert changed(options={"decimal_mark": ","}) != PLAIN.digest


def test_services_are_found_whatever_their_case() -> None:
    settings = ONLINE_RETAIL.order_settings
    assert (settings.service("m"), settings.service("gift_0001_20")) == (Service.MANUAL, Service.VOUCHER)
    assert settings.service("85123a") is Service.GOODS


def test_decimals_are_those_of_the_currency() -> None:
    dinar = Mapping(name="", kind="orders", columns={}, options=MappingOptions(currency="RSD"))
    assert dinar.order_settings.minor_digits == 2, "a locale writes none, the standard has two"
    yen = Mapping(name="", kind="orders", columns={}, options=MappingOptions(currency="JPY"))
    assert (yen.order_settings.minor_digits, ONLINE_RETAIL.order_settings.minor_digits) == (0, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "something else"}, "mapping_not_readable"),
        ({"version": VERSION + 1, "future": True}, "mapping_too_new"),
        ({"version": "1"}, "mapping_not_readable"),
        ({"colour": "red"}, "mapping_not_readable"),
        ({"kind": "weather"}, "mapping_not_readable"),
        ({"options": {"date_order": "american"}}, "mapping_not_readable"),
        ({"options": {"services": {"POST": "postage"}}}, "mapping_not_readable"),
        ({"columns": {"barcode": "c", "name": "n", "quantity": "q"}}, "unknown_field"),
        ({"columns": {"barcode": "c", "name": "c"}}, "column_used_twice"),
        ({"columns": {"barcode": "c"}}, "field_not_mapped"),
        ({"columns": {"name": "n"}}, "field_not_mapped"),
        ({"options": {"time_zone": "Asia/Beijing2"}}, "unknown_time_zone"),
        ({"options": {"time_zone": "../../etc"}}, "unknown_time_zone"),
        ({"options": {"currency": "XYZ"}}, "unknown_currency"),
        ({"options": {"delimiter": "::"}}, "unknown_delimiter"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(change: dict[str, object], code: str) -> None:
    content = json.loads(to_json(PLAIN)) | change
    with pytest.raises(ImportProblem) as problem:
        from_json(json.dumps(content).encode())
    assert problem.value.code == code


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b"code,name\n"])
def test_what_is_no_mapping_at_all(data: bytes) -> None:
    with pytest.raises(ImportProblem, match="mapping_not_readable"):
        from_json(data)


def test_a_sku_will_do_for_a_barcode() -> None:
    check_mapping(Mapping(name="", kind="products", columns={"sku": "货号", "name": "品名"}))


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            [
                "InvoiceNo",
                "StockCode",
                "Description",
                "Quantity",
                "InvoiceDate",
                "UnitPrice",
                "CustomerID",
                "Country",
            ],
            dict(ONLINE_RETAIL.columns),
        ),
        (["code", "product_name"], {"barcode": "code", "name": "product_name"}),
        (
            [
                "订单编号",
                "商家编码",
                "宝贝标题",
                "购买数量",
                "订单创建时间",
                "单价（元）",
                "买家昵称",
                "备注",
            ],
            {
                "order_number": "订单编号",
                "stock_code": "商家编码",
                "description": "宝贝标题",
                "quantity": "购买数量",
                "placed_at": "订单创建时间",
                "unit_price": "单价（元）",
                "customer_code": "买家昵称",
            },
        ),
        (
            ["ORDER_ID*", "sku", "Qty", "Order Date", "unit-price"],
            {
                "order_number": "ORDER_ID*",
                "stock_code": "sku",
                "quantity": "Qty",
                "placed_at": "Order Date",
                "unit_price": "unit-price",
            },
        ),
        (
            ["货号", "条码", "商品名称", "计量单位", "零售价", "类别"],
            {
                "barcode": "条码",
                "sku": "货号",
                "name": "商品名称",
                "unit": "计量单位",
                "category": "类别",
                "price": "零售价",
            },
        ),
    ],
)
def test_headings_suggest_a_mapping(headers: list[str], fields: dict[str, str]) -> None:
    kind: ImportKind = "orders" if "quantity" in fields else "products"
    assert suggested_mapping(kind, headers).columns == fields


def test_a_column_is_suggested_once_and_the_usual_heading_wins() -> None:
    assert suggested_columns("products", ["Description", "Name", "Code"]) == {
        "barcode": "Code",
        "name": "Name",
    }
    found = suggested_columns("orders", ["SKU", "Barcode", "Price", "Price"])
    assert len(set(found.values())) == len(found)
    assert found["stock_code"] == "SKU"


@pytest.mark.parametrize(
    ("headers", "codes"),
    [
        (["code", "name", "unit", "barcode", "price"], {"sku": "code", "barcode": "barcode"}),
        (["Product Code", "Name", "EAN-13"], {"sku": "Product Code", "barcode": "EAN-13"}),
        (["编码", "品名", "条码"], {"sku": "编码", "barcode": "条码"}),
        (["Code", "品名", "商品条码"], {"sku": "Code", "barcode": "商品条码"}),
        (["code", "sku", "name", "barcode"], {"sku": "sku", "barcode": "barcode"}),
        (["code", "货号", "name"], {"sku": "货号", "barcode": "code"}),
        (["code", "name"], {"barcode": "code"}),
        (["product code", "name", "carton barcode"], {"barcode": "product code"}),
    ],
)
def test_a_code_beside_a_barcode_is_the_merchants_own(headers: list[str], codes: dict[str, str]) -> None:
    found = suggested_columns("products", headers)
    assert {field: found[field] for field in ("sku", "barcode") if field in found} == codes
    ordered = suggested_columns("purchase_orders", headers)
    assert {field: ordered[field] for field in ("sku", "barcode") if field in ordered} == codes


def test_no_heading_names_two_fields() -> None:
    for fields in FIELDS.values():
        names = [name for names in fields.values() for name in names]
        assert len(set(names)) == len(names)
        assert [plain_heading(name) for name in names] == names


def test_a_file_is_opened_as_its_mapping_says(tmp_path: Path) -> None:
    path = text_file(tmp_path, "清单;;\n条码;品名;x\n1;醋;2\n", encoding="gbk")
    options = MappingOptions(encoding="gbk", delimiter=";", header_row=2)
    table = open_mapped(path, Mapping(name="", kind="products", columns=PLAIN.columns, options=options))
    assert (table.headers, table.encoding) == (["条码", "品名", "x"], "gbk")


def test_presets_can_work() -> None:
    for mapping in PRESETS.values():
        check_mapping(mapping)
    assert OPEN_FOOD_FACTS.options.pad_codes_to is None
