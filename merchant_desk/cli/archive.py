"""`merchant-desk archive`: all data of a merchant in open formats, also while the server runs."""

import argparse
import getpass
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from merchant_desk.cli.desk_options import PASSWORD, add_person_arguments
from merchant_desk.cli.joined_server import joined_server
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.documents.archive_schema import utc_text
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.wording import counted
from merchant_desk.models.whole_files import prove_free
from merchant_desk.server.archive import Archived, Taken, archive, archivist, taken
from merchant_desk.server.founding import merchants
from merchant_desk.server.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_arguments(parser)
    add_person_arguments(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", type=Path, metavar="FILE.zip", help="the new file / 存档文件")
    what.add_argument("--list", action="store_true", help="who took one out, and when / 谁何时做过存档")
    parser.add_argument(
        "--merchant", default="", metavar="NAME", help="whose, if the server has several / 商户名称"
    )
    parser.add_argument(
        "--personal",
        action="store_true",
        help="with names, telephone numbers and addresses of buyers / 含买家的姓名、电话、地址",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an older file of that name / 覆盖同名的旧文件"
    )
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Make one archive, or say which were made.

    Raises:
        FileUnusable: the folder that was named is not there, or the file is there already.
        Refusal: `no_such_merchant`; who asks could not prove himself, or may not.
    """
    if options.list:
        with joined_server(data_options(options)) as services:
            _tell_taken(taken(services, _merchant(services, options.merchant)), as_json=options.json)
        return 0
    target = options.to.absolute()
    prove_free(target, overwrite=options.overwrite)
    with joined_server(data_options(options)) as services:
        merchant_id = _merchant(services, options.merchant)
        login, password = _asked(options)
        person_id = archivist(services, merchant_id, login, password, personal=options.personal)
        done = archive(services, merchant_id, person_id, target, personal=options.personal)
    _tell(done, as_json=options.json)
    return 0


def _asked(options: argparse.Namespace) -> tuple[str, str]:
    login, password = options.login, os.environ.get(PASSWORD, "")
    if sys.stdin.isatty():
        login = login or input("登录名 / Login: ").strip()
        password = password or getpass.getpass("密码 / Password: ")
    return login, password


def _merchant(services: Services, name: str) -> UUID:
    """Return the merchant of that name, or the only one.

    Raises:
        Refusal: `no_such_merchant`, with the names that there are.
    """
    known = merchants(services)
    if name in known:
        return known[name]
    if name or len(known) != 1:
        raise Refusal("no_such_merchant", names=", ".join(sorted(known)))
    return next(iter(known.values()))


def _tell(done: Archived, *, as_json: bool) -> None:
    rows = sum(done.rows.values())
    if as_json:
        said = {"file": str(done.path), "bytes": done.size, "rows": done.rows, "sha256": done.sha256}
        print(json.dumps({**said, "as_of": done.as_of}, ensure_ascii=False))
        return
    english = f"{counted(rows, 'row')}, {counted(done.size, 'byte')}"
    print(f"已存档 {rows:,} 行（{done.size:,} 字节）到 / {english} archived to {done.path}")
    print(f"SHA-256: {done.sha256}")
    print("文件没有加密，请妥善保管。 / It is not encrypted: put it away safely.")


def _tell_taken(made: list[Taken], *, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                [{**asdict(one), "made_at_utc": utc_text(one.made_at)} for one in made], ensure_ascii=False
            )
        )
        return
    for one in made:
        personal = "  含个人信息 / with personal values" if one.personal else ""
        print(
            f"{utc_text(one.made_at)}  {one.person}  {one.name}  {one.rows} 行 / rows{personal}  {one.sha256}"
        )
    if not made:
        print("还没有做过存档。 / None was made.")
