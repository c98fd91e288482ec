"""What columns are called in merchants' files: the fields of an import and their usual headings."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from merchant_desk.documents.opening_columns import (
    BARCODE,
    BUYERS,
    OPEN_ORDERS,
    OPENING_STOCK,
    SENT,
    SKU,
    SUPPLIERS,
)
from merchant_desk.documents.setup_columns import CARRIERS, LOCATIONS, OUTLETS, PEOPLE, TAXES

ImportKind = Literal[
    "products",
    "orders",
    "purchase_orders",
    "opening_stock",
    "suppliers",
    "buyers",
    "open_orders",
    "outlets",
    "carriers",
    "taxes",
    "locations",
    "people",
]

FIELDS: Final[Mapping[ImportKind, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "products": MappingProxyType(
            {
                "barcode": (
                    "barcode", "bar code", "ean", "ean13", "ean 13", "upc", "gtin", "gtin13", "gtin14",
                    "code", "product code", "条码", "条形码", "商品条码", "国际条码", "69码", "一维码",
                ),
                "sku": (
                    "sku", "sku code", "sku id", "item no", "item number", "item code", "article",
                    "article number", "stock code", "货号", "商品编码", "商品编号", "商品货号", "编码",
                    "编号", "物料编码", "商家编码", "款号", "存货编码",
                ),
                "name": (
                    "name", "product name", "item name", "title", "product title", "description",
                    "product", "商品名称", "名称", "品名", "商品标题", "标题", "商品", "存货名称",
                    "物料名称",
                ),
                "name_en": (
                    "english name", "name en", "english product name", "英文名", "英文名称",
                    "英文品名", "商品英文名称",
                ),
                "unit": (
                    "unit", "uom", "unit of measure", "base unit", "单位", "计量单位", "基本单位",
                ),
                "category": (
                    "category", "product category", "group", "分类", "类别", "商品分类", "品类", "类目",
                ),
                "price": (
                    "price", "unit price", "sale price", "sales price", "retail price", "selling price",
                    "单价", "售价", "销售价", "零售价", "价格", "标准售价",
                ),
                "track_lot": (
                    "track lot", "lot tracked", "batch tracked", "track batch", "批号管理", "批次管理",
                    "管批号", "管批次",
                ),
                "track_expiry": (
                    "track expiry", "expiry tracked", "has expiry", "效期管理", "保质期管理", "有效期管理",
                    "管效期",
                ),
                "track_serial": (
                    "track serial", "serial tracked", "track serial number", "序列号管理", "管序列号",
                    "唯一码管理",
                ),
                "min_days_left": (
                    "min days left", "minimum days left", "minimum remaining days", "最少剩余天数",
                    "最低剩余天数", "临期天数", "允收天数",
                ),
                "pack_code": (
                    "pack code", "carton code", "carton barcode", "case code", "case barcode", "itf 14",
                    "pack barcode", "箱码", "外箱码", "外箱条码", "箱条码", "包装条码",
                ),
                "pack_quantity": (
                    "pack quantity", "carton quantity", "units per carton", "case quantity", "pack size",
                    "箱规", "装箱数", "装箱数量", "每箱数量", "箱入数", "包装数量",
                ),
                "tax": ("tax code", "tax class", "tax category", "税码", "税类", "税种", "税收分类"),
            }
        ),
        "orders": MappingProxyType(
            {
                "order_number": (
                    "order number", "order no", "order id", "order", "invoice no", "invoice number",
                    "invoice", "订单号", "订单编号", "单号", "单据编号", "发票号", "主订单编号", "交易号",
                ),
                "stock_code": (
                    "stock code", "sku", "sku code", "item no", "item code", "item number", "product code",
                    "barcode", "ean", "货号", "商品编码", "商品编号", "商家编码", "编码", "编号", "条码",
                    "商品条码",
                ),
                "description": (
                    "description", "product name", "item name", "name", "product", "title", "商品名称",
                    "品名", "名称", "商品标题", "标题", "商品", "宝贝标题",
                ),
                "quantity": (
                    "quantity", "qty", "count", "units", "pieces", "数量", "购买数量", "商品数量", "件数",
                    "销售数量",
                ),
                "placed_at": (
                    "invoice date", "order date", "date", "created at", "order time", "ordered at",
                    "placed at", "下单时间", "订单时间", "订单创建时间", "创建时间", "订单日期", "日期",
                    "单据日期", "付款时间",
                ),
                "unit_price": (
                    "unit price", "price", "item price", "price each", "sale price", "单价", "商品单价",
                    "价格", "售价", "成交单价", "销售单价",
                ),
                "customer_code": (
                    "customer id", "customer code", "customer no", "customer number", "customer",
                    "buyer id", "buyer", "client", "客户编号", "客户编码", "客户", "买家", "买家昵称",
                    "会员号", "会员编号",
                ),
                "country": (
                    "country", "country or region", "ship country", "国家", "国家地区", "收货国家",
                ),
            }
        ),
        "purchase_orders": MappingProxyType(
            {
                "order_number": (
                    "purchase order", "purchase order number", "po number", "po no", "po", "order number",
                    "order no", "采购单号", "采购订单号", "采购单", "采购订单", "订单号", "单号", "单据编号",
                ),
                "supplier": (
                    "supplier", "supplier code", "supplier name", "vendor", "vendor code", "vendor name",
                    "供应商", "供应商编码", "供应商编号", "供应商名称", "供货商", "供货单位",
                ),
                "sku": SKU,
                "barcode": BARCODE,
                "quantity": (
                    "quantity", "qty", "order quantity", "ordered", "数量", "采购数量", "订货数量",
                    "订购数量",
                ),
                "unit_cost": (
                    "unit cost", "cost", "purchase price", "unit price", "price", "进价", "采购价",
                    "采购单价", "进货价", "单价", "成本", "成本价",
                ),
                "due": (
                    "due", "due date", "due day", "delivery date", "expected", "expected date", "交货日期",
                    "到货日期", "预计到货", "预计到货日期", "要求到货日期", "交期",
                ),
                "sent": SENT,
            }
        ),
        "opening_stock": OPENING_STOCK,
        "suppliers": SUPPLIERS,
        "buyers": BUYERS,
        "open_orders": OPEN_ORDERS,
        "outlets": OUTLETS,
        "carriers": CARRIERS,
        "taxes": TAXES,
        "locations": LOCATIONS,
        "people": PEOPLE,
    }
)  # fmt: skip
"""Every field that an import knows, by kind, with headings (English, Chinese) under which it is found."""

REQUIRED: Final[Mapping[ImportKind, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "products": (("barcode", "sku"), ("name",)),
        "orders": (
            ("order_number",),
            ("stock_code",),
            ("quantity",),
            ("placed_at",),
            ("unit_price",),
        ),
        "purchase_orders": (
            ("order_number",),
            ("supplier",),
            ("sku", "barcode"),
            ("quantity",),
            ("unit_cost",),
            ("due",),
        ),
        "opening_stock": (("sku", "barcode"), ("location",), ("quantity",)),
        "suppliers": (("party_name",),),
        "buyers": (("code", "party_name"),),
        "open_orders": (("order_number",), ("sku", "barcode"), ("quantity",), ("placed_at",)),
        "outlets": (("code",), ("party_name",)),
        "carriers": (("party_name",),),
        "taxes": (("party_name",), ("tax_rate",), ("from_day",)),
        "locations": (("code",),),
        "people": (("login",), ("person_name",)),
    }
)
"""Of each group at least one field needs a column."""

TOGETHER: Final[Mapping[ImportKind, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    dict.fromkeys(FIELDS, ()) | {"products": (("pack_code", "pack_quantity"),)}
)
"""Fields that say something only together: all of a group have a column, or none."""

EITHER: Final = ("code", "product code")
"""Headings that name the barcode where nothing else does, and the SKU beside a heading that says barcode."""

_WORD_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS: Final = re.compile(r"[\s_\-./:：#*]+")
_REMARK: Final = re.compile(r"[(（\[【].*?[)）\]】]")


def plain_heading(header: str) -> str:
    """Return a heading as `FIELDS` writes it: `InvoiceNo`, "invoice_no*" and "Invoice No." are one."""
    text = _REMARK.sub("", unicodedata.normalize("NFKC", header))
    return _SEPARATORS.sub(" ", _WORD_BREAK.sub(" ", text)).strip().casefold()


def suggested_columns(kind: ImportKind, headers: Sequence[str]) -> dict[str, str]:
    """Return the columns that the headings name, by field: the field's most usual heading that is there.

    No heading names two fields, so a column serves one only; what is not recognised is left out. A merchant's
    own "code" that stands beside a "barcode" is the SKU.
    """
    by_name: dict[str, str] = {}
    for header in headers:
        if plain := plain_heading(header):
            by_name.setdefault(plain, header)
    found: dict[str, str] = {}
    fields = _fields_of(kind, by_name)
    for rank in range(max(len(names) for names in fields.values())):
        for field, names in fields.items():
            known = by_name.get(names[rank]) if rank < len(names) else None
            if known is not None:
                found.setdefault(field, known)
    for group in TOGETHER[kind]:
        if not found.keys() >= set(group):
            for field in group:
                found.pop(field, None)
    return {field: found[field] for field in FIELDS[kind] if field in found}


def _fields_of(kind: ImportKind, plain_headings: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the headings of each field, where those of `EITHER` mean what the headings beside them leave."""
    fields = FIELDS[kind]
    sure = tuple(name for name in fields.get("barcode", ()) if name not in EITHER)
    if not any(name in plain_headings for name in sure):
        return fields
    return {**fields, "barcode": sure, "sku": (*fields["sku"], *EITHER)}
