"""The workbook beside an imported file: rows that were left out and why, and the account by rule."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from merchant_desk.documents.exports import Cell, CellKind, Column, Style, Workbook, export_table
from merchant_desk.documents.problem_texts import Language, fault_text, field_name, note_text, rule_text
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.imports import Effect
from merchant_desk.domain.imports_corrections import FieldChange, Said
from merchant_desk.jobs.account import KEPT_REFUSALS, Account
from merchant_desk.jobs.plan import Plan

EFFECTS: Final = {
    Effect.WRITTEN: ("写入", "written"),
    Effect.UNCHANGED: ("不变", "unchanged"),
    Effect.NOTHING: ("无影响", "no effect"),
    Effect.REFUSED: ("未导入", "left out"),
    Effect.CORRECTED: ("更正", "corrected"),
}
"""What is done with a row, in Chinese and English."""

_ROW: Final = Column("原文件行号", "Row in the file", CellKind.WHOLE, 14)
_REASON: Final = Column("未导入原因", "Reason", width=60)
_NOTICE: Final = Column("提示", "Notice", width=60)
_RESULT: Final = Column("处理结果", "Result", width=14)
_RULE: Final = Column("说明", "Meaning", width=60)
_OURS: Final = {text for column in (_ROW, _REASON, _NOTICE) for text in (column.zh, column.en)}
"""Headings of a workbook's own that was corrected and comes in again: they are not carried on."""

UNLISTED: Final = (
    f"未导入的行超过 {KEPT_REFUSALS:,}：其余未列出，改好列出的再导入一次即可看到",
    f"More than {KEPT_REFUSALS:,} rows left out: the others are not listed; put these right, import again",
)
"""What is said of rows that were left out and stand in no list."""

_FLAGS: Final = (("否", "no"), ("是", "yes"))
_NOTHING: Final = ("（空）", "(empty)")
_MEANT: Final = ("应为 {code}", "probably {code}")

_RULES: Final = (
    Column("规则", "rule", width=24),
    Column("说明", "说明", width=34),
    Column("meaning", "meaning", width=44),
    Column("处理", "effect", width=16),
    Column("行数", "rows", CellKind.WHOLE),
    Column("金额", "amount", CellKind.AMOUNT, 18),
)
_CODES: Final = frozenset(
    (
        "barcode",
        "sku",
        "order_number",
        "stock_code",
        "customer_code",
        "pack_code",
        "supplier",
        "code",
        "phone",
        "tax",
        "login",
        "outlet",
        "location",
        "lot",
        "serial",
    )
)
"""Fields whose cells are written as text even where a sheet held a number."""


def report_path(path: Path) -> Path:
    """Return where the workbook of a file goes: beside it, named like it."""
    name = path.name
    while Path(name).suffix.casefold() in (".gz", ".csv", ".txt", ".xlsx", ".xlsm"):
        name = Path(name).stem
    return path.with_name(f"{name}.import.xlsx")


def write_report(path: Path, plan: Plan, account: Account, language: Language = "zh") -> None:
    """Write the workbook, whole or not at all.

    Its first sheet holds the rows that were left out as they were, under the file's own headings and in the
    place where the mapping looks for them, and behind them the reason in the person's language: put right
    there, the workbook is imported again by the same mapping. Where there are more than `KEPT_REFUSALS`, the
    sheet's name and a line of the rules say how many are missing. Rows that a person may want to look at
    (`LISTED_NOTES`) have a sheet of their own, if there are any.

    Raises:
        ImportProblem: the imported file cannot be read any more.
        OSError: the workbook cannot be written.
    """
    digits = minor_digits(plan.mapping.options.currency)
    draft = path.with_name(f".{path.name}.new.xlsx")
    own = _OwnCells(plan)
    try:
        with Workbook(draft, Style(language, plan.mapping.zone, digits)) as book:
            header_row = plan.mapping.options.header_row or 1
            reasons = own.with_words(account.refusals, lambda row: _reason(account, row, language))
            book.add_sheet(_title(plan, account), (*own.columns, _REASON, _ROW), reasons, header_row)
            book.add_sheet("规则 rules", _RULES, _rules(account))
            if account.noticed:
                notices = own.with_words(account.noticed, lambda row: notice_text(account, row, language))
                book.add_sheet(_notices_title(account), (*own.columns, _NOTICE, _ROW), notices)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_results(path: Path, plan: Plan, account: Account, language: Language = "zh") -> int:
    """Write every row of the file with what became of it, or would, as CSV or XLSX; returns the rows.

    Raises:
        UnknownFormat: the name ends otherwise.
        ImportProblem: the imported file cannot be read any more.
        OSError: the file cannot be written.
    """
    own = _OwnCells(plan)

    def rows() -> Iterator[list[Cell]]:
        for number, cells in own.rows():
            found = account.results.of(number)
            if found is None:
                continue
            fault = account.refusals.get(number)
            words = fault_text(*fault, language) if fault else rule_text(found.rule, language)
            notice = notice_text(account, number, language)
            told = f"{words}; {notice}" if notice else words
            yield [number, EFFECTS[found.effect][language == "en"], told, *cells]

    style = Style(language, plan.mapping.zone, minor_digits(plan.mapping.options.currency))
    return export_table(path, (_ROW, _RESULT, _RULE, *own.columns), rows(), style)


class _OwnCells:
    """The cells of the imported file as they were: codes as text, numbers of a sheet as numbers."""

    def __init__(self, plan: Plan) -> None:
        self._table = plan.table
        mapped = {column: field for field, column in plan.mapping.columns.items()}
        headers = plan.table.headers
        self._places = [
            place for place, header in enumerate(headers) if header in mapped or header not in _OURS
        ]
        self.columns = tuple(
            Column(header, header, CellKind.CODE if mapped.get(header) in _CODES else CellKind.TEXT, 18)
            for header in (headers[place] for place in self._places)
        )

    def rows(self, first: int = 0) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row's number and cells."""
        for number, cells in self._table.rows(first):
            yield number, [cells[place] for place in self._places]

    def with_words(self, wanted: Collection[int], words: Callable[[int], str]) -> Iterator[list[Cell]]:
        """Yield the wanted rows, each with some words about it and its number."""
        for number, cells in self.rows(min(wanted)) if wanted else ():
            if number in wanted:
                yield [*cells, words(number), number]


def _reason(account: Account, row: int, language: Language) -> str:
    return fault_text(*account.refusals[row], language)


def notice_text(account: Account, row: int, language: Language) -> str:
    """Return what a person may want to look at in a row, and what was probably meant; "" for most rows."""
    words = [note_text(note, language) for note in account.noticed.get(row, ())]
    words += [change_text(one, language) for one in account.changes.get(row, ())]
    if row in account.meant:
        words.append(_MEANT[language == "en"].format(code=account.meant[row]))
    return "; ".join(words)


def change_text(change: FieldChange, language: Language) -> str:
    """Return what a field says now, and what the file says instead."""
    was, now = (_value(one, language) for one in (change.was, change.now))
    return f"{field_name(change.field, language)} {was} → {now}"


def _value(value: Said, language: Language) -> str:
    if isinstance(value, bool):
        return _FLAGS[value][language == "en"]
    return str(value) if value not in (None, "") else _NOTHING[language == "en"]


def _title(plan: Plan, account: Account) -> str:
    """Return the sheet's name (at most 31 characters), which says so if it does not hold every row.

    A mapping that names its sheet finds the corrected rows under that name.
    """
    listed = f" {len(account.refusals)} of {account.refused_rows}" if account.unlisted_rows else ""
    return plan.mapping.options.sheet or f"未导入 left out{listed}"


def _notices_title(account: Account) -> str:
    """Return the sheet's name, which says so if there may be rows that it does not hold."""
    return "提示 notices" + (f" first {KEPT_REFUSALS}" if len(account.noticed) >= KEPT_REFUSALS else "")


def _rules(account: Account) -> Iterator[list[Cell]]:
    tally = account.tally
    for rule, total in tally.by_rule.items():
        effect = " / ".join(EFFECTS[account.effect_of(rule)])
        yield [rule, rule_text(rule, "zh"), rule_text(rule, "en"), effect, total.rows, total.amount]
    yield ["", "合计", "total", "", tally.rows, tally.amount]
    for note, total in tally.by_note.items():
        yield [note, note_text(note, "zh"), note_text(note, "en"), "", total.rows, total.amount]
    if account.unlisted_rows:
        yield ["", *UNLISTED, "", account.unlisted_rows, None]
