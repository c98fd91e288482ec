"""`merchant-desk archive`: all data of a merchant in open formats, also while the server runs."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from merchant_desk import __version__
from merchant_desk.cli.backup import prove_free
from merchant_desk.cli.desk_options import PASSWORD, add_person_arguments
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.archive import Archived, archive, archivist
from merchant_desk.server.backup_sqlite import prove_there
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase, open_embedded, open_postgres
from merchant_desk.server.founding import merchants
from merchant_desk.server.process import DataOptions, real_edge
from merchant_desk.server.services import ServerAddress, Services, open_services
from merchant_desk.sync.vault import open_vault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_arguments(parser)
    add_person_arguments(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.zip", help="the new file / 存档文件")
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
    """Make one archive.

    Raises:
        FileUnusable: the folder that was named is not there, or the file is there already.
        Refusal: `no_such_merchant`; who asks could not prove himself, or may not.
    """
    target = options.to.absolute()
    prove_free(target, overwrite=options.overwrite)
    with _opened(data_options(options)) as services:
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


@contextmanager
def _opened(data: DataOptions) -> Iterator[Services]:
    """Open a server's data, which a running server may have open too."""
    services = open_services(_database(data), real_edge(__version__), ServerAddress("localhost", 1))
    try:
        yield services
    finally:
        services.close()


def _database(data: DataOptions) -> ServerDatabase:
    if data.database_url is not None:
        return open_postgres(data.database_url, wait_seconds=data.wait_seconds, told=data.told)
    path = data.folder / DATABASE_FILE
    prove_there(path)
    vault = open_vault(data.folder, demo=data.demo, ask_passphrase=data.ask_passphrase)
    return open_embedded(path, vault.key)


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
    print(f"已存档 {rows} 行（{done.size} 字节）到 / {rows} rows, {done.size} bytes archived to {done.path}")
    print(f"SHA-256: {done.sha256}")
    print("文件没有加密，请妥善保管。 / It is not encrypted: put it away safely.")
