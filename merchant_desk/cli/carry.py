"""`merchant-desk carry`: unsent work of a desk without a line, in a sealed file, to its server by hand."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from merchant_desk.cli.desk_options import add_desk_arguments, opened_desk
from merchant_desk.cli.joined_server import joined_server
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.domain.wording import counted
from merchant_desk.server.carried import take_carried
from merchant_desk.sync.carrying import Carried, Delivered, Told, deliver

STATUSES = {
    "applied": ("已生效", "applied"),
    "refused": ("被拒绝", "refused"),
    "held": ("等前一项", "held"),
    "parked": ("搁置", "parked"),
}
EVERY = 20
"""Lines of progress, at most."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--to", type=Path, metavar="FILE", help="write what waits here to a new file / 写入新文件"
    )
    what.add_argument(
        "--deliver", type=Path, metavar="FILE", help="hand a file to the server / 把文件交给服务器"
    )
    parser.add_argument(
        "--server",
        action="store_true",
        help="deliver at the server itself, into its data / 在服务器上直接收下",
    )
    parser.add_argument("--json", action="store_true", help="for machines / 以 JSON 输出")
    add_data_arguments(parser.add_argument_group("with --server / 在服务器上时"), demo=False)


def run(options: argparse.Namespace) -> int:
    """Write a file or deliver one. A file that the server does not take to its end gives 1.

    Raises:
        Fault, Refusal: as `Desk.write_carried` and `Desk.deliver_carried`.
    """
    told = _silent if options.json else _progress()
    if options.to is not None:
        with opened_desk(options) as desk:
            written = desk.write_carried(options.to.absolute(), told=told)
        if written is not None:
            _tell_written(written, as_json=options.json)
        return 0
    path = options.deliver.absolute()
    if options.server:
        with joined_server(data_options(options)) as services:
            done = deliver(path, lambda frame: take_carried(services, None, frame), told, lambda: False)
    else:
        with opened_desk(options) as desk:
            done = desk.deliver_carried(path, told=told)
    if done is not None:
        _tell_delivered(done, as_json=options.json)
    return 0 if done is not None and done.whole else 1


def _silent(done: int, total: int) -> None:
    pass


def _progress() -> Told:
    """Return what shows how far it is, where somebody looks on."""
    shown = 0

    def tell(done: int, total: int) -> None:
        nonlocal shown
        if sys.stderr.isatty() and done * EVERY // max(total, 1) > shown:
            shown = done * EVERY // max(total, 1)
            print(f"  {done:,} / {total:,}", file=sys.stderr, flush=True)

    return tell


def _tell_written(written: Carried, *, as_json: bool) -> None:
    header = written.header
    if as_json:
        said = {"file": str(written.path), "bytes": written.size, "operations": header.operations}
        print(json.dumps({**said, "first": header.first_seq, "last": header.last_seq}, ensure_ascii=False))
        return
    zh = f"已写入 {header.operations:,} 项操作（{written.size:,} 字节）"
    print(f"{zh} / {counted(header.operations, 'operation')} written to {written.path}")
    print("只有本商户的服务器打得开。在任何一台联网的工作台上运行：")
    print("Only the merchant's server opens it. At any desk with a line, run:")
    print(f"  merchant-desk carry --deliver {written.path.name}")
    print("本机照常工作；以后联网时不会重复。")
    print("This desk works on; nothing is done twice when it is online again.")


def _tell_delivered(done: Delivered, *, as_json: bool) -> None:
    header = done.header
    stopped: dict[str, Any] = {"stopped": done.stopped, "expected": done.expected} if done.stopped else {}
    if as_json:
        said = {"desk": header.desk_code, "operations": header.operations, "new": done.new}
        said = {**said, "known": done.known, "outcomes": dict(done.outcomes), "whole": done.whole}
        print(json.dumps({**said, **stopped}, ensure_ascii=False))
        return
    zh = "、".join(f"{STATUSES[name][0]} {n:,}" for name, n in sorted(done.outcomes.items()))
    en = ", ".join(f"{n:,} {STATUSES[name][1]}" for name, n in sorted(done.outcomes.items()))
    print(f"工作台 {header.desk_code}：收到 {done.sent:,} / {header.operations:,} 项，新的 {done.new:,} 项")
    print(f"  {zh}")
    print(f"Desk {header.desk_code}: {done.sent:,} of {header.operations:,} taken, {done.new:,} of them new")
    print(f"  {en}")
    if (fault := done.fault) is not None:
        print(f"{fault.sentence('zh_CN')}\n{fault.sentence('en')}", file=sys.stderr)
