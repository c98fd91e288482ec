"""`merchant-desk restore`: a backup becomes the server's data; what was there before is kept."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from uuid_utils.compat import uuid7

from merchant_desk import __version__
from merchant_desk.cli.recovery_paper import read_paper
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.domain.wording import counted
from merchant_desk.server.backup import FOLDER, Restored, restore_folder, restore_postgres, stamp
from merchant_desk.server.backup_file import Manifest
from merchant_desk.server.database import open_postgres
from merchant_desk.server.process import real_edge
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.taking_over import (
    MOVING,
    OpenedAlready,
    mark_opened,
    prove_unopened,
    unmark_opened,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="the backup / 备份文件")
    add_data_arguments(parser)
    parser.add_argument(
        "--recovery-key-file",
        type=Path,
        metavar="FILE",
        help="recovery key, where the vault is lost: its saved sheet, or - to type it / 恢复密钥，- 为键入",
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="though the shop has moved, or the moving file was opened / 店已搬走、搬家文件已打开也恢复",
    )
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Put one backup back.

    Raises:
        OpenedAlready, LeftNotRestored: the shop is at another computer, and `--anyway` was not given.
        Fault: as `restore_folder` and `restore_postgres`.
    """
    with _opening(options.file, anyway=options.anyway):
        done = _restored(options)
    rows = sum(done.rows.values())
    kept = str(done.kept) if done.kept else None
    if options.json:
        print(json.dumps({"rows": rows, "made_at": done.made_at, "kept": kept}, ensure_ascii=False))
        return 0
    at = stamp(done.made_at)
    print(f"已恢复 {at} 的备份，{rows:,} 行。 / Restored: {counted(rows, 'row')} as of {at}.")
    if kept:
        print(f"原来的数据保留在 / what was there before is kept in {kept}")
    print("各工作台联网后会自动补送之后的操作。 / Desks send again by themselves what came later.")
    return 0


@contextmanager
def _opening(file: Path, *, anyway: bool) -> Iterator[None]:
    """Mark a moving file as opened here, before it is; where that comes to nothing the mark goes."""
    try:
        prove_unopened(file)
    except OpenedAlready:
        if not anyway:
            raise
        yield  # the mark that is there stays
        return
    if not file.name.startswith(MOVING) or not file.is_file():
        yield
        return
    own, at = uuid7(), datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    mark_opened(file, own, platform.node() or "?", at)
    try:
        yield
    except BaseException:
        unmark_opened(file, own)
        raise


def _restored(options: argparse.Namespace) -> Restored:
    file: Path = options.file
    recovery_file: Path | None = options.recovery_key_file
    data = data_options(options)
    edge = real_edge(__version__)
    if data.database_url is not None:
        database = open_postgres(data.database_url, wait_seconds=data.wait_seconds, told=data.told)
        try:
            return restore_postgres(file, database, edge, data.folder / FOLDER)
        finally:
            database.close()

    def paper(manifest: Manifest) -> RecoveryKey | None:
        if recovery_file is not None:
            return read_paper(os.fspath(recovery_file))
        if not sys.stdin.isatty():
            return None
        numbers = ", ".join(key.paper_number for key in manifest.keys)
        print(f"请输入恢复密钥（编号 {numbers}）/ type the recovery key (number {numbers}):", file=sys.stderr)
        return RecoveryKey.parse(input())

    return restore_folder(
        file,
        data.folder,
        edge,
        demo=data.demo,
        ask=data.ask_passphrase,
        paper=paper,
        anyway=options.anyway,
    )
