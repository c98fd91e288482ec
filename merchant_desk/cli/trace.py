"""`merchant-desk trace`: one operation from the scan to every desk that shows it."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.cli.desk_options import add_desk_arguments, named_folder, prove_desk
from merchant_desk.cli.joined_server import joined_server
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.tracing import trace
from merchant_desk.sync.followed import follow
from merchant_desk.sync.tracing import OwnTrace, Trace

HOUR = 3_600_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("op_id", type=UUID, metavar="OP_ID", help="the operation's id / 操作编号")
    add_desk_arguments(parser)
    parser.add_argument("--offline", action="store_true", help="do not ask the server / 不联系服务器")
    parser.add_argument(
        "--server", action="store_true", help="at a server, in its data / 在服务器上查询其数据"
    )
    parser.add_argument("--json", action="store_true", help="for machines / 以 JSON 输出")
    add_data_arguments(parser.add_argument_group("with --server / 在服务器上时"), demo=False)


def run(options: argparse.Namespace) -> int:
    """Tell what is known; a server that cannot be asked is said, and what the desk has is told all the same.

    Raises:
        Refusal: `no_such_operation`.
        Fault: the desk, or the server's data, do not open.
    """
    if options.server:
        with joined_server(data_options(options)) as services:
            _tell({"server": _plain(trace(services, options.op_id))}, as_json=options.json)
        return 0
    _tell(_at_desk(options), as_json=options.json)
    return 0


def _at_desk(options: argparse.Namespace) -> dict[str, Any]:
    folder, op_id = named_folder(options), options.op_id
    prove_desk(folder)
    with Desk.open(folder, server_url=options.server_url, ask_passphrase=ask_passphrase) as desk:
        found = follow(desk.ask, None if options.offline else desk.api, op_id)
    own, there, why = found.own, found.there, found.not_asked
    if own is None and there is None and why is None:
        raise Refusal("no_such_operation", op_id=op_id)
    return {
        "person": found.person,
        "desk": _own(own) if own is not None else None,
        "server": _plain(there) if there is not None else None,
        "not_asked": {"zh": why.sentence("zh_CN"), "en": why.sentence("en")} if why is not None else None,
        "unknown_there": there is None and why is None and not options.offline,
    }


def _plain(found: Trace) -> dict[str, Any]:
    """Return it by the names of its fields: the message itself travels as an array."""
    desks = [msgspec.to_builtins(msgspec.structs.asdict(one)) for one in found.desks]
    return {**msgspec.to_builtins(msgspec.structs.asdict(found)), "desks": desks}


def _own(own: OwnTrace) -> dict[str, Any]:
    return {**msgspec.to_builtins({**asdict(own), "chain": own.chain.hex()})}


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    if why := told.get("not_asked"):
        print(f"! {why['zh']}\n  {why['en']}")
    for place, words in (("desk", "本机 / this desk"), ("server", "服务器 / the server")):
        if told.get(place):
            print(words)
            for zh, en, value in _lines(place, told[place], told.get("person", "")):
                print(f"  {zh} / {en}: {value}")
    if told.get("unknown_there"):
        print("! 服务器还没有这个操作\n  The server does not have it yet")


def _lines(place: str, found: dict[str, Any], person: str) -> list[tuple[str, str, str]]:
    lines = [("操作", "operation", f"{found['kind']}  {found['op_id']}")]
    if place == "desk" and found["scanned_at"]:
        lines.append(("扫描时间", "scanned", _time(found["scanned_at"])))
    lines += [
        ("人员", "person", person or found["person_id"]),
        ("本机时钟", "desk's clock", _time(found["desk_time"])),
        ("校正时间", "corrected time", _time(found["time"])),
        ("序号", "number in its chain", str(found["device_seq"])),
        ("状态", "status", " ".join((found["status"], found["code"])).strip()),
    ]
    if place == "desk":
        return [*lines, ("链值", "chain", found["chain"][:16])]
    lines += [
        ("工作台", "desk", found["device_code"] or "-"),
        ("服务器收到", "received by the server", _time(found["received_at"])),
        ("得到结果", "settled", _time(found["settled_at"])),
        ("数据流行", "feed rows", f"{found['first_seq']}..{found['last_seq']}" if found["last_seq"] else "-"),
        ("产生的待办", "tasks raised", ", ".join(found["tasks"]) or "-"),
    ]
    for desk in found["desks"]:
        zh, en = ("已拉取", "has it") if desk["shows"] else ("尚未拉取", "has not pulled it")
        quiet = f"{desk['quiet'] / HOUR:.1f} h"
        lines.append((zh, en, f"{desk['code']}（{quiet}）"))
    return lines


def _time(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat(timespec="milliseconds")
