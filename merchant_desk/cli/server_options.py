"""What `serve`, `backup` and `restore` ask alike: where the server's data are, and what opens them."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from merchant_desk.cli.folders import DATABASE_URL, PASSPHRASE, default_profile, home
from merchant_desk.models.faults import Fault, FileUnusable, file_fault
from merchant_desk.server.database import DATABASE_FILE
from merchant_desk.server.process import DataOptions
from merchant_desk.sync.own_server import FOLDER, is_founded_here
from merchant_desk.sync.vault import AskPassphrase, PassphraseRequest


def add_data_arguments(parser: argparse._ActionsContainer, *, demo: bool = True) -> None:
    """Declare where the data are; not `demo` where a command has an option of that name already."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="the server's folder, by default this computer's / 服务器数据文件夹（默认为本机的服务器）",
    )
    parser.add_argument(
        "--database-url",
        metavar="URL",
        default=os.environ.get(DATABASE_URL),
        help=f"PostgreSQL instead of the embedded database (or {DATABASE_URL}) / 使用 PostgreSQL",
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to wait for PostgreSQL / 等待 PostgreSQL 的秒数",
    )
    if demo:
        parser.add_argument(
            "--demo", action="store_true", help="keep a new key in an open file / 演示：密钥放在明文文件中"
        )
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=f"the vault's passphrase, where there is no keyring (or {PASSPHRASE}) / 口令文件",
    )


def server_folder() -> Path:
    """Return the folder of this computer's server: its own, or the one that a shop's window founded."""
    own = home() / "server"
    if not (own / DATABASE_FILE).exists() and is_founded_here(default_profile()):
        return default_profile() / FOLDER
    return own


def data_options(options: argparse.Namespace) -> DataOptions:
    """Return where the data are, as the arguments say."""
    return DataOptions(
        options.data_dir or server_folder(),
        passphrase_source(options.passphrase_file, interactive=not getattr(options, "with_parent", False)),
        options.database_url,
        options.demo,
        options.wait,
        waiting_teller(),
    )


def passphrase_source(file: Path | None, *, interactive: bool) -> AskPassphrase:
    """Return what gives the passphrase: a file, a variable, or the person at the terminal."""

    def ask(request: PassphraseRequest) -> str | None:
        given = secret_in(file) if file else os.environ.get(PASSPHRASE)
        if given is not None:
            return given if request.attempt == 1 else None
        if not interactive or not sys.stdin.isatty():
            return None
        print(f"{request.sentence('zh_CN')}\n{request.sentence('en')}", file=sys.stderr)
        return _typed(new=request.new)

    return ask


def secret_in(file: Path) -> str:
    """Return what stands in a file, without the end of its line.

    Raises:
        FileUnusable: it is missing, cannot be read, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise file_fault(error, file) from error
    except UnicodeDecodeError as error:
        raise FileUnusable(file, "not_text") from error


def _typed(*, new: bool) -> str | None:
    first = getpass.getpass("口令 / passphrase: ")
    if new and first and getpass.getpass("再次输入 / again: ") != first:
        print("两次输入不同。 / These were not the same.", file=sys.stderr)
        return ""
    return first or None


def waiting_teller() -> Callable[[Fault], None]:
    """Return what says that the database is waited for and why, once for each reason."""
    said: set[str] = set()

    def tell(fault: Fault) -> None:
        text = f"{fault.sentence('zh_CN')}\n{fault.sentence('en')}"
        if text not in said:
            said.add(text)
            print(text, file=sys.stderr, flush=True)

    return tell
