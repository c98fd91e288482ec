"""The workbook beside an imported file: rows that were left out and why, and the account by rule."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from babel.numbers import get_currency_precision

from merchant_desk.documents.exports import Cell, CellKind, Column, Style, Workbook
from merchant_desk.documents.problem_texts import Language, fault_text, note_text, rule_text
from merchant_desk.jobs.account import KEPT_REFUSALS, Account
from merchant_desk.jobs.plan import Plan

_EFFECTS: Final = {
    "written": ("写入", "written"),
    "unchanged": ("不变", "unchanged"),
    "nothing": ("无影响", "no effect"),
    "refused": ("未导入", "left out"),
}
_REASONS: Final = (
    Column("行号", "row", CellKind.WHOLE, 8),
    Column("原因", "原因", width=44),
    Column("reason", "reason", width=44),
)
_LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")
UNLISTED: Final = (
    f"未导入的行超过 {KEPT_REFUSALS:,}：其余未列出，改好列出的再导入一次即可看到",
    f"More than {KEPT_REFUSALS:,} rows left out: the others are not listed; put these right, import again",
)
"""What is said of rows that were left out and stand in no list."""

_NOTICES: Final = (
    Column("行号", "row", CellKind.WHOLE, 8),
    Column("提示", "提示", width=44),
    Column("notice", "notice", width=44),
)
_RULES: Final = (
    Column("规则", "rule", width=24),
    Column("说明", "说明", width=34),
    Column("meaning", "meaning", width=44),
    Column("处理", "effect", width=16),
    Column("行数", "rows", CellKind.WHOLE),
    Column("金额", "amount", CellKind.AMOUNT, 18),
)


def report_path(path: Path) -> Path:
    """Return where the workbook of a file goes: beside it, named like it."""
    name = path.name
    while Path(name).suffix.casefold() in (".gz", ".csv", ".txt", ".xlsx", ".xlsm"):
        name = Path(name).stem
    return path.with_name(f"{name}.import.xlsx")


def write_report(path: Path, plan: Plan, account: Account) -> None:
    """Write the workbook, whole or not at all.

    Rows that were left out carry their reason in Chinese and English before their own cells, so that they can
    be put right there and imported again; the reader of headings skips the reasons. Where there are more than
    `KEPT_REFUSALS`, the sheet's name and a line of the rules say how many are missing. Rows that a person may
    want to look at (`LISTED_NOTES`) have a sheet of their own, if there are any.

    Raises:
        ImportProblem: the imported file cannot be read any more.
        OSError: the workbook cannot be written.
    """
    digits = get_currency_precision(plan.mapping.options.currency)
    draft = path.with_name(f".{path.name}.new.xlsx")
    try:
        with Workbook(draft, Style("zh", plan.mapping.zone, digits)) as book:
            cells = tuple(Column(header, header, CellKind.CODE, 18) for header in plan.table.headers)
            book.add_sheet(_title(account), (*_REASONS, *cells), _left_out(plan, account))
            book.add_sheet("规则 rules", _RULES, _rules(account))
            if account.noticed:
                book.add_sheet(_notices_title(account), (*_NOTICES, *cells), _noticed(plan, account))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _title(account: Account) -> str:
    """Return the sheet's name (at most 31 characters), which says so if it does not hold every row."""
    listed = f" {len(account.refusals)} of {account.refused_rows}" if account.unlisted_rows else ""
    return f"未导入 left out{listed}"


def _notices_title(account: Account) -> str:
    """Return the sheet's name, which says so if there may be rows that it does not hold."""
    return "提示 notices" + (f" first {KEPT_REFUSALS}" if len(account.noticed) >= KEPT_REFUSALS else "")


def _left_out(plan: Plan, account: Account) -> Iterator[list[Cell]]:
    for number, cells in _cells(plan, account.refusals):
        fault = account.refusals[number]
        words = (fault.code.value, fault.field, fault.text)
        yield [number, fault_text(*words, "zh"), fault_text(*words, "en"), *cells]


def _noticed(plan: Plan, account: Account) -> Iterator[list[Cell]]:
    for number, cells in _cells(plan, account.noticed):
        notes = account.noticed[number]
        chinese, english = ("; ".join(note_text(note, language) for note in notes) for language in _LANGUAGES)
        yield [number, chinese, english, *cells]


def _cells(plan: Plan, wanted: Collection[int]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the wanted rows of the imported file, each with the cells that have a heading."""
    if not wanted:
        return
    width = len(plan.table.headers)
    for number, cells in plan.table.rows(min(wanted)):
        if number in wanted:
            yield number, cells[:width]


def _rules(account: Account) -> Iterator[list[Cell]]:
    tally = account.tally
    for rule, total in tally.by_rule.items():
        effect = " / ".join(_EFFECTS[account.effect_of(rule).value])
        yield [rule, rule_text(rule, "zh"), rule_text(rule, "en"), effect, total.rows, total.amount]
    yield ["", "合计", "total", "", tally.rows, tally.amount]
    for note, total in tally.by_note.items():
        yield [note, note_text(note, "zh"), note_text(note, "en"), "", total.rows, total.amount]
    if account.unlisted_rows:
        yield ["", *UNLISTED, "", account.unlisted_rows, None]
