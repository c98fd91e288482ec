"""Which desk a command works on, and who works."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR
from typing import ClassVar

from merchant_desk.cli.folders import default_profile, demo_home
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault, FileUnusable, file_fault
from merchant_desk.models.network_shares import refuse_network_share
from merchant_desk.sync.profile import is_new

LOGIN = "MERCHANT_DESK_LOGIN"
PASSWORD = "MERCHANT_DESK_PASSWORD"  # noqa: S105 - the name of a variable
"""Environment variables that sign a script in; a password on the command line would be seen by others."""


class NobodyNamed(Fault):
    """A command that somebody has to sign in for was given nobody, and no terminal to ask at."""

    zh: ClassVar[str] = (
        f"这个命令需要有人登录：用 --login 或环境变量 {LOGIN} 给出登录名，"
        f"密码用环境变量 {PASSWORD}，或在终端里输入。"
    )
    en: ClassVar[str] = (
        f"Somebody has to sign in for this: name them by --login or {LOGIN}, and give the password in "
        f"{PASSWORD} or at a terminal."
    )


def add_desk_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--demo", action="store_true", help="the demo merchant's desk / 演示商户的工作台")
    parser.add_argument(
        "--server-url", default="", metavar="URL", help="where the server is now / 服务器地址"
    )


def add_person_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare who works; the password is asked for, or stands in the environment."""
    parser.add_argument(
        "--login",
        default=os.environ.get(LOGIN, ""),
        help=f"who does it (default: {LOGIN}); the password is asked for or taken from {PASSWORD}"
        " / 登录名；密码在终端输入，或由环境变量给出",
    )


def acts_of(
    parser: argparse.ArgumentParser, *, by_person: bool = True
) -> Callable[[str, str], argparse.ArgumentParser]:
    """Return what declares the acts of a command by name and help: each for a desk, each may speak JSON.

    Args:
        parser: of the command; the act's name comes as `act`.
        by_person: whether somebody has to sign in for them.
    """
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(name, help=text, description=text)
        add_desk_arguments(made)
        if by_person:
            add_person_arguments(made)
        made.add_argument("--json", action="store_true", help="for machines / 以 JSON 输出")
        return made

    return act


def named_folder(options: argparse.Namespace) -> Path:
    """Return the folder that was named, or where this computer's desk (or the demo's) is."""
    folder: Path = options.profile or (demo_home() / "desk" if options.demo else default_profile())
    return folder


def prove_desk(folder: Path) -> None:
    """Raise FileUnusable unless a desk was made in this folder: a mistyped name must not become a desk."""
    refuse_network_share(folder)
    try:
        is_folder = S_ISDIR(folder.stat().st_mode)
    except OSError as error:
        raise file_fault(error, folder) from error
    if not is_folder:
        raise FileUnusable(folder, "no_folder")
    if is_new(folder):
        raise FileUnusable(folder, "no_desk")


def opened_desk(options: argparse.Namespace) -> Desk:
    """Open the desk that was named.

    Raises:
        FileUnusable: there is none.
        Fault: as `Desk.open`.
    """
    folder = named_folder(options)
    prove_desk(folder)
    return Desk.open(folder, server_url=options.server_url, ask_passphrase=ask_passphrase)


def sign_in(desk: Desk, options: argparse.Namespace) -> None:
    """Sign in who was named; the demo merchant's manager if nobody was.

    Raises:
        NobodyNamed: there is no login or no password, and nobody who could be asked.
        Refusal: as `Desk.sign_in`.
    """
    login, password = options.login, os.environ.get(PASSWORD, "")
    if options.demo and not login:
        from merchant_desk.server.demo.structure import MANAGER

        login, password = MANAGER.login, MANAGER.password
    if not login and sys.stdin.isatty():
        login = input("登录名 / Login: ").strip()
    if not password and sys.stdin.isatty():
        password = getpass.getpass("密码 / Password: ")
    if not login or not password:
        raise NobodyNamed
    desk.sign_in(login, password)


def draw_anywhere() -> None:
    """Let Qt draw where there is no screen; to be called before the window's libraries begin."""
    seen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not seen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
