"""`merchant-desk backup`: the server's data in one file, also while the server runs."""

import argparse
import json
from pathlib import Path

from merchant_desk import __version__
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.domain.wording import counted
from merchant_desk.models.whole_files import prove_free
from merchant_desk.server.backup import FOLDER, EmbeddedSource, back_up, stamp
from merchant_desk.server.backup_file import SUFFIX, Manifest
from merchant_desk.server.backup_sqlite import prove_there
from merchant_desk.server.damage import told_for_server
from merchant_desk.server.database import DATABASE_FILE, open_postgres
from merchant_desk.server.process import DataOptions, real_edge
from merchant_desk.sync.vault import open_vault
from merchant_desk.sync.vault_record import VaultRecord


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_arguments(parser)
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="default: a new file in the folder's backups / 备份文件"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an older file of that name / 覆盖同名的旧文件"
    )
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Make one backup.

    Raises:
        FileUnusable: the folder that was named is not there, or the file is there already.
    """
    data = data_options(options)
    if options.to is None:
        target = (data.folder / FOLDER / f"merchant-desk-{stamp(real_edge().clock())}{SUFFIX}").absolute()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    else:
        target = options.to.absolute()
        prove_free(target, overwrite=options.overwrite)
    with told_for_server(data.folder):
        manifest = _backed_up(data, target)
    rows, size = sum(manifest.rows.values()), target.stat().st_size
    if options.json:
        said = {"file": str(target), "bytes": size, "rows": rows, "database": manifest.database}
        print(json.dumps(said, ensure_ascii=False))
    else:
        english = f"{counted(rows, 'row')}, {counted(size, 'byte')}"
        print(f"已备份 {rows:,} 行（{size:,} 字节）到 / {english} backed up to {target}")
    return 0


def _backed_up(data: DataOptions, target: Path) -> Manifest:
    edge = real_edge(__version__)
    if data.database_url is not None:
        database = open_postgres(data.database_url, wait_seconds=data.wait_seconds, told=data.told)
        try:
            return back_up(database, target, edge.clock, edge.version)
        finally:
            database.close()
    path = data.folder / DATABASE_FILE
    prove_there(path)
    vault = open_vault(data.folder, demo=data.demo, ask_passphrase=data.ask_passphrase)
    source = EmbeddedSource(path, vault.key, VaultRecord.of(vault.profile_id, vault.key))
    return back_up(source, target, edge.clock, edge.version)
