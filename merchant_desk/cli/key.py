"""`merchant-desk key`: where a desk's key is, another passphrase, into the keyring, a recovery paper."""

import argparse
import json
from pathlib import Path

from merchant_desk.cli.desk_options import add_desk_arguments, opened_desk
from merchant_desk.cli.passphrase import NEW_PASSPHRASE, ask_new_passphrase
from merchant_desk.sync.vault import VaultKind

PLACES = {
    VaultKind.KEYRING: ("系统密钥环", "in the system's keyring"),
    VaultKind.PASSPHRASE: ("由口令保护", "under a passphrase"),
    VaultKind.DEMO: ("演示：密钥文件就在旁边，没有保护", "demo: an open key file beside it, not protected"),
}
"""What a kind of vault is called."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--passphrase",
        action="store_true",
        help=f"set or change the passphrase ({NEW_PASSPHRASE}, or asked for) / 设置或更换口令",
    )
    what.add_argument(
        "--to-keyring", action="store_true", help="move the key into the system's keyring / 移入系统密钥环"
    )
    what.add_argument(
        "--recovery-sheet",
        type=Path,
        metavar="FILE",
        help="write a new recovery paper for this desk alone (.html, .txt); its former one is void"
        " / 为本机写一张新的恢复密钥，原来那张作废",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Change what was asked for, then say where the key is and what opens the desk if it is lost."""
    with opened_desk(options) as desk:
        if options.passphrase:
            desk.set_passphrase(ask_new_passphrase)
        elif options.to_keyring:
            desk.move_key_to_keyring()
        elif options.recovery_sheet:
            desk.write_recovery_sheet(options.recovery_sheet)
        places = desk.key_places()
        folder = str(desk.runtime.profile.folder)
    if options.json:
        vaults = [kind.value for kind in places.vaults]
        told = {"folder": folder, "vaults": vaults, "papers": list(places.papers)}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for kind in places.vaults:
        zh, en = PLACES[kind]
        print(f"密钥：{zh}。 / The key is {en}.")
    papers = ", ".join(places.papers)
    print(f"恢复密钥编号：{papers or '没有'}。 / Recovery papers: {papers or 'none'}.")
    return 0
