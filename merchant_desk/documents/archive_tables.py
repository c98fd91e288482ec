"""What each table is called in an archive, by the words of the glossary, and what a row of it is."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class TableWords:
    """The name of a table's file (without .csv), which stays whatever the table is called inside."""

    file: str
    zh: str
    en: str


TABLES: Final = MappingProxyType(
    {
        "merchants": TableWords("merchants", "商户", "the merchant"),
        "outlets": TableWords("outlets", "门店", "outlets"),
        "warehouses": TableWords("warehouses", "仓库", "warehouses"),
        "locations": TableWords("locations", "库位", "locations"),
        "persons": TableWords("persons", "人员", "people who sign in"),
        "roles": TableWords("roles", "谁有什么角色，自何时至何时", "who has or had which role"),
        "devices": TableWords("devices", "登记过的工作台", "desks that were enrolled"),
        "skus": TableWords("skus", "SKU（库存单位）", "SKUs"),
        "barcodes": TableWords("barcodes", "条码与包装", "barcodes and packs"),
        "sku_merges": TableWords(
            "sku_merges", "合并的商品：id 已并入", "merged products: `id` was merged into another"
        ),
        "sku_costs": TableWords("sku_costs", "SKU 的标准成本", "standard costs of SKUs"),
        "sku_taxes": TableWords(
            "sku_taxes",
            "SKU 适用的税（未列出的用通常的税）",
            "taxes of SKUs; those not listed bear the usual one",
        ),
        "lots": TableWords("lots", "批次", "lots"),
        "suppliers": TableWords("suppliers", "供应商", "suppliers"),
        "carriers": TableWords("carriers", "承运商", "carriers"),
        "taxes": TableWords("taxes", "税种", "taxes"),
        "tax_rates": TableWords("tax_rates", "税率，自某日起", "rates of taxes, from a day on"),
        "record_changes": TableWords(
            "record_changes", "基础资料的每次更改", "every change of outlets, suppliers, carriers, taxes..."
        ),
        "buyers": TableWords("buyers", "买家（不含个人信息）", "buyers, without their personal values"),
        "orders": TableWords("sales_orders", "销售订单", "sales orders"),
        "order_lines": TableWords("sales_order_lines", "销售订单行", "lines of sales orders"),
        "order_charges": TableWords(
            "sales_order_charges", "订单里货物以外的金额", "what orders charge beside goods"
        ),
        "order_events": TableWords("sales_order_events", "订单经过", "what happened to sales orders"),
        "reservations": TableWords(
            "reservations", "预占的增减", "reservations, as they were added and ended"
        ),
        "shipments": TableWords("shipments", "发货单", "shipments"),
        "refunds": TableWords("refunds", "退款", "refunds"),
        "visits": TableWords("visits", "访客数", "numbers of visitors"),
        "purchase_orders": TableWords("purchase_orders", "采购单", "purchase orders"),
        "purchase_lines": TableWords("purchase_order_lines", "采购单行", "lines of purchase orders"),
        "purchase_line_costs": TableWords(
            "purchase_order_line_costs", "采购单行的成本", "costs of purchase order lines"
        ),
        "expectations": TableWords("expectations", "应收的增减", "what was expected, added and ended"),
        "receipts": TableWords("receipts", "收货单", "receipts"),
        "counts": TableWords("counts", "盘点", "counts"),
        "count_entries": TableWords("count_entries", "盘点扫描", "scans of counts"),
        "count_lines": TableWords("count_lines", "盘点结果", "results of counts"),
        "ledger": TableWords(
            "stock_ledger",
            "库存账：每次移动一行，按 stock_key 合计 quantity 即为现有量",
            "the stock ledger, one row a movement; `quantity` summed by `stock_key` is what is on hand",
        ),
        "ledger_costs": TableWords("stock_ledger_costs", "移动的成本", "costs of movements"),
        "stock_balances": TableWords(
            "stock_balances",
            "每个库存键的现有量（由库存账得出）",
            "on hand by stock key, derived from the ledger",
        ),
        "availability": TableWords(
            "availability", "按仓库和 SKU 的可用量（导出值）", "by warehouse and SKU, derived"
        ),
        "line_totals": TableWords(
            "line_totals", "单据行的完成量（导出值）", "what was done of each document line, derived"
        ),
        "tallies": TableWords(
            "document_tallies", "单据各商品的合计（导出值）", "totals of documents by product, derived"
        ),
        "tasks": TableWords("tasks", "待办：拒绝与异常", "tasks: refusals and exceptions"),
        "unknown_codes": TableWords("unknown_codes", "未识别的代码", "unknown codes"),
        "jobs": TableWords("jobs", "导入等任务", "jobs such as imports"),
        "job_chunks": TableWords("job_chunks", "任务的各段", "chunks of jobs"),
        "job_writes": TableWords("job_writes", "导入更正了什么", "what imports corrected"),
        "openings": TableWords("opening_stock", "期初库存的申报", "opening stock as it was stated"),
        "go_lives": TableWords("go_lives", "门店的启用日", "when outlets go live"),
        "settings": TableWords("settings", "设置", "settings"),
        "setting_changes": TableWords("setting_changes", "设置的每次更改", "every change of a setting"),
        "archives": TableWords("archives", "以前的存档：谁何时做的", "earlier archives: by whom and when"),
    }
)

LEFT_OUT: Final = MappingProxyType(
    {
        "buyer_secrets": (
            "密封的个人信息；要求时在 buyer_details.csv 中打开",
            "sealed personal values; opened in buyer_details.csv where that is asked for",
        ),
        "buyer_keys": ("密钥不离开服务器", "keys do not leave the server"),
        "refused_bodies": (
            "被拒绝的操作内容见 operations.jsonl",
            "what refused operations said stands in operations.jsonl",
        ),
    }
)
"""Tables that are in no archive, and why."""
