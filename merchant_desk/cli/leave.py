"""`merchant-desk leave`: this desk ends in good order, because it is replaced or another one takes over."""

import argparse
import json

from merchant_desk.cli.desk_options import add_desk_arguments, add_person_arguments, opened_desk, sign_in
from merchant_desk.sync.leaving import Leave


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    add_person_arguments(parser)
    parser.add_argument("--reason", default="", metavar="WHY", help="why; it is kept / 原因，会记录")
    parser.add_argument(
        "--look", action="store_true", help="only say what it has that nobody else has / 只查看，不停用"
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Send everything and retire the desk, or only look."""
    with opened_desk(options) as desk:
        if options.look:
            left = desk.leaving()
        else:
            sign_in(desk, options)
            left = desk.leave(options.reason)
        code = desk.identity.code
    if options.json:
        print(json.dumps(_told(left, code, looked=options.look), ensure_ascii=False))
    else:
        print("\n".join(_lines(left, code, looked=options.look)))
    return 0


def _told(left: Leave, code: str, *, looked: bool) -> dict[str, object]:
    unsent = left.unsent
    return {
        "desk": code,
        "retired": not looked,
        "operations": unsent.operations,
        "scans": unsent.scans,
        "keys": unsent.keys,
        "documents": list(left.documents),
    }


def _lines(left: Leave, code: str, *, looked: bool) -> list[str]:
    unsent, numbers = left.unsent, ", ".join(left.documents)
    if looked:
        n, scans, keys = unsent.operations, unsent.scans, unsent.keys
        zh = f"工作台 {code}：未送达的操作 {n}、未入账的扫描 {scans}、未交给服务器的买家密钥 {keys}。"
        en = f"Desk {code}: operations not sent {n}, scans not booked {scans}, buyers' keys kept {keys}."
    else:
        zh = f"工作台 {code} 的工作都已送达，它已停用。本机的文件夹可以删除。"
        en = f"All work of desk {code} is at the server, and it is retired. Its folder may be deleted."
    lines = [zh, en]
    if numbers:
        lines.append(f"未结束的单据，可在同一门店的任何工作台继续：{numbers}")
        lines.append(f"Open documents, which any desk of the outlet can go on with: {numbers}")
    return lines
