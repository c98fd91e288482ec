"""What an import says of columns: which it uses, which headings it knows, and the template of a mapping."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from merchant_desk.cli.import_words import Voice
from merchant_desk.documents.column_names import EITHER, FIELDS, REQUIRED, ImportKind
from merchant_desk.documents.mapped_cells import transformed_samples
from merchant_desk.documents.mapping import Mapping, mapping_template, save_mapping
from merchant_desk.documents.problem_texts import Language, fault_text, field_name, quoted
from merchant_desk.documents.tabular import Table
from merchant_desk.documents.transforms import NAMES, tag_of

KINDS: Final = MappingProxyType[str, ImportKind](
    {
        "products": "products",
        "orders": "orders",
        "purchase-orders": "purchase_orders",
        "stock": "opening_stock",
        "open-orders": "open_orders",
        "suppliers": "suppliers",
        "customers": "buyers",
        "outlets": "outlets",
        "carriers": "carriers",
        "taxes": "taxes",
        "locations": "locations",
        "people": "people",
    }
)
"""What can be brought in, as it is typed, and what it is called inside."""

_TITLES: Final = {
    "products": "商品",
    "orders": "订单",
    "purchase_orders": "采购单",
    "opening_stock": "期初库存",
    "suppliers": "供应商",
    "buyers": "客户",
    "open_orders": "待发订单",
    "outlets": "门店",
    "carriers": "承运商",
    "taxes": "税率",
    "locations": "库位",
    "people": "人员",
}


def tell_columns(mapping: Mapping, headers: Sequence[str], voice: Voice) -> None:
    """Tell which columns of a file are used for what, and which are ignored."""
    used = {field: mapping.columns[field] for field in FIELDS[mapping.kind] if field in mapping.columns}
    ignored = ignored_columns(mapping, headers)
    voice.say(
        "columns",
        f"所用的列：{_pairs(used, 'zh', '，')}。未使用的列：{'、'.join(ignored) or '无'}。",
        f"Columns used: {_pairs(used, 'en', ', ')}. Columns ignored: {', '.join(ignored) or 'none'}.",
        used=used,
        ignored=ignored,
    )


def tell_transforms(mapping: Mapping, table: Table, voice: Voice) -> None:
    """Show by the first cells what the mapping's transformations do to them."""
    for sample in transformed_samples(table, mapping):
        words = [tag_of(one) for one in mapping.transforms[sample.field]]
        zh, en = (" → ".join(NAMES[one][place] for one in words) for place in (0, 1))
        fault = sample.fault
        after = [fault_text(fault.code, fault.field, fault.text, one) if fault else quoted(sample.after, one)
                 for one in _LANGUAGES]  # fmt: skip
        voice.say(
            "sample",
            f"{field_name(sample.field, 'zh')}（{zh}）第 {sample.row} 行：“{sample.before}” → {after[0]}",
            f'{field_name(sample.field, "en")} ({en}), row {sample.row}: "{sample.before}" → {after[1]}',
            field=sample.field,
            row=sample.row,
            before=sample.before,
            after=sample.after,
            code=fault.code.value if fault else None,
        )


def ignored_columns(mapping: Mapping, headers: Sequence[str]) -> list[str]:
    """Return the headings of a file that a mapping does not name, in the file's order."""
    named = set(mapping.columns.values())
    return [header for header in headers if header and header not in named]


def save_template(mapping: Mapping, headers: Sequence[str], path: Path, voice: Voice) -> None:
    """Write a mapping that lacks columns as a template to be filled in; one that is there already stays.

    Raises:
        OSError: it cannot be written.
    """
    if path.exists():
        voice.say(
            "template_kept",
            f"{path} 已存在，没有改写。若已填好，请用 --mapping 导入。",
            f"{path} exists and was left as it is. If it is filled in, import with --mapping.",
            file=str(path),
        )
        return
    save_mapping(mapping_template(mapping), path)
    free = ignored_columns(mapping, headers)
    voice.say(
        "template",
        f"映射模板已写到 {path}：请在空着的字段填上本文件的标题（不需要的留空），再用 --mapping 导入。"
        f"尚未使用的标题：{'、'.join(free) or '无'}。",
        f"A template of the mapping was written to {path}: fill in the file's headings where a field is empty"
        " (leave empty what is not needed), then import with --mapping."
        f" Headings not used yet: {', '.join(free) or 'none'}.",
        file=str(path),
        free=free,
    )


def tell_fields(voice: Voice) -> None:
    """Tell every field of every kind of file, and the headings under which it is found."""
    for typed, kind in KINDS.items():
        voice.say("kind", f"== {_TITLES[kind]} ==", f"== {typed} ==", of=typed)
        for field, names in FIELDS[kind].items():
            (zh, en), needed = _necessity(kind, field)
            chinese = "、".join(name for name in names if not name.isascii())
            english = ", ".join(name for name in names if name.isascii())
            voice.say(
                "field",
                f"{field_name(field, 'zh')}{zh}：{chinese}",
                f"  {field_name(field, 'en')}{en}: {english}",
                of=typed,
                field=field,
                headings=list(names),
                one_of=needed,
            )
    either = " / ".join(EITHER)
    voice.say(
        "either",
        f"文件里另有条码列时，{either} 是货号。大小写、空格、标点和括号里的备注都不影响识别。",
        f"Beside a column of barcodes, {either} is the SKU. Case, blanks, punctuation and remarks in brackets"
        " make no difference.",
        headings=list(EITHER),
    )


def _necessity(kind: ImportKind, field: str) -> tuple[tuple[str, str], list[str]]:
    """Return whether a field must have a column, in words, and of which fields one must have one."""
    group = next((group for group in REQUIRED[kind] if field in group), ())
    if len(group) > 1:
        zh, en = (" / ".join(field_name(one, language) for one in group) for language in _LANGUAGES)
        return (f"（{zh} 至少一列）", f" (at least one of {en})"), list(group)
    return (("（必需）", " (required)") if group else ("", "")), list(group)


_LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")


def _pairs(used: dict[str, str], language: Language, comma: str) -> str:
    return comma.join(f"{field_name(field, language)} = {header}" for field, header in used.items())
