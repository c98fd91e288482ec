"""`merchant-desk enrol`: make a folder a desk of the server that a code names."""

import argparse
import json
import platform
from pathlib import Path

from merchant_desk.cli.folders import default_profile
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.desk import Desk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", help="the enrolment code, quoted if it has blanks / 登记代码")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--name", default=platform.node() or "desk", help="this desk's name / 工作台名称")
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Enrol, pull what the desk should hold, and say its code."""
    folder = options.profile or default_profile()
    with Desk.enrol(folder, options.code, options.name, ask_passphrase=ask_passphrase) as desk:
        told = {
            "folder": str(folder),
            "code": desk.identity.code,
            "cursor": desk.runtime.engine.position.cursor,
        }
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"已登记为工作台 {told['code']}。 / Enrolled as desk {told['code']}.")
    return 0
