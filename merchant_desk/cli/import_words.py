"""What `merchant-desk import` says: lines of JSON for machines, a table in two languages for people."""

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

from merchant_desk.cli.words import sentences
from merchant_desk.documents.problem_texts import fault_text, note_text, rule_text
from merchant_desk.domain.imports import Effect
from merchant_desk.domain.imports_order_lines import LineNote
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.wording import counted
from merchant_desk.jobs.account import LISTED_NOTES, Account, State
from merchant_desk.jobs.passes import Progress
from merchant_desk.jobs.report import UNLISTED, notice_text
from merchant_desk.models.faults import Fault, file_fault

SHOWN_REFUSALS: Final = 20
"""Refused rows that a person is shown one by one; the workbook has more of them."""

_PICO_DIGITS: Final = 12
_ALREADY: Final = ("已有：", "here before: ")
_STATES: Final = {
    State.CHECKED: ("检查完毕，没有写入任何内容。", "Checked; nothing was written."),
    State.CANCELLED: (
        "已停止；已写入的保留，重复同一命令即从这里继续。",
        "Stopped. What was written stays; the same command goes on from here.",
    ),
    State.FINISHED: ("导入完成。", "Imported."),
}
_ASKED: Final = (
    "已向服务器申请；登记后用 merchant-desk people reset 发第一个密码。",
    "Asked of the server; once they are there, merchant-desk people reset gives a first password.",
)


class Voice(Protocol):
    """Says things about an import."""

    def progress(self, progress: Progress) -> None:
        """Tell how far it is."""

    def account(self, account: Account, minor_digits: int) -> None:
        """Tell what was found or done."""

    def say(self, kind: str, zh: str, en: str, **facts: Any) -> None:
        """Tell something else; `kind` is "saved", "report", "sync" and so on."""

    def problem(self, error: Exception, zh: str, en: str, code: str, facts: dict[str, Any]) -> None:
        """Tell why nothing comes of it."""


class Lines:
    """One JSON object a line, on standard output, and nothing else."""

    def progress(self, progress: Progress) -> None:
        """Tell how far it is."""
        self._line(
            "progress",
            state=progress.state.value,
            rows=progress.rows,
            total=progress.total,
            new=progress.new,
            standing=progress.standing,
        )

    def account(self, account: Account, minor_digits: int) -> None:
        """Tell rules, notes and refused rows, a line each, and the result last."""
        tally = account.tally
        for rule, total in tally.by_rule.items():
            self._line(
                "rule",
                rule=rule,
                effect=account.effect_of(rule).value,
                rows=total.rows,
                amount=total.amount,
                exact=exact(total.amount_pico),
                zh=rule_text(rule, "zh"),
                en=rule_text(rule, "en"),
            )
        for note, total in tally.by_note.items():
            self._line("note", note=note, rows=total.rows, zh=note_text(note, "zh"), en=note_text(note, "en"))
        for row, fault in account.refusals.items():
            words = (fault.code.value, fault.field, fault.text)
            self._line(
                "refused",
                row=row,
                code=fault.code.value,
                field=fault.field,
                text=fault.text,
                zh=fault_text(*words, "zh"),
                en=fault_text(*words, "en"),
            )
        for row, notes in account.noticed.items():
            self._line(
                "noticed",
                row=row,
                notes=notes,
                meant=account.meant.get(row, ""),
                changes=[one._asdict() for one in account.changes.get(row, ())],
                zh=notice_text(account, row, "zh"),
                en=notice_text(account, row, "en"),
            )
        self._line("result", **result(account))

    def say(self, kind: str, zh: str, en: str, **facts: Any) -> None:
        """Tell something else."""
        self._line(kind, **facts, zh=zh, en=en)

    def problem(self, error: Exception, zh: str, en: str, code: str, facts: dict[str, Any]) -> None:
        """Tell why nothing comes of it."""
        self._line("problem", code=code, facts=facts, zh=zh, en=en)

    @staticmethod
    def _line(type_: str, /, **facts: Any) -> None:
        print(json.dumps({"type": type_, **facts}, ensure_ascii=False, default=str), flush=True)


class Words:
    """Sentences and a table for people, Chinese first."""

    def __init__(self) -> None:
        self._shows_progress = sys.stderr.isatty()

    def progress(self, progress: Progress) -> None:
        """Tell how far it is, on one line that is written again and again."""
        if self._shows_progress:
            of = f" / {progress.total:,}" if progress.total else ""
            print(f"\r{progress.rows:,}{of}  +{progress.new:,}", end="", file=sys.stderr, flush=True)

    def account(self, account: Account, minor_digits: int) -> None:
        """Tell the account by rule, the first refused rows, and the result."""
        if self._shows_progress:
            print("\r\033[K", end="", file=sys.stderr)
        tally = account.tally
        for rule, total in tally.by_rule.items():
            amount = Decimal(total.amount).scaleb(-minor_digits)
            zh, en = (
                _ALREADY if account.repeated and account.effect_of(rule) is Effect.UNCHANGED else ("", "")
            )
            print(
                f"{total.rows:>10,}  {amount:>18,}  {zh}{rule_text(rule, 'zh')} / {en}{rule_text(rule, 'en')}"
            )
        print(f"{tally.rows:>10,}  {Decimal(tally.amount).scaleb(-minor_digits):>18,}  合计 / total")
        for text in _refusal_lines(account):
            print(text)
        found = result(account)
        chinese, english = _state(account)
        print(
            f"{chinese}新增 {found['new']:,}，原有 {found['standing']:,}，更正 {found['corrected']:,}；"
            f"行：写入 {found['written']:,}，更正 {found['corrected_rows']:,}，"
            f"不变 {found['unchanged']:,}，无影响 {found['ineffective']:,}，未导入 {found['refused']:,}。"
        )
        print(
            f"{english} New {found['new']:,}, here before {found['standing']:,}, corrected"
            f" {found['corrected']:,}; rows: {found['written']:,} written,"
            f" {found['corrected_rows']:,} corrected, {found['unchanged']:,} unchanged,"
            f" {found['ineffective']:,} without effect, {found['refused']:,} left out."
        )
        for note in LISTED_NOTES:
            if rows := account.noted_rows(note):
                print(f"{rows:>10,}  {note_text(note, 'zh')} / {note_text(note, 'en')}")
        for text in _notice_lines(account):
            print(text)

    def say(self, kind: str, zh: str, en: str, **facts: Any) -> None:
        """Tell something else."""
        print(f"{zh}\n{en}")

    def problem(self, error: Exception, zh: str, en: str, code: str, facts: dict[str, Any]) -> None:
        """Tell why nothing comes of it."""
        print(f"{zh}\n{en}", file=sys.stderr)


def _state(account: Account) -> tuple[str, str]:
    return _ASKED if account.asked and account.state is State.FINISHED else _STATES[account.state]


def result(account: Account) -> dict[str, Any]:
    """Return an account in figures. `written` and `unchanged` are of this desk; a dry run wrote nothing.

    `asked`: what counts as written is what the server was asked for.
    """
    return {
        "state": account.state.value,
        "source": account.source,
        "kind": account.kind,
        "job": str(account.job_id) if account.job_id else None,
        "digest": account.tally.digest,
        "rows": account.rows,
        "exact": exact(account.tally.amount_pico),
        "new": account.new,
        "standing": account.standing,
        "corrected": account.corrected,
        "corrected_rows": account.corrected_rows,
        "written": account.written_rows,
        "asked": account.asked,
        "unchanged": 0 if account.state is State.CHECKED else account.unchanged_rows,
        "ineffective": account.rows_of(Effect.NOTHING),
        "refused": account.refused_rows,
        "unlisted": account.unlisted_rows,
        "differing": account.noted_rows(ProductNote.DIFFERS_HERE),
        "clashing": account.noted_rows(ProductNote.CLASHES_HERE),
        "in_the_future": account.noted_rows(LineNote.IN_THE_FUTURE),
        "operations": account.operations,
    }


def exact(amount_pico: int) -> str:
    """Return 10^-12 major units as a decimal, without needless zeros."""
    text = f"{Decimal(amount_pico).scaleb(-_PICO_DIGITS):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(error: Exception) -> tuple[str, str, str, dict[str, Any]]:
    """Return an error's sentences, code and facts; what has none of its own is told by its name."""
    if isinstance(error, Fault | Refusal):
        return *sentences(error), error.code, error.facts
    if isinstance(error, OSError):
        return in_words(file_fault(error, Path(str(error.filename or "?"))))
    return str(error), str(error), type(error).__name__, {}


def _notice_lines(account: Account) -> Iterator[str]:
    for row in sorted(account.noticed)[:SHOWN_REFUSALS]:
        yield f"  {row}: {notice_text(account, row, 'zh')} / {notice_text(account, row, 'en')}"
    more = len(account.noticed) - SHOWN_REFUSALS
    if more > 0:
        yield f"  ... 另有 {more:,} 行，见报告 / {counted(more, 'more row')}, see the report"


def _refusal_lines(account: Account) -> Iterator[str]:
    for row, fault in list(account.refusals.items())[:SHOWN_REFUSALS]:
        words = (fault.code.value, fault.field, fault.text)
        yield f"  {row}: {fault_text(*words, 'zh')} / {fault_text(*words, 'en')}"
    more = account.refused_rows - min(len(account.refusals), SHOWN_REFUSALS)
    if more > 0:
        yield f"  ... 另有 {more:,} 行，见报告 / {counted(more, 'more row')}, see the report"
    if account.unlisted_rows:
        yield f"  ! {account.unlisted_rows:,}  {' / '.join(UNLISTED)}"
