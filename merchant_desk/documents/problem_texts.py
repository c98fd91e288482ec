"""The sentences of an import, in Chinese and English: what is wrong with a file, what became of a row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

Language = Literal["zh", "en"]
Sentences = Mapping[str, tuple[str, str]]
"""Chinese and English by code; names in braces are facts."""

_MEGABYTE: Final = 1 << 20

PROBLEMS: Final[Sentences] = MappingProxyType(
    {
        "empty_file": ("文件是空的。", "The file is empty."),
        "empty_table": ("表里没有任何内容。", "There is nothing in the table."),
        "no_rows": (
            "只有标题行（{headers}），下面没有数据。",
            "There is only a heading ({headers}) and no row under it.",
        ),
        "not_a_table": (
            "这不是表格文件。请另存为 CSV 或 XLSX 后再导入。",
            "This is not a table. Save it as CSV or XLSX and import that.",
        ),
        "foreign_format": (
            "这其实是 {format} 文件（与文件名无关）。请打开它，另存为 XLSX 或 CSV 后再导入。",
            "This is really a {format} file, whatever its name says. Open it and save it as XLSX or CSV.",
        ),
        "password_protected": (
            "文件有密码保护。请在表格软件里去掉密码后再导入。",
            "The file is protected by a password. Remove it in your spreadsheet program first.",
        ),
        "damaged_workbook": (
            "工作簿已损坏，无法读取。请用表格软件打开并重新保存，或重新下载。",
            "The workbook is damaged. Open it and save it again, or fetch it once more.",
        ),
        "damaged_gzip": (
            "压缩文件已损坏（校验不符）。请重新下载。",
            "The compressed file is damaged (its checksum is wrong). Fetch it once more.",
        ),
        "truncated_gzip": (
            "压缩文件不完整，结尾缺失。请重新下载。",
            "The compressed file is not complete: its end is missing. Fetch it once more.",
        ),
        "unpacks_too_large": (
            "解压后超过 {limit_mb} MB，拒绝读取。请把文件拆开。",
            "It unpacks to more than {limit_mb} MB and is not read. Split the file.",
        ),
        "file_too_large": (
            "文件有 {size_mb} MB，上限是 {limit_mb} MB。请把文件拆开。",
            "The file has {size_mb} MB; {limit_mb} MB is the limit. Split the file.",
        ),
        "too_many_rows": (
            "行数超过 {limit}。请把文件拆开。",
            "There are more than {limit} rows. Split the file.",
        ),
        "too_many_columns": (
            "有 {count} 列，上限是 {limit} 列。",
            "There are {count} columns; {limit} is the limit.",
        ),
        "external_entities": (
            "工作簿里含有外部引用（DTD），出于安全不读取。",
            "The workbook refers to things outside itself (a DTD); for safety it is not read.",
        ),
        "unknown_encoding": (
            "看不懂第 {line} 行的文字编码。请另存为 UTF-8，或在映射里写明编码。",
            "The encoding of line {line} is unknown. Save as UTF-8, or name the encoding in the mapping.",
        ),
        "mixed_encoding": (
            "文件混用了两种编码：第 {line} 行与第 {other_line} 行不同。请统一另存为 UTF-8。",
            "Two encodings are mixed: line {line} differs from line {other_line}. Save all of it as UTF-8.",
        ),
        "wrong_encoding": (
            "第 {line} 行不是 {encoding} 编码。",
            "Line {line} cannot be read as {encoding}.",
        ),
        "text_cut_off": (
            "文件在第 {line} 行的一个字中间断了，不完整。请重新导出。",
            "The file stops inside a character in line {line}; it is not complete. Export it once more.",
        ),
        "unclosed_quote": (
            "从第 {row} 行开始的引号没有结束。",
            "A quotation mark that begins in row {row} is never closed.",
        ),
        "broken_quotes": (
            "第 {row} 行的引号有误：引号后面应是分隔符。",
            "The quotation marks in row {row} are wrong: a delimiter is expected after one.",
        ),
        "cell_too_long": (
            "第 {row} 行的一个单元格超过 {limit} 个字符，多半是引号没有结束。",
            "A cell of row {row} has more than {limit} characters; probably a quotation mark is not closed.",
        ),
        "duplicate_headers": (
            "标题重复：{headers}。每列的标题必须不同。",
            "Headings occur more than once: {headers}. Each column needs its own.",
        ),
        "merged_cells": (
            "有合并单元格（{cells}），无法确定每行的值。请取消合并并补齐。",
            "Cells are merged ({cells}), so the rows' values are not certain. Unmerge and fill them.",
        ),
        "no_visible_sheet": (
            "工作簿里没有可见的工作表。",
            "The workbook has no visible sheet.",
        ),
        "unknown_sheet": (
            "没有名为“{sheet}”的工作表。现有：{sheets}。",
            "There is no sheet “{sheet}”. There are: {sheets}.",
        ),
        "too_many_odd_cells": (
            "有 {count} 个单元格是错误值或未计算的公式（上限 {limit}）。请在表格软件里重新计算并保存。",
            "{count} cells hold errors or formulas without a value (limit {limit}). Recalculate and save.",
        ),
        "file_changed": (
            "文件在读取时被改动了。请重新开始导入。",
            "The file was changed while it was being read. Start the import again.",
        ),
        "missing_column": (
            "缺少这些列：{columns}。文件里有：{headers}。",
            "Columns are missing: {columns}. The file has: {headers}.",
        ),
        "field_not_mapped": (
            "必须指定至少一列作为：{fields}。",
            "At least one column must be named for: {fields}.",
        ),
        "unknown_field": (
            "映射里有不认识的字段：{fields}（{kind}）。",
            "The mapping names unknown fields: {fields} ({kind}).",
        ),
        "column_used_twice": (
            "同一列用在了两个字段上：{columns}。",
            "A column is used for two fields: {columns}.",
        ),
        "unknown_time_zone": ("没有这个时区：{zone}。", "There is no time zone {zone}."),
        "unknown_currency": ("没有这个货币代码：{currency}。", "There is no currency {currency}."),
        "unknown_delimiter": (
            "分隔符必须是一个字符，而不是“{delimiter}”。",
            "A delimiter is one character, not “{delimiter}”.",
        ),
        "mapping_not_readable": (
            "这个映射文件无法使用：{reason}。",
            "This mapping file cannot be used: {reason}.",
        ),
        "mapping_too_new": (
            "映射来自更新的版本（{version}），本程序只认识到 {known}。请先升级。",
            "The mapping comes from a newer version ({version}); this program knows {known}. Update first.",
        ),
    }
)
"""What is wrong with a file or a mapping as a whole (`ImportProblem.code`)."""

FAULTS: Final[Sentences] = MappingProxyType(
    {
        "missing_value": ("“{field}”是空的。", "“{field}” is empty."),
        "lost_digits": (
            "“{text}”的数字已被表格软件舍掉。请把该列设为文本后重新导出。",
            "The spreadsheet has lost digits of “{text}”. Make the column text and export it once more.",
        ),
        "number_not_read": ("“{text}”不是数字（{field}）。", "“{text}” is not a number ({field})."),
        "other_decimal_mark": (
            "“{text}”用了另一种小数点（{field}）。请在映射里改小数点。",
            "“{text}” is written with another decimal mark ({field}). Change it in the mapping.",
        ),
        "other_currency": (
            "“{text}”不是映射里写明的货币（{field}）。",
            "“{text}” is not in the currency of the mapping ({field}).",
        ),
        "number_too_large": ("“{text}”大得不合理（{field}）。", "“{text}” is absurdly large ({field})."),
        "date_not_read": (
            "“{text}”不是可识别的日期（{field}）。请检查映射里的日期顺序。",
            "“{text}” is not a date that can be read ({field}). Check the order of dates in the mapping.",
        ),
        "date_is_number": (
            "“{text}”是表格软件的日期序号（{field}）。请把该列设为日期，或在映射里选“序号”。",
            "“{text}” is a spreadsheet's day number ({field}). Make the column a date, or choose “serial”.",
        ),
        "date_out_of_range": (
            "“{text}”不在 1990 到 2100 年之间（{field}）。",
            "“{text}” is not between 1990 and 2100 ({field}).",
        ),
        "error_cell": ("单元格是错误值 {text}（{field}）。", "The cell holds the error {text} ({field})."),
        "formula_without_value": (
            "公式 {text} 没有计算结果（{field}）。请在表格软件里重新计算并保存。",
            "The formula {text} has no value ({field}). Recalculate in your spreadsheet program and save.",
        ),
        "too_many_cells": (
            "这一行比标题多出单元格（“{text}”），内容可能错位。",
            "The row has more cells than headings (“{text}”); its values may have slipped.",
        ),
        "text_too_long": ("“{text}…”太长（{field}）。", "“{text}…” is too long ({field})."),
        "control_character": (
            "代码“{text}”里有换行或控制字符（{field}）。",
            "The code “{text}” holds a line break or control character ({field}).",
        ),
        "reserved_code": (
            "“{text}”以本程序自用的前缀开头，不能作为商品条码。",
            "“{text}” begins like this program's own codes; no product can have it.",
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
    }
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
    }
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
        "no_effect": ("不影响库存和金额", "Moves neither stock nor money"),
    }
)
"""What became of a row that was not refused."""

NOTES: Final[Sentences] = MappingProxyType(
    {
        "zeros_lost": ("可能丢失了前导零", "Leading zeros may be lost"),
        "zeros_added": ("已补回前导零", "Leading zeros put back"),
        "unnamed": ("没有名称", "No name"),
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
        "other_spelling": ("代码大小写不同：同一商品", "Code differs in case only: the same product"),
    }
)
"""What else was noticed about a row."""

FIELD_NAMES: Final[Sentences] = MappingProxyType(
    {
        "barcode": ("条码", "barcode"),
        "sku": ("货号", "SKU"),
        "name": ("名称", "name"),
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
    }
)
"""What the fields of an import are called."""


def problem_text(code: str, facts: Mapping[str, Any], language: Language) -> str:
    """Return the sentence of an `ImportProblem`; sizes in bytes are given in MB.

    Raises:
        KeyError: an unknown code, or a fact that the sentence needs is missing.
    """
    sizes = {f"{name}_mb": value // _MEGABYTE for name, value in facts.items() if name in ("size", "limit")}
    fields = {"fields": _field_list(facts["fields"], language)} if "fields" in facts else {}
    return _filled(PROBLEMS, code, {**facts, **sizes, **fields}, language)


def fault_text(code: str, field: str, text: str, language: Language) -> str:
    """Return the sentence of a refused row's fault."""
    return _filled(FAULTS, code, {"field": _name(field, language), "text": text}, language)


def rule_text(rule: str, language: Language) -> str:
    """Return what a rule of the import is called; a fault's code is one too."""
    if rule in RULES:
        return _filled(RULES, rule, {}, language)
    return _filled(FAULT_NAMES, rule, {}, language)


def note_text(note: str, language: Language) -> str:
    """Return what a note says."""
    return _filled(NOTES, note, {}, language)


def _name(field: str, language: Language) -> str:
    return FIELD_NAMES[field][language == "en"] if field in FIELD_NAMES else field


def _field_list(fields: str, language: Language) -> str:
    return ", ".join(_name(field, language) for field in fields.split(", "))


def _filled(sentences: Sentences, code: str, facts: Mapping[str, Any], language: Language) -> str:
    return sentences[code][language == "en"].format_map(facts)
