"""What became of a row of an import, and why it was left out: every sentence in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from merchant_desk.documents import opening_texts, setup_texts

Sentences = Mapping[str, tuple[str, str]]
"""Chinese and English by code; names in braces are facts."""

FAULTS: Final[Sentences] = MappingProxyType(
    {
        "missing_value": ("“{field}”是空的。", '"{field}" is empty.'),
        "lost_digits": (
            "“{text}”的数字已被表格软件舍掉。请把该列设为文本后重新导出。",
            'The spreadsheet has lost digits of "{text}". Make the column text and export it once more.',
        ),
        "number_not_read": ("“{text}”不是数字（{field}）。", '"{text}" is not a number ({field}).'),
        "other_decimal_mark": (
            "“{text}”用了另一种小数点（{field}）。请在映射里改小数点。",
            '"{text}" is written with another decimal mark ({field}). Change it in the mapping.',
        ),
        "other_currency": (
            "“{text}”不是映射里写明的货币（{field}）。",
            '"{text}" is not in the currency of the mapping ({field}).',
        ),
        "number_too_large": ("“{text}”大得不合理（{field}）。", '"{text}" is absurdly large ({field}).'),
        "date_not_read": (
            "“{text}”不是可识别的日期（{field}）。请检查映射里的日期顺序。",
            '"{text}" is not a date that can be read ({field}). Check the order of dates in the mapping.',
        ),
        "date_is_number": (
            "“{text}”是表格软件的日期序号（{field}）。请把该列设为日期，或在映射里选“序号”。",
            '"{text}" is a spreadsheet\'s day number ({field}). Make the column a date, or choose "serial".',
        ),
        "date_out_of_range": (
            "“{text}”不在 1990 到 2100 年之间（{field}）。",
            '"{text}" is not between 1990 and 2100 ({field}).',
        ),
        "error_cell": ("单元格是错误值 {text}（{field}）。", "The cell holds the error {text} ({field})."),
        "formula_without_value": (
            "公式 {text} 没有计算结果（{field}）。请在表格软件里重新计算并保存。",
            "The formula {text} has no value ({field}). Recalculate in your spreadsheet program and save.",
        ),
        "too_many_cells": (
            "这一行比标题多出单元格（“{text}”），内容可能错位。",
            'The row has more cells than headings ("{text}"); its values may have slipped.',
        ),
        "text_too_long": ("“{text}…”太长（{field}）。", '"{text}…" is too long ({field}).'),
        "control_character": (
            "代码“{text}”里有换行或控制字符（{field}）。",
            'The code "{text}" holds a line break or control character ({field}).',
        ),
        "reserved_code": (
            "“{text}”以本程序自用的前缀开头，不能作为商品条码。",
            '"{text}" begins like this program\'s own codes; no product can have it.',
        ),
        "negative_price": ("{text} 的单价是负数。", "The price of {text} is below zero."),
        "order_incomplete": (
            "同一订单的第 {text} 行有问题，整单未导入。",
            "Row {text} of the same order is wrong; the whole order is left out.",
        ),
        "order_of_two_customers": (
            "同一订单号下有两个客户：{text}。",
            "Two customers share this order number: {text}.",
        ),
        "order_too_long": ("这张订单有 {text} 行，太长。", "This order has {text} lines: too many."),
        "flag_not_read": (
            "“{text}”不是“是”或“否”（{field}）。",
            '"{text}" is neither yes nor no ({field}).',
        ),
        "days_not_read": (
            "“{text}”不是 0 到 3650 之间的整天数（{field}）。",
            '"{text}" is not a whole number of days between 0 and 3650 ({field}).',
        ),
        "pack_incomplete": (
            "箱码和装箱数要一起写；这里只有“{text}”，缺少{field}。",
            'A carton needs a code and a quantity; there is only "{text}" ({field} is missing).',
        ),
        "pack_is_unit": (
            "箱码“{text}”和单件条码相同，扫描时无法区分。",
            "The carton's code \"{text}\" is the unit's too; a scan could not tell them apart.",
        ),
        "quantity_not_positive": (
            "“{text}”必须大于零（{field}）。",
            '"{text}" must be above zero ({field}).',
        ),
        "negative_cost": ("进价“{text}”是负数。", 'The cost "{text}" is below zero.'),
        "unknown_supplier": (
            "没有供应商“{text}”（按编码或名称）。请先建立供应商，或改正这一列。",
            'There is no supplier "{text}", by code or name. Add it first, or correct the cell.',
        ),
        "ambiguous_supplier": (
            "有多个供应商叫“{text}”。请改写供应商编码。",
            'Several suppliers are called "{text}". Write the supplier\'s code instead.',
        ),
        "unknown_product": (
            "没有货号或条码为“{text}”的商品（{field}）。请先导入商品。",
            'No product has "{text}" ({field}). Import the products first.',
        ),
        "ambiguous_product": (
            "条码“{text}”对应多个商品或包装（{field}）。请改写货号。",
            '"{text}" is on several products or packs ({field}). Write the SKU instead.',
        ),
        "codes_disagree": (
            "条码“{text}”不是该货号的条码。",
            'The barcode "{text}" is not one of that SKU\'s.',
        ),
        "sku_twice": (
            "货号与前面一行相同（不分大小写），{field}却不同：{text}。请改正其中一行。",
            "An earlier row has this SKU (in any case) and not this {field}: {text}. Correct one of the two.",
        ),
        "order_of_two_suppliers": (
            "同一采购单号下有两个供应商：{text}。",
            "Two suppliers share this purchase order number: {text}.",
        ),
        "order_of_two_days": (
            "同一采购单号下有两个到货日期：{text}。",
            "Two due days share this purchase order number: {text}.",
        ),
        "number_taken": (
            "单号“{text}”已被另一张单据占用（内容或渠道不同），未导入。",
            '"{text}" is the number of another document here (other content or channel); left out.',
        ),
        "totals_row": (
            "这是合计行（“{text}”），不是数据。",
            'This is a row of totals ("{text}"), not of data.',
        ),
        "heading_again": (
            "这一行又是标题（“{text}”），不是数据。",
            'This row is a heading again ("{text}"), not data.',
        ),
        "not_split": (
            "“{text}”里没有要取的那一段（{field}）。请检查映射里的拆分。",
            '"{text}" has no such part ({field}). Check how the mapping splits it.',
        ),
    }
    | opening_texts.FAULTS
    | setup_texts.FAULTS
)
"""Why a row was refused (`domain.imports.FaultCode`)."""

FAULT_NAMES: Final[Sentences] = MappingProxyType(
    {
        "missing_value": ("缺少必填内容", "Value missing"),
        "lost_digits": ("代码丢失了数字", "Digits of a code lost"),
        "number_not_read": ("不是数字", "Not a number"),
        "other_decimal_mark": ("小数点不符", "Another decimal mark"),
        "other_currency": ("货币不符", "Another currency"),
        "number_too_large": ("数值大得不合理", "Absurdly large number"),
        "date_not_read": ("不是可识别的日期", "Not a date"),
        "date_is_number": ("日期是序号", "Date as a day number"),
        "date_out_of_range": ("日期超出范围", "Date out of range"),
        "error_cell": ("单元格是错误值", "Error in a cell"),
        "formula_without_value": ("公式没有结果", "Formula without a value"),
        "too_many_cells": ("单元格多于标题", "More cells than headings"),
        "text_too_long": ("文字太长", "Text too long"),
        "control_character": ("代码含控制字符", "Control character in a code"),
        "reserved_code": ("本程序自用的代码", "A code of this program"),
        "negative_price": ("单价为负", "Price below zero"),
        "order_incomplete": ("整单未导入：另一行有问题", "Order left out: another line is wrong"),
        "order_of_two_customers": ("订单号下有两个客户", "Order number of two customers"),
        "order_too_long": ("订单行数太多", "Order with too many lines"),
        "flag_not_read": ("不是“是”或“否”", "Neither yes nor no"),
        "days_not_read": ("不是天数", "Not a number of days"),
        "pack_incomplete": ("箱码或装箱数不全", "Carton without code or quantity"),
        "pack_is_unit": ("箱码与单件条码相同", "Carton code same as the unit's"),
        "quantity_not_positive": ("数量不大于零", "Quantity not above zero"),
        "negative_cost": ("进价为负", "Cost below zero"),
        "unknown_supplier": ("没有这个供应商", "Unknown supplier"),
        "ambiguous_supplier": ("供应商名称重复", "Several suppliers of that name"),
        "unknown_product": ("没有这个商品", "Unknown product"),
        "ambiguous_product": ("条码对应多个商品", "Code of several products"),
        "codes_disagree": ("货号与条码不符", "SKU and barcode disagree"),
        "sku_twice": ("货号重复而条码不同", "SKU again with another code"),
        "order_of_two_suppliers": ("采购单号下有两个供应商", "Order number of two suppliers"),
        "order_of_two_days": ("采购单号下有两个到货日期", "Order number with two due days"),
        "number_taken": ("单号已被占用", "Number taken"),
        "totals_row": ("合计行", "Row of totals"),
        "heading_again": ("重复的标题行", "Heading again"),
        "not_split": ("没有要取的那一段", "Part not found"),
    }
    | opening_texts.FAULT_NAMES
    | setup_texts.FAULT_NAMES
)
"""The same in a few words, for the table of rules."""

RULES: Final[Sentences] = MappingProxyType(
    {
        "new_product": ("新商品", "New product"),
        "empty_name": ("没有名称：以代码为名", "No name: named by its code"),
        "raw_code": ("校验位不对：条码按原文保留", "Wrong check digit: code kept as typed"),
        "odd_length": ("位数不是条码长度：按原文保留", "Not as many digits as a GTIN: kept as typed"),
        "house_code": ("含字母或符号的自编码：按原文保留", "House code, not only digits: kept as typed"),
        "code_clash": (
            "同一条码对应两个商品：扫描时由人选择",
            "One barcode on two products: a person chooses",
        ),
        "gtin_clash": (
            "同一 GTIN 的另一种写法：扫描时由人选择",
            "The same GTIN written otherwise: a person chooses",
        ),
        "repeated_code": ("代码重复：保留第一行", "Repeated code: the first row stands"),
        "sale_line": ("销售", "Sale"),
        "free_line": ("赠送（单价为零）", "Given free (price zero)"),
        "returned_line": ("销售单里的退回", "Returned within a sale"),
        "service_line": (
            "服务（运费、费用、折扣、手工、样品）",
            "Service (freight, fee, discount, manual, sample)",
        ),
        "voucher_line": ("售出礼券", "Gift voucher sold"),
        "cancelled_line": ("取消单：商品退回", "Cancellation: goods back"),
        "credit_line": ("取消单：服务退款", "Cancellation: service credited"),
        "stock_written_on": ("库存增加（无客户、无价格）", "Stock written on (no customer, no price)"),
        "stock_written_off": ("库存减少（无客户、无价格）", "Stock written off (no customer, no price)"),
        "bad_debt_adjustment": ("坏账调整：只记金额", "Bad debt adjustment: money only"),
        "purchase_line": ("采购行", "Purchase order line"),
        "no_effect": ("不影响库存和金额", "Moves neither stock nor money"),
    }
    | opening_texts.RULES
)
"""What became of a row that was not refused."""

NOTES: Final[Sentences] = MappingProxyType(
    {
        "zeros_lost": ("可能丢失了前导零", "Leading zeros may be lost"),
        "zeros_added": ("已补回前导零", "Leading zeros put back"),
        "unnamed": ("没有名称：以代码为名", "No name: named by its code"),
        "cleaned": ("已去掉不可见字符", "Unseen characters removed"),
        "rounded": ("四舍五入到六位小数", "Rounded to six decimals"),
        "ambiguous_time": (
            "夏令时结束当晚的重复时刻：取第一次",
            "Time that came twice that night: the first",
        ),
        "no_such_time": ("夏令时开始当晚不存在的时刻", "Time that the clock skipped that night"),
        "walk_in": ("没有客户：按散客", "No customer: walk-in"),
        "repeated_line": ("同一订单里的相同行：各算一行", "The same line again in its order: both count"),
        "second_time": (
            "与订单时间不同：订单取最早时间",
            "Another time than its order, which has the earliest",
        ),
        "repeated_product": (
            "同一采购单里的同一商品：各算一行",
            "The product again in its order: both count",
        ),
        "pack_counted": ("按箱订货：已折算为基本单位", "Ordered by the carton: counted in base units"),
        "differs_here": (
            "与这里现有的不同（如名称、售价、税率、用途，或已停用）：保持原样",
            "Differs from what is here (name, price, rate or kind, or archived), which stays as it is",
        ),
        "corrected_here": ("已有的商品或记录：改为文件所写", "Here already: corrected as the file says"),
        "role_given": ("此人已有：加上这一行的角色", "Here already: gets the role of this row"),
        "tax_given": ("已有的商品：税改为文件所写", "Here already: bears the file's tax now"),
        "in_the_future": (
            "订单日期在一天之后的将来：照写，请核对日期顺序和时区",
            "Dated more than a day in the future: taken as it stands; check the order of dates and the zone",
        ),
        "clashes_here": (
            "条码已属于这里的另一商品：扫描时两个都显示，由人选择",
            "Its code is another product's here already: a scan shows both, and a person decides",
        ),
        "other_spelling": ("代码大小写不同：同一商品", "Code differs in case only: the same product"),
    }
    | opening_texts.NOTES
)
"""What else was noticed about a row."""

FIELD_NAMES: Final[Sentences] = MappingProxyType(
    {
        "barcode": ("条码", "barcode"),
        "sku": ("货号", "SKU"),
        "name": ("名称", "name"),
        "name_en": ("英文名称", "English name"),
        "unit": ("单位", "unit"),
        "category": ("分类", "category"),
        "price": ("售价", "price"),
        "order_number": ("订单号", "order number"),
        "stock_code": ("货号", "stock code"),
        "description": ("商品名称", "description"),
        "quantity": ("数量", "quantity"),
        "placed_at": ("下单时间", "order time"),
        "unit_price": ("单价", "unit price"),
        "customer_code": ("客户", "customer"),
        "country": ("国家", "country"),
        "track_lot": ("批号管理", "track lot"),
        "track_expiry": ("效期管理", "track expiry"),
        "track_serial": ("序列号管理", "track serial"),
        "min_days_left": ("最少剩余天数", "minimum days left"),
        "pack_code": ("箱码", "carton code"),
        "pack_quantity": ("装箱数", "carton quantity"),
        "supplier": ("供应商", "supplier"),
        "unit_cost": ("进价", "unit cost"),
        "due": ("到货日期", "due day"),
    }
    | opening_texts.FIELD_NAMES
    | setup_texts.FIELD_NAMES
)
"""What the fields of an import are called."""
