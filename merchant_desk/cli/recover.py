"""`merchant-desk recover`: open a desk again whose key was lost, or go on from its safety copy.

Both by its recovery paper or from its server.
"""

import argparse
import getpass
import os
import sys
from pathlib import Path

from merchant_desk.cli.desk_options import LOGIN, PASSWORD
from merchant_desk.cli.folders import default_profile
from merchant_desk.cli.passphrase import NEW_PASSPHRASE, ask_new_passphrase
from merchant_desk.cli.recover_copy import add_copy_arguments, go_on
from merchant_desk.cli.recovery_paper import STDIN, read_paper
from merchant_desk.desk import Desk
from merchant_desk.server.database import DATABASE_FILE
from merchant_desk.sync.key_copies import recover_from_paper, recover_from_server
from merchant_desk.sync.recovery import read_recovery
from merchant_desk.sync.vault import AskPassphrase, OpenedVault, PassphraseRequest, VaultKind

WHERE = {
    VaultKind.KEYRING: ("已存入系统密钥环", "in the system's keyring"),
    VaultKind.PASSPHRASE: ("由新口令保护", "under the new passphrase"),
    VaultKind.DEMO: ("在密钥文件中", "in the key file"),
}
"""Where a recovered key is now."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        f"A new passphrase, where no keyring takes the key: {NEW_PASSPHRASE}, or asked for."
        f" / 没有密钥环时的新口令：{NEW_PASSPHRASE}，或在终端输入。"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    where.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="an embedded server's instead; needs a paper / 服务器文件夹",
    )
    where_from = parser.add_argument_group(
        "the computer is gone, a safety copy is left / 电脑已毁，只剩安全副本"
    )
    add_copy_arguments(where_from)
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--paper",
        metavar="FILE",
        help="the recovery key: a file, or - to type it / 恢复密钥：文件，或用 - 在终端输入",
    )
    way.add_argument(
        "--login",
        default="",
        help=f"ask the server instead; who vouches (password: {PASSWORD} or asked for)"
        " / 由服务器恢复：担保人的登录名",
    )
    parser.add_argument(
        "--server-url", default="", metavar="URL", help="where the server is now / 服务器地址"
    )


def run(options: argparse.Namespace) -> int:
    """Put the key back into a vault, open the desk with it, and say what waits to be sent."""
    if options.data_dir is not None:
        return _recover_server(options)
    if options.copy is not None:
        return go_on(options)
    folder: Path = options.profile or default_profile()
    chosen: list[str] = []

    def choose(request: PassphraseRequest) -> str | None:
        """Ask for the new passphrase where no keyring takes the key; the desk is then opened by it."""
        given = ask_new_passphrase(request)
        chosen[:] = [] if given is None else [given]
        return given

    login = options.login or ("" if options.paper else os.environ.get(LOGIN, ""))
    vault = _from_server(folder, login, options.server_url, choose) if login else None
    if vault is None:
        vault = _from_paper(folder, options.paper or STDIN, choose)
    with Desk.open(folder, ask_passphrase=lambda _: chosen[0] if chosen else None) as desk:
        waiting, code = desk.status.waiting, desk.identity.code
    zh, en = WHERE[vault.kind]
    print(f"已恢复工作台 {code}：密钥{zh}，{waiting} 项操作待发送，数据完好。")
    print(f"Desk {code} is recovered: its key is {en}; operations that wait to be sent: {waiting}.")
    return 0


def _recover_server(options: argparse.Namespace) -> int:
    folder: Path = options.data_dir
    paper = read_paper(options.paper or STDIN)
    vault = recover_from_paper(folder, paper, ask_new_passphrase, database=DATABASE_FILE)
    zh, en = WHERE[vault.kind]
    print(f"已恢复服务器的密钥：{zh}。现在可以启动它。 / The server's key is {en}; it can be started now.")
    return 0


def _from_paper(folder: Path, source: str, choose: AskPassphrase) -> OpenedVault:
    if source == STDIN and sys.stdin.isatty():
        numbers = ", ".join(read_recovery(folder).numbers)
        print(f"需要的编号 / number of the paper: {numbers}", file=sys.stderr)
    return recover_from_paper(folder, read_paper(source), choose)


def _from_server(folder: Path, login: str, server_url: str, choose: AskPassphrase) -> OpenedVault:
    password = os.environ.get(PASSWORD, "")
    if not password and sys.stdin.isatty():
        password = getpass.getpass("密码 / Password: ")
    return recover_from_server(folder, login, password, choose, server_url=server_url)
