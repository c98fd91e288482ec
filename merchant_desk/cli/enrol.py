"""`merchant-desk enrol`: make a folder a desk by a code, or give a desk a new identity."""

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from merchant_desk.cli.folders import default_profile
from merchant_desk.cli.passphrase import ask_passphrase, remembering
from merchant_desk.desk import Desk
from merchant_desk.documents.recovery_sheet import prove_place
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.profile import AlreadyEnrolled, ProfileNotEnrolled
from merchant_desk.sync.recovery import number_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", help="the enrolment code, quoted if it has blanks / 登记代码")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--name", default="", help="this desk's name / 工作台名称")
    parser.add_argument(
        "--yes", action="store_true", help="enrol a desk again without asking / 已登记的工作台直接重新登记"
    )
    parser.add_argument(
        "--recovery-sheet",
        type=Path,
        metavar="FILE",
        help="write a recovery paper for this desk alone (.html, .txt) / 为本机单独写一张恢复密钥",
    )
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Enrol, or enrol again what is a desk already; pull, push what waited, and say the desk's code."""
    parse_enrolment_code(options.code)  # before anything is made or asked for
    if options.recovery_sheet is not None:
        prove_place(options.recovery_sheet)
    folder: Path = options.profile or default_profile()
    ask = remembering(ask_passphrase)
    try:
        desk, again = Desk.open(folder, ask_passphrase=ask), True
    except ProfileNotEnrolled:
        name = options.name or platform.node() or "desk"
        desk, again = Desk.enrol(folder, options.code, name, ask_passphrase=ask), False
    with desk:
        if again:
            _enrol_again(desk, options)
        paper = desk.write_recovery_sheet(options.recovery_sheet) if options.recovery_sheet else ""
        told = _told(desk, paper, again=again)
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _tell(told)
    return 0


def _enrol_again(desk: Desk, options: argparse.Namespace) -> None:
    """Give a desk a new identity, if that is what is wanted.

    Raises:
        AlreadyEnrolled: it was not; nothing was changed, and the code was not used up.
    """
    old = desk.identity
    if not options.yes:
        question = (
            f"这里已是工作台 {old.code}（{old.name}），{desk.status.waiting} 项操作待发送。"
            "用新代码重新登记后会以新身份补发。继续吗？[y/N]\n"
            f"This is desk {old.code} ({old.name}) already; operations that wait: {desk.status.waiting}. "
            "Enrolled again, it sends them under its new identity. Go on? [y/N] "
        )
        answer = input(question) if sys.stdin.isatty() else ""
        if answer.strip().casefold() not in ("y", "yes", "是"):
            raise AlreadyEnrolled(old.code, old.name, desk.runtime.profile.folder)
    desk.enrol_again(options.code, options.name)


def _told(desk: Desk, paper: str, *, again: bool) -> dict[str, Any]:
    shared = desk.identity.recovery_paper
    return {
        "folder": os.fspath(desk.runtime.profile.folder),
        "code": desk.identity.code,
        "again": again,
        "cursor": desk.runtime.engine.position.cursor,
        "waiting": desk.status.waiting,
        "refused": len([one for one in desk.refused() if one.device_seq > 0]),  # by its identity of now
        "protected": desk.runtime.profile.vault.protected,
        "recovery_paper": number_of(shared) if shared else "",
        "own_paper": paper,
    }


def _tell(told: dict[str, Any]) -> None:
    zh, en = ("已重新登记", "Enrolled again") if told["again"] else ("已登记", "Enrolled")
    print(f"{zh}为工作台 {told['code']}。 / {en} as desk {told['code']}.")
    if told["refused"]:
        n = told["refused"]
        print(
            f"补发的操作中有 {n} 项被服务器拒绝，见待办。 / "
            f"The server refused some of what was sent: {n}; see the tasks."
        )
    if told["waiting"]:
        n = told["waiting"]
        print(f"还有 {n} 项操作等待发送。 / Operations that still wait to be sent: {n}.")
    number = told["own_paper"] or told["recovery_paper"]
    if told["protected"] and number:
        print(
            f"本机密钥已封存到服务器和编号 {number} 的恢复密钥。 / "
            f"Its key is sealed to the server and to the recovery paper {number}."
        )
