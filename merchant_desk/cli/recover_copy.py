"""`merchant-desk recover --copy`: a new desk goes on from the safety copy of one that is gone."""

import argparse
import getpass
import os
import platform
import sys
from pathlib import Path

from merchant_desk.cli.desk_options import LOGIN, PASSWORD
from merchant_desk.cli.folders import default_profile
from merchant_desk.cli.passphrase import ask_passphrase, remembering
from merchant_desk.cli.recovery_paper import STDIN, read_paper
from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.safety_copy_folder import DeskCopies
from merchant_desk.sync.safety_copy_return import OpenKey, by_paper, by_server, find_copy


def add_copy_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare what says which copy, and what the new desk is enrolled by."""
    group.add_argument(
        "--copy", type=Path, metavar="DIR", help="the folder with safety copies / 安全副本文件夹"
    )
    group.add_argument("--code", default="", help="a new enrolment code of its outlet / 同一门店的新登记代码")
    group.add_argument(
        "--desk",
        default="",
        metavar="CODE",
        help="of several that of this desk, or folder / 工作台编号或其文件夹名",
    )
    group.add_argument("--name", default="", help="the new desk's name / 新工作台名称")
    group.add_argument(
        "--accept-damage",
        action="store_true",
        help="take what can be read where it is not whole / 副本不完整时只取可读的部分",
    )


def go_on(options: argparse.Namespace) -> int:
    """Make a desk of the copy, send what was not sent, and say how many operations wait."""
    parse_enrolment_code(options.code)  # before anything is asked for
    copies = find_copy(options.copy, options.desk)
    with Desk.go_on_from(
        copies,
        _way(copies, options),
        options.profile or default_profile(),
        options.code,
        options.name or platform.node() or "desk",
        accept_damage=options.accept_damage,
        ask_passphrase=remembering(ask_passphrase),
    ) as desk:
        code, waiting, fault = desk.identity.code, desk.status.waiting, desk.status.fault
    old = copies.header.desk_code
    print(f"工作台 {code} 已接替 {old}，{waiting} 项操作待发送。")
    print(f"Desk {code} goes on from desk {old}; operations that wait to be sent: {waiting}.")
    print("它自己还没有安全副本，请用 merchant-desk safety-copy --folder 或在设置里指定文件夹。")
    print("It has no safety copy of its own yet: name a folder by safety-copy --folder or in the settings.")
    if fault is not None:
        print(f"{fault.sentence('zh_CN')}\n{fault.sentence('en')}", file=sys.stderr)
    return 0


def _way(copies: DeskCopies, options: argparse.Namespace) -> OpenKey:
    login = options.login or ("" if options.paper else os.environ.get(LOGIN, ""))
    if login:
        password = os.environ.get(PASSWORD, "")
        if not password and sys.stdin.isatty():
            password = getpass.getpass("密码 / Password: ")
        return by_server(copies, login, password)
    source = options.paper or STDIN
    if source == STDIN and sys.stdin.isatty():
        print(f"需要的编号 / number of the paper: {', '.join(copies.header.papers)}", file=sys.stderr)
    return by_paper(copies, read_paper(source))
