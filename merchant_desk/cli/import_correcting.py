"""`merchant-desk import`: whether a file corrects what stands here, and what of it an undo left alone."""

import argparse
import sys
from typing import Final

from merchant_desk.cli.import_words import SHOWN_REFUSALS, Voice
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.wording import counted
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import CORRECTED
from merchant_desk.jobs.report import change_text
from merchant_desk.jobs.undo_job import Undone

_YES: Final = frozenset(("y", "yes", "是", "好", "1"))


def must_ask(options: argparse.Namespace) -> bool:
    """Tell whether a person is there to be asked who did not say whether what stands is to be corrected."""
    said = options.correct or options.only_new or options.dry_run or options.json
    return not said and sys.stdin.isatty() and sys.stdout.isatty()


def choose(job: ImportJob, found: Account, voice: Voice, digits: int) -> None:
    """Ask whether to correct, where a check found anything to correct; silence and no are no."""
    rows = found.correctable_rows
    if not rows:
        job.choose(correct=False)
        return
    voice.account(found, digits)
    print(
        f"{rows:,} 行与已有的记录不同。以文件更正吗？空单元格不改动。\n"
        f"{counted(rows, 'row')} would correct what stands. Correct it? Empty cells change nothing. [y/N] ",
        end="",
        flush=True,
    )
    job.choose(correct=sys.stdin.readline().strip().casefold() in _YES)


def tell_kept(job: ImportJob, account: Account, voice: Voice) -> None:
    """Tell how rows that differ are corrected, where they were not."""
    rows = account.noted_rows(ProductNote.DIFFERS_HERE)
    if not rows or job.plan.choices.correct or job.plan.kind not in CORRECTED:
        return
    voice.say(
        "kept",
        f"{rows:,} 行与已有的不同，保持原样；要以文件更正，请加 --correct 再导入一次。",
        f"What stands stays, though it differs in {counted(rows, 'row')}; --correct updates it.",
        rows=rows,
    )


def tell_left_alone(undone: Undone, voice: Voice) -> None:
    """Tell which corrections an undo left alone: their fields were changed again since."""
    for code, change in undone.left[:SHOWN_REFUSALS]:
        zh, en = change_text(change, "zh"), change_text(change, "en")
        voice.say(
            "left_alone",
            f"  {code}：之后又被改过，保持现状，未恢复（{zh}）",
            f"  {code}: changed again since, stays as it is ({en} was not put back)",
            code=code,
            field=change.field,
            stands=change.was,
            before=change.now,
        )
    more = len(undone.left) - SHOWN_REFUSALS
    if more > 0:
        voice.say("left_alone_more", f"  另有 {more:,} 项", f"  and {more:,} more", count=more)
