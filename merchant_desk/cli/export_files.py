"""`merchant-desk export`: products, stock, orders or the ledger as a table for other programs."""

import argparse
import json
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision
from sqlalchemy import text

from merchant_desk.cli.desk_options import add_desk_arguments, opened_desk
from merchant_desk.cli.import_words import in_words
from merchant_desk.desk import Desk
from merchant_desk.documents.exports import CellKind, Column, Style, export_table
from merchant_desk.jobs.place import place_of
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries import exports

CODE, WHOLE = CellKind.CODE, CellKind.WHOLE
MICRO, AMOUNT, TIME = CellKind.MICRO, CellKind.AMOUNT, CellKind.TIME

_SKU: Final = Column("货号", "SKU", CODE, 18)
_NAME: Final = Column("商品名称", "Product name", width=40)
_UNIT: Final = Column("单位", "Unit", width=8)

EXPORTS: Final = MappingProxyType(
    {
        "products": (
            exports.PRODUCTS,
            (
                _SKU,
                Column("条码", "Barcode", CODE, 18),
                _NAME,
                Column("英文名称", "English name", width=40),
                Column("分类", "Category"),
                Column("包装", "Pack", width=8),
                _UNIT,
                Column("包装数量", "Pack quantity", MICRO),
                Column("售价", "Price", MICRO),
                Column("状态", "Status"),
            ),
        ),
        "stock": (
            exports.STOCK,
            (
                Column("仓库", "Warehouse", CODE),
                Column("库位", "Location", CODE),
                _SKU,
                _NAME,
                Column("批号", "Lot", CODE),
                Column("有效期", "Expiry", WHOLE),
                Column("序列号", "Serial number", CODE),
                Column("状态", "Status"),
                Column("数量", "Quantity", MICRO),
                _UNIT,
            ),
        ),
        "orders": (
            exports.ORDERS,
            (
                Column("订单号", "Order number", CODE, 18),
                Column("类型", "Kind"),
                Column("渠道", "Channel"),
                Column("状态", "Status"),
                Column("下单时间", "Order time", TIME, 20),
                Column("客户", "Customer", CODE),
                _SKU,
                _NAME,
                Column("服务", "Service"),
                Column("规则", "Rule", width=18),
                Column("数量", "Quantity", MICRO),
                Column("单价", "Unit price", MICRO),
                Column("金额", "Amount", AMOUNT),
                Column("备注", "Note", width=24),
            ),
        ),
        "ledger": (
            exports.LEDGER,
            (
                Column("时间", "Time", TIME, 20),
                Column("类型", "Kind"),
                Column("单据", "Document", CODE, 20),
                _SKU,
                _NAME,
                Column("库位", "Location", CODE),
                Column("批号", "Lot", CODE),
                Column("序列号", "Serial number", CODE),
                Column("状态", "Status"),
                Column("数量", "Quantity", MICRO),
                _UNIT,
                Column("人员", "Person"),
                Column("工作台", "Desk", CODE),
                Column("原因", "Reason"),
            ),
        ),
    }
)
"""What can be exported: its query and its columns."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=list(EXPORTS), help="商品、库存、订单或流水")
    parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .csv or .csv.gz")
    parser.add_argument("--language", choices=["zh", "en"], default="zh", help="of the headings / 标题的语言")
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")
    add_desk_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Export; 1 if the file could not be written."""
    try:
        with opened_desk(options) as desk:
            count = export(desk, options.kind, options.file, options.language)
    except (Fault, OSError) as error:
        zh, en, code, facts = in_words(error)
        if options.json:
            told = {"type": "problem", "code": code, "facts": facts, "zh": zh, "en": en}
            print(json.dumps(told, ensure_ascii=False, default=str))
        else:
            print(f"{zh}\n{en}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"type": "result", "file": str(options.file), "rows": count}, ensure_ascii=False))
    else:
        print(f"已导出 {count:,} 行：{options.file}\n{count:,} rows exported: {options.file}")
    return 0


def export(desk: Desk, kind: str, path: Path, language: str = "zh") -> int:
    """Write what a desk holds to a file, from one snapshot; returns the rows.

    Raises:
        UnknownFormat: the file's name ends in no format that can be written.
        OSError: the file cannot be written.
    """
    sql, columns = EXPORTS[kind]
    with desk.read() as connection, connection.begin():
        return export_table(path, columns, exports.rows(connection, sql), _style(desk, language))


def _style(desk: Desk, language: str) -> Style:
    query = text("SELECT zone FROM outlets WHERE id = :id")
    with desk.read() as connection, connection.begin():
        zone = connection.execute(query, {"id": desk.identity.outlet_id.bytes}).scalar()
    try:
        found = ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError):
        found = ZoneInfo("Asia/Shanghai")
    digits = get_currency_precision(place_of(desk.runtime).currency)
    return Style("en" if language == "en" else "zh", found, digits)
