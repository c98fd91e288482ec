"""What columns are called in the files that a shop begins its books with, beside products."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SKU: Final = (
    "sku", "sku code", "item no", "item number", "item code", "stock code", "货号", "商品编码", "商品编号",
    "商品货号", "编码", "编号", "物料编码", "存货编码",
)  # fmt: skip
BARCODE: Final = (
    "barcode", "bar code", "ean", "ean13", "ean 13", "upc", "gtin", "gtin13", "gtin14", "code",
    "product code", "条码", "条形码", "商品条码", "国际条码", "69码", "一维码",
)  # fmt: skip

OPENING_STOCK: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sku": SKU,
        "barcode": BARCODE,
        "location": (
            "location", "location code", "bin", "bin location", "shelf", "place", "storage location", "库位",
            "货位", "库位编码", "货位编码", "储位", "仓位", "货架",
        ),
        "lot": (
            "lot", "lot number", "lot no", "lot code", "batch", "batch number", "batch no", "批号", "批次",
            "批次号", "生产批号",
        ),
        "expiry": (
            "expiry", "expiry date", "expires", "best before", "use by", "expiration date", "到期日",
            "有效期", "有效期至", "到期日期", "失效日期", "保质期至",
        ),
        "serial": ("serial", "serial number", "serial no", "序列号", "唯一码", "串号"),
        "status": ("status", "stock status", "condition", "状态", "库存状态", "品质", "质量状态"),
        "quantity": (
            "quantity", "qty", "on hand", "stock", "quantity on hand", "opening quantity", "opening stock",
            "count", "数量", "库存", "库存数量", "期初数量", "期初库存", "现有量", "结存数量", "实际库存",
        ),
        "unit_cost": (
            "unit cost", "cost", "cost price", "average cost", "purchase price", "成本", "单位成本",
            "成本价", "成本单价", "期初成本", "进价", "采购价", "结存单价",
        ),
    }
)  # fmt: skip
"""Fields of opening stock."""
