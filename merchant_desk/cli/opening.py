"""`merchant-desk opening`: the checklist before a shop goes live, the day, going live, undoing all of it."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from merchant_desk.cli.desk_options import acts_of, opened_desk, sign_in
from merchant_desk.cli.interrupting import interruptible
from merchant_desk.cli.words import window_words
from merchant_desk.desk import Desk
from merchant_desk.domain.go_live import (
    CheckState,
    GoLive,
    PlanGoLive,
    check_can_go_live,
    check_day_ahead,
    checklist,
    left_open,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.wording import counted
from merchant_desk.jobs.opening_undo import OpeningUndo
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.go_live import go_live_facts

Told = tuple[dict[str, Any], str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    act = acts_of(parser)

    act("check", "what is in order and what is not / 核对表")
    plan = act("plan", "the day to go live / 定开业日期")
    plan.add_argument("day", metavar="YYYY-MM-DD", type=date.fromisoformat)
    live = act("live", "go live: the opening books stay from now on / 正式开业")
    live.add_argument(
        "--yes", action="store_true", help="although the checklist has open lines / 核对表没做完也开业"
    )
    undo = act("undo", "take back all imports and counts until then / 撤销开业前的全部导入和盘点")
    undo.add_argument(
        "--confirm",
        type=int,
        default=0,
        metavar="ROWS",
        help="so many barcodes may go / 确认最多可删除的条码数",
    )


def run(options: argparse.Namespace) -> int:
    """Do one of them; a refusal is told and ends with 1."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        told, said = ACTS[options.act](desk, options)
        if options.act != "check" and (waits := _unsent(desk)):
            told, said = {**told, "waiting": waits}, f"{said}\n已保存，稍后发送 / saved, sent later: {waits}"
    print(json.dumps(told, ensure_ascii=False) if options.json else said)
    return 0


def _check(desk: Desk, _: argparse.Namespace) -> Told:
    outlet_id = desk.identity.outlet_id
    facts = desk.ask(lambda connection: go_live_facts(connection, outlet_id))
    states = checklist(facts)
    told = {**asdict(facts), "checks": [{**asdict(one), "blocks": one.blocks} for one in states]}
    head = f"正式开业于 / live since {_time(facts.live_at)}" if facts.live_at is not None else ""
    return told, "\n".join([*filter(None, [head]), *map(_line, states)])


def _line(state: CheckState) -> str:
    mark = "✓" if state.is_ok else ("✗" if state.blocks else "!")
    zh, en = window_words(f"opening.check.{state.check}")
    return f"{mark} {zh} / {en}: {state.count:,}"


def _plan(desk: Desk, options: argparse.Namespace) -> Told:
    day: date = options.day
    number = day.year * 10_000 + day.month * 100 + day.day
    check_day_ahead(number, desk.calendar())
    desk.do(PlanGoLive(desk.identity.outlet_id, number))
    return {"day": number}, f"开业日期 / to go live on {day.isoformat()}"


def _live(desk: Desk, options: argparse.Namespace) -> Told:
    outlet_id = desk.identity.outlet_id
    facts = desk.ask(lambda connection: go_live_facts(connection, outlet_id))
    check_can_go_live(facts)
    left = left_open(checklist(facts))
    if left and not options.yes:
        raise Refusal("go_live_left_open", left=len(left), lines="\n".join(map(_line, left)))
    desk.do(GoLive(outlet_id))
    return {"live": True}, "已正式开业 / the outlet is live"


def _undo(desk: Desk, options: argparse.Namespace) -> Told:
    with interruptible() as stopped:
        undone = OpeningUndo(desk.runtime, lambda: desk.person.id, options.confirm).run(stopped.is_set)
    said = (
        f"已撤销 {undone.taken_back:,} 项和 {undone.counts:,} 次盘点；{undone.kept:,} 项已被使用，保留。\n"
        f"{counted(undone.taken_back, 'item')} and {counted(undone.counts, 'count')} taken back; "
        f"in use, so kept: {undone.kept:,}."
    )
    return {"taken_back": undone.taken_back, "kept": undone.kept, "counts": undone.counts}, said


def _unsent(desk: Desk) -> str:
    """Send what was saved; returns why it has to wait, "" where it does not."""
    try:
        desk.sync()
    except Fault as fault:
        return fault.code
    return ""


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000_000, UTC).isoformat(timespec="minutes")


ACTS = {"check": _check, "plan": _plan, "live": _live, "undo": _undo}
