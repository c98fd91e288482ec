"""Every list that can be taken elsewhere: its question, its columns, and what each column holds."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from merchant_desk.documents.exports import CellKind, Column
from merchant_desk.models.queries import exports

_CODE, _DAY, _TIME = CellKind.CODE, CellKind.DAY, CellKind.TIME
_MICRO, _PRICE, _AMOUNT, _WHOLE = CellKind.MICRO, CellKind.PRICE, CellKind.AMOUNT, CellKind.WHOLE

_SKU: Final = Column("货号", "SKU", _CODE, 18)
_NAME: Final = Column("商品名称", "Product name", width=40)
_UNIT: Final = Column("单位", "Unit", width=8)
_STATUS: Final = Column("状态", "Status")
_QUANTITY: Final = Column("数量", "Quantity", _MICRO)
_LOT: Final = Column("批号", "Lot", _CODE)
_EXPIRY: Final = Column("有效期", "Expiry", _DAY)
_SERIAL: Final = Column("序列号", "Serial number", _CODE)
_LOCATION: Final = Column("库位", "Location", _CODE)
_SUPPLIER_CODE: Final = Column("供应商编码", "Supplier code", _CODE)
_SUPPLIER: Final = Column("供应商", "Supplier", width=28)
_OPENED: Final = Column("开始时间", "Opened", _TIME, 20)
_CLOSED: Final = Column("结束时间", "Closed", _TIME, 20)


@dataclass(frozen=True, slots=True)
class ExportTable:
    """What is asked of the desk, and the columns that the answer fills; `zh` and `en` name the list."""

    zh: str
    en: str
    sql: str
    columns: tuple[Column, ...]


EXPORTS: Final = MappingProxyType(
    {
        "products": ExportTable(
            "商品",
            "Products",
            exports.PRODUCTS,
            (
                _SKU,
                Column("条码", "Barcode", _CODE, 18),
                _NAME,
                Column("英文名称", "English name", width=40),
                Column("分类", "Category"),
                _UNIT,
                Column("箱码", "Carton code", _CODE, 18),
                Column("装箱数", "Carton quantity", _MICRO),
                Column("售价", "Price", _PRICE),
                Column("批号管理", "Track lot", _WHOLE),
                Column("效期管理", "Track expiry", _WHOLE),
                Column("序列号管理", "Track serial", _WHOLE),
                Column("最少剩余天数", "Minimum days left", _WHOLE),
                _STATUS,
            ),
        ),
        "stock": ExportTable(
            "库存",
            "Stock",
            exports.STOCK,
            (Column("仓库", "Warehouse", _CODE), _LOCATION, _SKU, _NAME, _LOT, _EXPIRY, _SERIAL, _STATUS,
             _QUANTITY, _UNIT),
        ),
        "orders": ExportTable(
            "订单",
            "Orders",
            exports.ORDERS,
            (
                Column("订单号", "Order number", _CODE, 18),
                Column("类型", "Kind"),
                Column("渠道", "Channel"),
                _STATUS,
                Column("下单时间", "Order time", _TIME, 20),
                Column("客户", "Customer", _CODE),
                _SKU,
                _NAME,
                Column("服务", "Service"),
                Column("规则", "Rule", width=18),
                _QUANTITY,
                Column("单价", "Unit price", _PRICE),
                Column("金额", "Amount", _AMOUNT),
                Column("备注", "Note", width=24),
            ),
        ),
        "purchase-orders": ExportTable(
            "采购单",
            "Purchase orders",
            exports.PURCHASES,
            (
                Column("采购单号", "Purchase order", _CODE, 18),
                _STATUS,
                _SUPPLIER_CODE,
                _SUPPLIER,
                Column("到货日期", "Due date", _DAY),
                Column("下单时间", "Order time", _TIME, 20),
                _SKU,
                _NAME,
                _QUANTITY,
                Column("已收数量", "Received", _MICRO),
                _UNIT,
                Column("进价", "Unit cost", _PRICE),
            ),
        ),
        "receipts": ExportTable(
            "收货单",
            "Receipts",
            exports.RECEIPTS,
            (
                Column("收货单号", "Receipt", _CODE, 18),
                _STATUS,
                _OPENED,
                _CLOSED,
                Column("采购单号", "Purchase order", _CODE, 18),
                _SUPPLIER_CODE,
                _SUPPLIER,
                _SKU,
                _NAME,
                _LOT,
                _EXPIRY,
                _LOCATION,
                _QUANTITY,
                _UNIT,
            ),
        ),
        "counts": ExportTable(
            "盘点单",
            "Counts",
            exports.COUNTS,
            (
                Column("盘点单号", "Count", _CODE, 18),
                _STATUS,
                _OPENED,
                _CLOSED,
                _LOCATION,
                _SKU,
                _NAME,
                _LOT,
                _EXPIRY,
                _SERIAL,
                Column("库存状态", "Stock status"),
                Column("账面数量", "Book quantity", _MICRO),
                Column("实盘数量", "Counted", _MICRO),
                Column("差异", "Variance", _MICRO),
                _UNIT,
            ),
        ),
        "ledger": ExportTable(
            "库存流水",
            "Stock ledger",
            exports.LEDGER,
            (
                Column("时间", "Time", _TIME, 20),
                Column("类型", "Kind"),
                Column("单据", "Document", _CODE, 20),
                _SKU,
                _NAME,
                _LOCATION,
                _LOT,
                _SERIAL,
                _STATUS,
                _QUANTITY,
                _UNIT,
                Column("人员", "Person"),
                Column("工作台", "Desk", _CODE),
                Column("原因", "Reason"),
            ),
        ),
    }
)  # fmt: skip
"""What can be exported, by the name that is typed."""
