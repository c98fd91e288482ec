"""`merchant-desk import`: a shop's files, row by row; and the way back."""

import argparse
import time
from datetime import date, datetime
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.cli.desk_options import add_desk_arguments, add_person_arguments, opened_desk, sign_in
from merchant_desk.cli.import_columns import KINDS, save_template, tell_columns, tell_fields, tell_transforms
from merchant_desk.cli.import_correcting import choose, must_ask, tell_kept, tell_left_alone
from merchant_desk.cli.import_words import Lines, Voice, Words, in_words
from merchant_desk.cli.interrupting import interruptible
from merchant_desk.cli.words import sentences
from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import (
    Mapping,
    check_mapping,
    open_suggested,
    save_mapping,
    suggested_mapping,
)
from merchant_desk.documents.presets import PRESETS
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.saved_mappings import MAPPINGS, SavedMappings
from merchant_desk.documents.templates import write_template
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.wording import counted
from merchant_desk.jobs.account import KEPT_REFUSALS, Account, State
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.passes import Progress
from merchant_desk.jobs.place import currency_of
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.report import report_path, write_report, write_results
from merchant_desk.jobs.undo_job import UndoJob
from merchant_desk.models.faults import Fault, why_unusable, why_words

DONE = 0
FAILED = 1
ROWS_LEFT_OUT = 3

TOLD_EVERY = 0.2
"""Seconds between two lines of progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "headings that are found: merchant-desk import fields / 可识别的标题：merchant-desk import fields;"
        " exit: 0 done, 1 failed or stopped, 2 misused, 3 done but rows were left out / "
        "退出码：0 完成，1 失败或中止，2 用法错误，3 完成但有未导入的行"
    )
    parser.add_argument(
        "kind",
        choices=[*KINDS, "undo", "fields"],
        help="商品、期初库存、订单、待发订单、采购单、供应商、客户、承运商、税率、库位、人员；"
        "undo 撤销一次导入；fields 列出每个字段可识别的标题"
        " / or undo an import; fields lists the headings under which each field is found",
    )
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE|JOB",
        help="CSV, CSV.gz or XLSX; for undo the job that a result names / 文件；撤销时写结果里的任务号",
    )
    parser.add_argument(
        "--template",
        action="store_true",
        help="write an empty workbook with the headings of this kind to FILE, to be filled in"
        " / 在 FILE 处写一张只有标题的空表，填好再导入",
    )
    parser.set_defaults(misused=parser.error)
    _add_mapping(parser)
    _add_meaning(parser)
    _add_outcome(parser)
    add_desk_arguments(parser)
    add_person_arguments(parser)


def _add_mapping(parser: argparse.ArgumentParser) -> None:
    """Declare which column is what."""
    parser.add_argument(
        "--mapping",
        metavar="NAME|FILE",
        help=f"a saved mapping, or one of: {', '.join(PRESETS)}; without it the headings are looked at"
        " / 列映射文件或预设；不写则按标题识别",
    )
    parser.add_argument(
        "--save-mapping",
        type=Path,
        metavar="FILE",
        help="keep the mapping; where columns are missing, a template to be filled in"
        " / 保存列映射；缺列时写出待填的模板",
    )


def _add_meaning(parser: argparse.ArgumentParser) -> None:
    """Declare what the file does not say of itself."""
    parser.add_argument("--channel", default="", help="where the orders come from / 订单的渠道")
    parser.add_argument(
        "--open-from",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="sales from this day on are still to be shipped; all others are history, which moves no stock"
        " / 从这天起的销售单尚未发货；其余为历史，不动库存",
    )
    standing = parser.add_mutually_exclusive_group()
    standing.add_argument(
        "--correct",
        action="store_true",
        help="what the file says otherwise of products, suppliers, carriers and taxes that stand is updated;"
        " an empty cell changes nothing; without either option a person is asked, and a script only adds"
        " / 文件与已有的不同时，以文件更正已有的；空单元格不改动；两个选项都不写时会询问，脚本中只新增",
    )
    standing.add_argument(
        "--only-new", action="store_true", help="what stands stays as it is / 只新增，已有的保持原样"
    )
    parser.add_argument("--currency", metavar="CODE", help="what the amounts are in / 金额的货币")


def _add_outcome(parser: argparse.ArgumentParser) -> None:
    """Declare what is written, sent and told."""
    parser.add_argument("--dry-run", action="store_true", help="write nothing / 只检查，不写入")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help=f"the workbook with the rows that were left out or should be looked at, the first"
        f" {KEPT_REFUSALS:,} of them (default: beside the file, if there is any)"
        f" / 未导入行和提示行的报告，各最多列出 {KEPT_REFUSALS:,} 行",
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="every row with what became of it, or would (.xlsx, .csv, .csv.gz) / 每一行的处理结果",
    )
    parser.add_argument(
        "--language", choices=["zh", "en"], default="zh", help="of reasons in files / 文件中原因的语言"
    )
    parser.add_argument(
        "--confirm",
        type=int,
        default=0,
        metavar="ROWS",
        help="for undo: so many barcodes may go, where they are a large part of all"
        " / 撤销时：确认可删除的条码数（占比较大时需要）",
    )
    parser.add_argument("--no-sync", action="store_true", help="do not send it yet / 暂不同步")
    parser.add_argument("--json", action="store_true", help="one JSON object a line / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Import; returns the exit code."""
    voice: Voice = Lines() if options.json else Words()
    if options.kind == "fields":
        tell_fields(voice)
        return DONE
    if options.file is None:
        options.misused("FILE|JOB is missing / 缺少文件或任务号")
    if options.template:
        return _template(options, voice)
    work = partial(_undo, job_id=_job_id(options)) if options.kind == "undo" else _import
    try:
        with opened_desk(options) as desk:
            sign_in(desk, options)
            return work(desk, options, voice)
    except BrokenPipeError:
        raise  # nobody reads on: the program's own end for that
    except (ImportProblem, Fault, OSError) as error:
        zh, en, code, facts = in_words(error)
        voice.problem(error, zh, en, code, facts)
    except Refusal as refusal:
        if not options.json:
            raise
        voice.problem(refusal, *sentences(refusal), refusal.code, refusal.facts)
    return FAILED


def _template(options: argparse.Namespace, voice: Voice) -> int:
    """Write an empty workbook; needs no desk."""
    if options.kind not in KINDS or not options.file.casefold().endswith(".xlsx"):
        options.misused("--template KIND FILE.xlsx")
    path = Path(options.file)
    try:
        write_template(path, KINDS[options.kind], options.language)
    except FileExistsError as error:
        zh, en = f"{path} 已存在，没有改写。", f"{path} exists and was left as it is."
        voice.problem(error, zh, en, "template_kept", {"file": str(path)})
        return FAILED
    except OSError as error:
        zh, en, code, facts = in_words(error)
        voice.problem(error, zh, en, code, facts)
        return FAILED
    voice.say("template", f"空表已写到 {path}。", f"Empty table written: {path}.", file=str(path))
    return DONE


def _job_id(options: argparse.Namespace) -> UUID:
    """Return the job that was named; ends the program as misused where that is none."""
    try:
        return UUID(options.file)
    except ValueError:
        options.misused(f"no job / 不是任务号: {options.file}")
        raise


def _undo(desk: Desk, options: argparse.Namespace, voice: Voice, job_id: UUID) -> int:
    work = UndoJob(desk.runtime, lambda: desk.person.id, job_id, options.confirm)
    with interruptible() as stopped:
        undone = work.run(stopped.is_set)
    voice.say(
        "undone",
        f"已撤销 {undone.taken_back:,} 项；{undone.kept:,} 项已被使用或尚未处理，保持不变。",
        f"{undone.taken_back:,} taken back; {undone.kept:,} in use, or not reached yet, stay as they are.",
        taken_back=undone.taken_back,
        kept=undone.kept,
        operations=undone.operations,
    )
    tell_left_alone(undone, voice)
    if not options.no_sync:
        _sync(desk, voice)
    return FAILED if stopped.is_set() else DONE


def _import(desk: Desk, options: argparse.Namespace, voice: Voice) -> int:
    mapping = _mapping(desk, options, voice)
    asks = must_ask(options)
    channel = options.channel or mapping.name or "import"
    choices = Choices(channel, _open_from(options, mapping), correct=options.correct or asks)
    path = Path(options.file)
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, choices, KINDS[options.kind])
    tell_columns(mapping, job.plan.table.headers, voice)
    tell_transforms(mapping, job.plan.table, voice)
    if options.save_mapping:
        save_mapping(mapping, options.save_mapping)
        voice.say("saved", f"映射已保存：{options.save_mapping}", f"Mapping saved: {options.save_mapping}")
    with interruptible() as stopped:
        told, digits = _paced(voice), minor_digits(mapping.options.currency)
        if asks and job.may_correct:
            choose(job, job.dry_run(told, stopped.is_set), voice, digits)
        work = job.dry_run if options.dry_run else job.run
        account = work(told, stopped.is_set)
    voice.account(account, digits)
    tell_kept(job, account, voice)
    _report(job, account, options, voice)
    if account.state is State.CANCELLED:
        return FAILED
    if not options.dry_run and not options.no_sync:
        _sync(desk, voice)
    return ROWS_LEFT_OUT if account.refused_rows else DONE


# ---------------------------------------------------------------- what was asked for


def _mapping(desk: Desk, options: argparse.Namespace, voice: Voice) -> Mapping:
    """Return the mapping that was named, or the one that the headings suggest, in the merchant's currency.

    Raises:
        ImportProblem, OSError: it cannot be read; or the file cannot.
    """
    named: str | None = options.mapping
    if named is None:
        return _suggested(desk, options, voice)
    saved = SavedMappings(desk.runtime.profile.folder / MAPPINGS)
    saved.read()
    mapping = saved.named(named, KINDS[options.kind])
    return _in_currency(mapping, options.currency) if options.currency else mapping


def _suggested(desk: Desk, options: argparse.Namespace, voice: Voice) -> Mapping:
    """Return the mapping that the headings suggest; what is found of one that cannot work is a template."""
    headers = open_suggested(KINDS[options.kind], options.file).headers
    mapping = suggested_mapping(KINDS[options.kind], headers, "import")
    mapping = _in_currency(mapping, options.currency or currency_of(desk.runtime))
    try:
        check_mapping(mapping)
    except ImportProblem as problem:
        if options.save_mapping and problem.code == "field_not_mapped":
            save_template(mapping, headers, options.save_mapping, voice)
        raise
    return mapping


def _in_currency(mapping: Mapping, currency: str) -> Mapping:
    options = msgspec.structs.replace(mapping.options, currency=currency)
    return msgspec.structs.replace(mapping, options=options)


def _open_from(options: argparse.Namespace, mapping: Mapping) -> int | None:
    """Return the beginning of a day where the file's times were written, microseconds UTC."""
    day: date | None = options.open_from
    if day is None:
        return None
    return int(datetime.combine(day, clock_time(), mapping.zone).timestamp()) * 1_000_000


# ---------------------------------------------------------------- while it runs


def _paced(voice: Voice) -> Any:
    """Return what tells progress a few times a second, and every change of state."""
    last: tuple[float, State | None] = (0.0, None)

    def told(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last[0] >= TOLD_EVERY or progress.state is not last[1]:
            last = now, progress.state
            voice.progress(progress)

    return told


# ---------------------------------------------------------------- afterwards


def _report(job: ImportJob, account: Account, options: argparse.Namespace, voice: Voice) -> None:
    if options.results:
        count = write_results(options.results, job.plan, account, options.language)
        zh, en = (
            f"逐行结果（{count:,} 行）：{options.results}",
            f"Results of {counted(count, 'row')}: {options.results}",
        )
        voice.say("results", zh, en, file=str(options.results), rows=count)
    if not options.report and not account.refused_rows and not account.noticed:
        return
    path = options.report or report_path(Path(options.file))
    try:
        write_report(path, job.plan, account, options.language)
    except OSError as error:
        (zh, en), reason = why_words(error), why_unusable(error)
        zh, en = f"报告写不到 {path}：{zh}。", f"The report cannot be written to {path}: {en}."
        voice.say("report_failed", zh, en, file=str(path), reason=reason)
        return
    voice.say("report", f"逐行报告：{path}", f"Row by row: {path}", file=str(path))


def _sync(desk: Desk, voice: Voice) -> None:
    """Send what was saved; a server that cannot be reached gets it later."""
    before = {one.op_id for one in desk.refused()}
    try:
        status = desk.sync()
    except Fault as fault:
        waiting = desk.status.waiting
        voice.say(
            "waiting",
            f"已保存在本机，{waiting} 项等待发送：{fault.sentence('zh_CN')}",
            f"Saved here; operations that wait to be sent: {waiting}. {fault.sentence('en')}",
            waiting=waiting,
            code=fault.code,
        )
        return
    refused = len({one.op_id for one in desk.refused()} - before)
    voice.say(
        "sync",
        f"已同步，{status.waiting} 项等待，{refused} 项被拒绝。",
        f"Synced: {status.waiting} waiting, {refused} refused.",
        waiting=status.waiting,
        refused=refused,
    )
