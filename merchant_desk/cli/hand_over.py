"""`merchant-desk hand-over`: a shop leaves its computer, server and desk, in a file that another one opens.

From the file on nobody is served here: whoever has it has the shop. Whatever ends the command half way, the
shop is here, or in the file.
"""

import argparse
import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from merchant_desk import __version__
from merchant_desk.cli.desk_options import (
    add_desk_arguments,
    add_person_arguments,
    named_folder,
    opened_desk,
    prove_desk,
    sign_in,
)
from merchant_desk.cli.own_server import start_own_server
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.models.faults import Fault, FileUnusable, file_fault
from merchant_desk.models.whole_files import PART
from merchant_desk.server.backup import EmbeddedSource, back_up, stamp
from merchant_desk.server.backup_file import SUFFIX, verified_content
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase
from merchant_desk.server.left import Leaving, forget_left, note_left, read_left
from merchant_desk.server.process import DataOptions, opened_data, real_edge
from merchant_desk.sync.own_server import FOLDER, is_founded_here
from merchant_desk.sync.taking_over import MOVING, prove_unopened
from merchant_desk.sync.vault import OpenedVault
from merchant_desk.sync.vault_record import VaultRecord


@dataclass(eq=False)
class NoServerHere(Fault):
    """The desk that was named carries no shop's server."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 里没有本店的服务器，没有什么可移交。换掉这样的电脑用 merchant-desk leave；"
        "单独的服务器用 backup 和 restore。"
    )
    en: ClassVar[str] = (
        "There is no shop's server in {folder}, so nothing to hand over. Such a computer is replaced by "
        "merchant-desk leave; a server by itself by backup and restore."
    )


@dataclass(eq=False)
class NotLeft(Fault):
    """The shop is here: there is nothing to take back."""

    folder: Path
    zh: ClassVar[str] = "本店没有从 {folder} 移交出去，照常使用即可。什么都没有改变。"
    en: ClassVar[str] = "The shop was not handed over from {folder}; simply go on. Nothing was changed."


@dataclass(eq=False)
class MovingFileGone(Fault):
    """No moving file is where it is said to be: it may be open on another computer."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 里没有搬家文件，也许它已在另一台电脑上打开。什么都没有改变。"
        "若两台电脑都开店，账会不一样；只有确实没有别的电脑打开过它，才加上 --anyway。"
    )
    en: ClassVar[str] = (
        "There is no moving file in {folder}: another computer may have opened it. Nothing was changed. Two "
        "computers that both serve the shop have books that differ; add --anyway only if no other one "
        "opened it."
    )


@dataclass(eq=False)
class MovingFileKept(Fault):
    """The moving file is whole, but could be neither read through nor removed: it may be opened elsewhere."""

    path: Path
    zh: ClassVar[str] = (
        "搬家文件 {path} 已写完，但没能核对，也没能删除（U 盘拔出了？）。为免一家店有两台服务器，"
        "这台电脑暂不开店，数据都还在。请插回 U 盘，加上 --take-back 运行同一条命令收回，再重新移交。"
    )
    en: ClassVar[str] = (
        "The moving file {path} was written, but could be neither checked nor deleted (is the stick out?). "
        "Lest one shop has two servers, this computer serves nobody for now; all its data are here. Put the "
        "stick in again, give the same command with --take-back, and then hand over anew."
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    add_person_arguments(parser)
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the moving file is / 搬家文件所在的文件夹",
    )
    parser.add_argument(
        "--take-back", action="store_true", help="the file was opened nowhere: go on here / 收回，在这里继续"
    )
    parser.add_argument(
        "--anyway", action="store_true", help="take back though the file is not there / 文件不在也收回"
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Hand the shop over, or take it back.

    Raises:
        NoServerHere, NotLeft, MovingFileGone, OpenedAlready; Refusal: as `Desk.ready_to_hand_over`.
        MovingFileKept: nobody serves the shop until it is taken back.
        Fault: a window is open, the server did not start, the folder takes no file: the shop is here.
    """
    profile = named_folder(options)
    prove_desk(profile)
    if not is_founded_here(profile):
        raise NoServerHere(profile)
    folder: Path = options.to.absolute()
    if not folder.is_dir():
        raise FileUnusable(folder, "no_folder")
    if options.take_back:
        return _take_back(options, profile, folder)
    with opened_desk(options) as desk:  # from here on no window opens it
        with closing(start_own_server(profile, ask_passphrase, patient=False)):
            sign_in(desk, options)
            documents = desk.ready_to_hand_over().documents
        me = desk.identity
        at = real_edge().clock()
        name = f"{MOVING}{stamp(at)}{SUFFIX}"
        leaving = Leaving(at, me.merchant_id, me.device_id, me.outlet_id, name)
        made = _write_away(profile / FOLDER, folder / name, leaving)
    if options.json:
        print(json.dumps({"file": str(made), "documents": list(documents)}, ensure_ascii=False))
        return 0
    print(f"本店已在搬家文件里：{made}")
    print("这台电脑不再开店。在新电脑的门口选“这台电脑接管整家店”，打开这个文件，输入恢复密钥纸上的密钥。")
    print(f"The shop is in the moving file {made}")
    print(
        "This computer serves nobody any more. At the new one's door choose “This computer takes over the "
        "shop”, open the file, and type the key of the recovery paper."
    )
    if documents:
        numbers = ", ".join(documents)
        print(f"未结束的单据，在新电脑上继续：{numbers}\nOpen documents, to be gone on with there: {numbers}")
    return 0


def _write_away(server: Path, target: Path, leaving: Leaving) -> Path:
    """Note that the shop leaves and copy it, whole and read through; where that fails it has not left.

    Killed in between it leaves an unfinished file, which `_take_back` knows. The shop is here again only
    after a whole file is gone for certain: from a stick that was pulled out it may still be opened.
    """
    edge, whole = real_edge(__version__), False
    with opened_data(DataOptions(server, ask_passphrase)) as (database, vault):
        with database.writer.begin() as connection:
            note_left(connection, leaving)
        try:
            back_up(_source(server, database, vault), target, edge.clock, edge.version)
            whole = True
            with verified_content(target):
                pass
        except BaseException as error:
            try:
                target.unlink(missing_ok=not whole)
            except OSError:
                raise MovingFileKept(target) from error
            with database.writer.begin() as connection:
                forget_left(connection)
            raise
    return target


def _source(
    server: Path, database: ServerDatabase, vault: OpenedVault | None
) -> EmbeddedSource | ServerDatabase:
    if vault is None:
        return database
    return EmbeddedSource(server / DATABASE_FILE, vault.key, VaultRecord.of(vault.profile_id, vault.key))


def _take_back(options: argparse.Namespace, profile: Path, folder: Path) -> int:
    """Let the shop be served here again; its moving file goes first, so that it is never in two places."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        desk.check_may_hand_over()
        with opened_data(DataOptions(profile / FOLDER, ask_passphrase)) as (database, _):
            with database.reader.connect() as connection, connection.begin():
                left = read_left(connection)
            if left is None:
                raise NotLeft(profile)
            removed = _remove_token(folder / left.file, anyway=options.anyway)
            with database.writer.begin() as connection:
                forget_left(connection)
    if options.json:
        print(json.dumps({"removed": [str(file) for file in removed]}, ensure_ascii=False))
        return 0
    print("已收回：这台电脑照常开店。\nTaken back: this computer serves the shop as before.")
    if removed:
        print("搬家文件已删除；它若另有副本，请一并删除，不要在别处打开。")
        print("The moving file is deleted. If there is a copy of it, delete that too, and open it nowhere.")
    return 0


def _remove_token(token: Path, *, anyway: bool) -> list[Path]:
    """Remove this shop's own moving file, or what a killed `hand-over` left of it; return what was there.

    Raises:
        OpenedAlready: another computer opened it. MovingFileGone: neither is there.
    """
    unfinished = token.with_name(token.name + PART)
    found = [one for one in (token, unfinished) if one.is_file()]
    if not anyway:
        prove_unopened(token)
        if not found:
            raise MovingFileGone(token.parent)
    for one in found:
        try:
            one.unlink()
        except OSError as error:
            raise file_fault(error, one) from error
    return found
