"""`merchant-desk support-bundle`: write what somebody who helps needs, nothing personal, after showing it."""

import argparse
import json
import sys
from pathlib import Path

from merchant_desk.cli.desk_options import named_folder, prove_desk
from merchant_desk.cli.doctor import see_surroundings
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.desk import Desk
from merchant_desk.domain.wording import counted
from merchant_desk.models.faults import Fault
from merchant_desk.support.bundle import Bundle, gather
from merchant_desk.sync.closed_health import Closed, examine_closed
from merchant_desk.sync.health import examine

SHOWN_LINES = 12
"""Of each part on a terminal; `--show` shows all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the ZIP file to write / 要写的 ZIP 文件")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--demo", action="store_true", help="the demo merchant's desk / 演示商户的工作台")
    parser.add_argument(
        "--server-url", default="", metavar="URL", help="where the server is now / 服务器地址"
    )
    parser.add_argument("--offline", action="store_true", help="do not ask the server / 不联系服务器")
    parser.add_argument("--show", action="store_true", help="show all of it first / 先显示全部内容")
    parser.add_argument("--yes", action="store_true", help="save without asking / 不再询问，直接保存")
    parser.add_argument("--json", action="store_true", help="say what was saved as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Gather, show, ask, save; 1 if it was not wanted. A desk that does not open has its bundle too.

    Raises:
        Fault: there is no desk in the folder, or the file cannot be written.
    """
    bundle = _gathered(options)
    if not options.json:
        _show(bundle, whole=options.show)
    if not options.yes and sys.stdin.isatty() and not _agreed():
        return 1
    size = bundle.save(options.file)
    if options.json:
        told = {
            "file": str(options.file),
            "bytes": size,
            "parts": {n: len(t) for n, t in bundle.parts.items()},
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"已保存 {options.file}（{size:,} 字节）。 / Saved {options.file} ({counted(size, 'byte')}).")
    return 0


def _gathered(options: argparse.Namespace) -> Bundle:
    folder = named_folder(options)
    prove_desk(folder)
    surroundings, fonts = see_surroundings(folder)
    try:
        with Desk.open(folder, server_url=options.server_url, ask_passphrase=ask_passphrase) as desk:
            found = examine(desk.runtime, None if options.offline else desk.api)
            return gather(folder, desk, [*found, *surroundings], fonts)
    except Fault as fault:
        found = examine_closed(Closed(folder, fault, ask=not options.offline))
        return gather(folder, None, [*found, *surroundings], fonts)


def _show(bundle: Bundle, *, whole: bool) -> None:
    for name, text in bundle.parts.items():
        lines = text.splitlines()
        print(f"── {name} ({len(lines)})")
        for line in lines if whole else lines[:SHOWN_LINES]:
            print(f"   {line}")
        if not whole and len(lines) > SHOWN_LINES:
            print("   …")


def _agreed() -> bool:
    answer = input(
        "以上就是全部内容，保存吗？[Y/n]\nThis is all of it (--show shows every line). Save? [Y/n] "
    )
    return answer.strip().casefold() in ("", "y", "yes", "是")
