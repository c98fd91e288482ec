"""`merchant-desk server-address`: where this desk's server is, and following it to another address."""

import argparse
import json
import sys

from merchant_desk.cli.desk_options import add_desk_arguments, opened_desk
from merchant_desk.desk import Desk
from merchant_desk.sync.moving import Moved


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "where",
        nargs="?",
        default="",
        metavar="URL_OR_CODE",
        help="the new address, or a code of the server there (not used up) / 新地址，或那台服务器的登记代码",
    )
    add_desk_arguments(parser)
    parser.add_argument("--json", action="store_true", help="say it as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Tell the address, or follow the server to another one."""
    with opened_desk(options) as desk:
        moved = desk.move_to(options.where) if options.where else None
        _tell(desk, moved, as_json=options.json)
    return 0


def _tell(desk: Desk, moved: Moved | None, *, as_json: bool) -> None:
    url, waiting, fault = desk.identity.server_url, desk.status.waiting, desk.status.fault
    if as_json:
        told = {"url": url, "moved": moved is not None, "waiting": waiting}
        told |= {"fault": fault.code if fault else "", "restored": bool(moved and moved.restored)}
        print(json.dumps(told, ensure_ascii=False))
        return
    if moved is None:
        print(f"服务器地址 / server: {url}")
        return
    print(f"服务器地址已改为 {url}，{waiting} 项操作待发送。")
    print(f"The server is at {url} from now on; operations that wait to be sent: {waiting}.")
    if moved.restored:
        print(
            "它的数据来自备份，缺少的工作会自动补发。 / Its data are a backup's; what it lacks is sent again."
        )
    if fault is not None:
        print(f"{fault.sentence('zh_CN')}\n{fault.sentence('en')}", file=sys.stderr)
