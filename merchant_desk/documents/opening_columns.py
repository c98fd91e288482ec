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

SENT: Final = ("sent", "ordered already", "sent to supplier", "已发出", "已下单", "已发给供应商")

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

SUPPLIERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "supplier code", "supplier no", "supplier number", "vendor code", "vendor no", "vendor number",
            "code", "供应商编码", "供应商编号", "供应商代码", "编码", "编号", "代码",
        ),
        "party_name": (
            "supplier name", "vendor name", "supplier", "vendor", "name", "company", "供应商名称", "供应商",
            "供货商", "供货单位", "名称", "单位名称", "公司名称",
        ),
    }
)  # fmt: skip
"""Fields of suppliers."""

BUYERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "customer code", "customer no", "customer number", "customer id", "member no", "member id",
            "code", "客户编码", "客户编号", "会员号", "会员编号", "会员卡号", "编码", "编号",
        ),
        "party_name": (
            "customer name", "customer", "contact", "contact name", "name", "buyer", "客户名称", "客户姓名",
            "客户", "姓名", "联系人", "收货人", "会员姓名", "名称",
        ),
        "phone": (
            "phone", "phone number", "telephone", "tel", "mobile", "mobile number", "电话", "手机", "手机号",
            "手机号码", "联系电话", "电话号码",
        ),
        "address": (
            "address", "delivery address", "shipping address", "street address", "地址", "收货地址",
            "详细地址", "联系地址",
        ),
        "level": ("level", "membership level", "tier", "等级", "会员等级", "客户等级", "级别"),
    }
)  # fmt: skip
"""Fields of customers; name, telephone and address are sealed before they are written."""

OPEN_ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "order_number": (
            "open order", "sales order", "sales order number", "sales order no", "so number", "order number",
            "order no", "order id", "order", "销售订单", "销售订单号", "未发订单号", "订单号", "订单编号",
            "单号", "单据编号",
        ),
        "customer_code": (
            "customer code", "customer no", "customer number", "customer id", "customer", "客户编码",
            "客户编号", "会员号", "会员编号", "客户",
        ),
        "sku": SKU,
        "barcode": BARCODE,
        "quantity": (
            "quantity to ship", "open quantity", "quantity", "qty", "ordered", "未发数量", "待发数量", "数量",
            "订购数量",
        ),
        "unit_price": (
            "unit price", "price", "sale price", "item price", "单价", "售价", "成交单价", "销售单价", "价格",
        ),
        "placed_at": (
            "order date", "order time", "ordered at", "placed at", "date", "订单日期", "下单时间", "下单日期",
            "日期", "单据日期",
        ),
    }
)  # fmt: skip
"""Fields of sales orders that are to be shipped still."""
