"""The sentences of an import, in Chinese and English: what is wrong with a file, what became of a row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from merchant_desk.documents.row_texts import FAULT_NAMES, FAULTS, FIELD_NAMES, NOTES, RULES, Sentences
from merchant_desk.documents.transforms import NAMES
from merchant_desk.domain.wording import Counting

Language = Literal["zh", "en"]

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
        "zip_bomb": (
            "文件里的 {part} 压缩得异常（{size_mb} MB 压成 {packed} 字节），像是恶意文件，拒绝读取。",
            "{part} in it is packed suspiciously tight ({size_mb} MB in {packed} bytes); it is not read.",
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
        "nul_bytes": (
            "第 {line} 行有空字节（NUL），文件已损坏或不是文本。请重新导出。",
            "Line {line} holds NUL bytes: the file is damaged, or no text. Export it once more.",
        ),
        "wrong_delimiter": (
            "按“{used}”分列只得到一列（{header}）；文件看起来是用“{found}”分隔的。请在映射里改分隔符。",
            '"{used}" gives one column ({header}); "{found}" seems to delimit. Change it in the mapping.',
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
        "hidden_rows": (
            "有 {count} 行被隐藏（第一行是第 {row} 行）。请取消隐藏或删除；要导入就在映射里写明。",
            "{count} rows are hidden (first: {row}). Show or delete them, or take them in the mapping.",
        ),
        "no_visible_sheet": (
            "工作簿里没有可见的工作表。",
            "The workbook has no visible sheet.",
        ),
        "unknown_sheet": (
            "没有名为“{sheet}”的工作表。现有：{sheets}。",
            'There is no sheet "{sheet}". There are: {sheets}.',
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
            "必须指定至少一列作为：{fields}。可识别的标题：{headings}；其他标题请在映射里写明。",
            "At least one column must be named for: {fields}. Known headings: {headings}; map any other.",
        ),
        "unknown_field": (
            "映射里有不认识的字段：{fields}（{kind}）。",
            "The mapping names unknown fields: {fields} ({kind}).",
        ),
        "column_used_twice": (
            "同一列用在了两个字段上：{columns}。",
            "A column is used for two fields: {columns}.",
        ),
        "transform_not_usable": (
            "“{fields}”的转换（{transform}）写得不全或不对。",
            'The transformation of "{fields}" ({transform}) is incomplete or wrong.',
        ),
        "transform_without_column": (
            "“{fields}”有转换，却没有列；固定值要放在第一步。",
            '"{fields}" has transformations and no column; a constant value comes first.',
        ),
        "unknown_time_zone": ("没有这个时区：{zone}。", "There is no time zone {zone}."),
        "unknown_currency": ("没有这个货币代码：{currency}。", "There is no currency {currency}."),
        "unknown_delimiter": (
            "分隔符必须是一个字符，而不是“{delimiter}”。",
            'A delimiter is one character, not "{delimiter}".',
        ),
        "mapping_not_found": (
            "没有叫“{name}”的列映射，也没有这个文件。可用的有：{known}；不写 --mapping 则按标题识别。",
            (
                'There is no mapping "{name}", nor a file of that name. There are for this kind of file: '
                "{known}; without --mapping the headings are looked at."
            ),
        ),
        "mapping_not_readable": (
            "这个映射文件无法使用：{reason}。",
            "This mapping file cannot be used: {reason}.",
        ),
        "mapping_name_not_usable": (
            "映射不能叫“{name}”：不能为空、太长、与预设重名，或含有 / \\ : * ? 等字符。",
            '"{name}" cannot name a mapping: not empty, too long, a preset\'s, or with / \\ : * ? in it.',
        ),
        "mapping_too_new": (
            "映射来自更新的版本（{version}），本程序只认识到 {known}。请先升级。",
            "The mapping comes from a newer version ({version}); this program knows {known}. Update first.",
        ),
    }
)
"""What is wrong with a file or a mapping as a whole (`ImportProblem.code`)."""


def problem_text(code: str, facts: Mapping[str, Any], language: Language) -> str:
    """Return the sentence of an `ImportProblem`; sizes in bytes are given in MB.

    Raises:
        KeyError: an unknown code, or a fact that the sentence needs is missing.
    """
    sizes = {f"{name}_mb": value // _MEGABYTE for name, value in facts.items() if name in ("size", "limit")}
    fields = {"fields": _field_list(facts["fields"], language)} if "fields" in facts else {}
    if facts.get("transform") in NAMES:
        fields["transform"] = NAMES[facts["transform"]][language == "en"]
    return _filled(PROBLEMS, code, {**facts, **sizes, **fields}, language)


def fault_text(code: str, field: str, text: str, language: Language) -> str:
    """Return the sentence of a refused row's fault."""
    return _filled(FAULTS, code, {"field": field_name(field, language), "text": text}, language)


def rule_text(rule: str, language: Language) -> str:
    """Return what a rule of the import is called; a fault's code is one too."""
    if rule in RULES:
        return _filled(RULES, rule, {}, language)
    return _filled(FAULT_NAMES, rule, {}, language)


def note_text(note: str, language: Language) -> str:
    """Return what a note says."""
    return _filled(NOTES, note, {}, language)


def field_name(field: str, language: Language) -> str:
    """Return what a field of an import is called."""
    return FIELD_NAMES[field][language == "en"] if field in FIELD_NAMES else field


def quoted(text: str, language: Language) -> str:
    """Put a text between the language's quotation marks; a Chinese face draws curly ones too wide for "
    "Latin."""
    return f"“{text}”" if language == "zh" else f'"{text}"'


def _field_list(fields: str, language: Language) -> str:
    return ", ".join(field_name(field, language) for field in fields.split(", "))


def _filled(sentences: Sentences, code: str, facts: Mapping[str, Any], language: Language) -> str:
    return Counting().vformat(sentences[code][language == "en"], (), facts)
