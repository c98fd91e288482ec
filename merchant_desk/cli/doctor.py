"""`merchant-desk doctor`: examine a desk and say what to do."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from merchant_desk.cli.desk_options import named_folder, prove_desk
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.health import Finding, Grade, check_again, examine

MARKS = {Grade.GOOD: "✓", Grade.NOTE: "!", Grade.BAD: "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--demo", action="store_true", help="the demo merchant's desk / 演示商户的工作台")
    parser.add_argument("--offline", action="store_true", help="do not ask the server / 不联系服务器")
    parser.add_argument(
        "--check-again",
        action="store_true",
        help="count totals again and compare all rows with the server first / 先重新计算合计并与服务器核对",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Examine; 1 if something is bad.

    Raises:
        Fault: the desk does not open; told as a finding first, with what else could be examined.
    """
    folder = named_folder(options)
    try:
        prove_desk(folder)
        with Desk.open(folder, ask_passphrase=ask_passphrase) as desk:
            mended = check_again(desk.runtime) if options.check_again else []
            found = mended + examine(desk.runtime, None if options.offline else desk.api)
    except Fault as fault:
        closed = Finding("desk", Grade.BAD, fault.sentence("zh_CN"), fault.sentence("en"))
        _print([closed, *_surroundings(folder)], as_json=options.json)
        raise
    found += _surroundings(folder)
    _print(found, as_json=options.json)
    return int(any(finding.grade is Grade.BAD for finding in found))


def _print(found: list[Finding], *, as_json: bool) -> None:
    for finding in found:
        if as_json:
            print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
        else:
            print(f"{MARKS[finding.grade]} {finding.zh}\n  {finding.en}", flush=True)


def _surroundings(folder: Path) -> list[Finding]:
    """Examine fonts, this desk's scanner and printers, which only the window's libraries can see."""
    from merchant_desk.app import examine_surroundings

    seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not seen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    return examine_surroundings(folder)
