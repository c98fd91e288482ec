"""`merchant-desk doctor`: examine a desk, say what to do, and repair what can be repaired."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from merchant_desk.cli.desk_options import draw_anywhere, named_folder, prove_desk
from merchant_desk.cli.joined_server import joined_server
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.server.examining import examine_server
from merchant_desk.support.repairs import (
    REPAIRS,
    Mended,
    Patient,
    Repair,
    RepairNotConfirmed,
    mend,
    repair,
)
from merchant_desk.sync.closed_health import Closed, examine_closed
from merchant_desk.sync.findings import Finding, Grade, NoSteps, of_fault, worst_first
from merchant_desk.sync.health import check_again, examine

MARKS = {Grade.GOOD: "✓", Grade.NOTE: "!", Grade.BAD: "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--demo", action="store_true", help="the demo merchant's desk / 演示商户的工作台")
    parser.add_argument(
        "--server-url", default="", metavar="URL", help="where the server is now / 服务器地址"
    )
    parser.add_argument("--offline", action="store_true", help="do not ask the server / 不联系服务器")
    parser.add_argument(
        "--check-again",
        action="store_true",
        help="count totals again and compare all rows with the server first / 先重新计算合计并与服务器核对",
    )
    parser.add_argument(
        "--repair",
        metavar="NAME",
        help=f"repair instead of examining: {', '.join(REPAIRS)} / 不检查，直接修复",
    )
    parser.add_argument("--code", default="", help="the new enrolment code for enrol / 重新登记用的登记代码")
    parser.add_argument("--yes", action="store_true", help="repair without asking / 不再询问")
    parser.add_argument("--json", action="store_true", help="one JSON object a line / 以 JSON 输出")
    parser.add_argument(
        "--server", action="store_true", help="examine a server's data instead / 检查服务器的数据"
    )
    add_data_arguments(parser.add_argument_group("with --server / 检查服务器时"), demo=False)


def run(options: argparse.Namespace) -> int:
    """Examine, or repair; 1 if something is bad (or still bad after the repair).

    Raises:
        Fault: with --json, the desk does not open: told as a finding too, with what else could be examined
            (else that is said once, and 1 returned). Or the repair could not be done.
    """
    if options.server:
        return _examine_server(options)
    folder = named_folder(options)
    if options.repair:
        return _repair(folder, repair(options.repair), options)
    try:
        prove_desk(folder)
        with Desk.open(folder, server_url=options.server_url, ask_passphrase=ask_passphrase) as desk:
            mended = check_again(desk.runtime) if options.check_again else []
            found = mended + examine(desk.runtime, None if options.offline else desk.api)
    except Fault as fault:
        found = examine_closed(Closed(folder, fault, ask=not options.offline))
        around = see_surroundings(folder)[0]
        if options.json:
            _print([*found, *around], as_json=True)
            raise
        _print(found[:1], as_json=False, to=sys.stderr)
        _print([*found[1:], *around], as_json=False)
        print(f"→ 支持包 / support bundle: merchant-desk support-bundle FILE.zip --profile {folder}")
        return 1
    found += see_surroundings(folder)[0]
    _print(found, as_json=options.json)
    return int(any(finding.grade is Grade.BAD for finding in found))


def _examine_server(options: argparse.Namespace) -> int:
    """Examine a server's data, whether it runs or not.

    A database that does not open is a finding too.
    """
    data = data_options(options)
    try:
        with joined_server(data) as services:
            found = examine_server(services, data.folder)
    except Fault as fault:
        _print([of_fault("database", Grade.BAD, fault)], as_json=options.json)
        return 1
    _print(worst_first(found), as_json=options.json)
    return int(any(finding.grade is Grade.BAD for finding in found))


def _repair(folder: Path, wanted: Repair, options: argparse.Namespace) -> int:
    prove_desk(folder)
    if wanted.asks and not options.yes and not _agreed(wanted):
        raise RepairNotConfirmed(wanted.name)
    if wanted.needs_desk:
        with Desk.open(folder, server_url=options.server_url, ask_passphrase=ask_passphrase) as desk:
            done = mend(wanted, Patient(folder, desk, options.code), NoSteps())
    else:
        done = mend(wanted, Patient(folder), NoSteps())
    _say(done, as_json=options.json)
    return int(not done.well)


def _agreed(wanted: Repair) -> bool:
    if not sys.stdin.isatty():
        return False
    answer = input(f"{wanted.asks_zh} [y/N]\n{wanted.asks_en} [y/N] ")
    return answer.strip().casefold() in ("y", "yes", "是")


def _say(done: Mended, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(done), ensure_ascii=False), flush=True)
    else:
        print(f"{MARKS[Grade.GOOD if done.well else Grade.BAD]} {done.zh}\n  {done.en}", flush=True)


def _print(found: list[Finding], *, as_json: bool, to: TextIO | None = None) -> None:
    for finding in found:
        if as_json:
            print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
            continue
        print(f"{MARKS[finding.grade]} {finding.zh}\n  {finding.en}", file=to, flush=True)
        if finding.repair and finding.grade is not Grade.GOOD:
            helps = REPAIRS[finding.repair]
            line = f"  → {helps.zh} / {helps.en}: merchant-desk doctor --repair {helps.name}"
            print(line, file=to, flush=True)


def see_surroundings(folder: Path) -> tuple[list[Finding], list[str]]:
    """Examine fonts, this desk's scanner and printers, which only the window's libraries can see.

    Returns findings, and the names of the fonts that Chinese is written with.
    """
    from merchant_desk.app import chinese_fonts, examine_surroundings

    draw_anywhere()
    return examine_surroundings(folder), chinese_fonts()
