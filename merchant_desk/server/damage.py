"""A server's own database that cannot be used: no doctor of a desk sees it, but a copy helps."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from merchant_desk.models.faults import Corrupted, DatabaseMissing, Fault, NotADatabase, WrongKey
from merchant_desk.server.backup import FOLDER, PREFIX
from merchant_desk.server.backup_file import SUFFIX


@dataclass(eq=False)
class ServerDataUnusable(Fault):
    """A server's database is damaged or gone. `copy` is the newest nightly copy, or nothing."""

    path: Path
    why: str
    copy: str
    zh: ClassVar[str] = (
        "服务器的数据库 {path} 无法使用：{why}。什么都没有改变。请先停止服务器并复制它的全部数据，再用 "
        "merchant-desk restore（同样的 --data-dir 或 --database-url）恢复备份：{copy}。"
        "各工作台联网后会自动补送备份之后的操作。"
    )
    en: ClassVar[str] = (
        "The server's database {path} cannot be used: {why}. Nothing was changed. Stop the server and copy "
        "all of its data first; then put a backup back by merchant-desk restore (with the same --data-dir or "
        "--database-url): {copy}. Desks send again by themselves what came after it."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        Corrupted.code: ("它已损坏", "it is damaged"),
        NotADatabase.code: ("它不是数据库", "it is no database"),
        DatabaseMissing.code: ("它是空的或不见了", "it is empty or gone"),
        WrongKey.code: (
            "它的开头已损坏，或属于另一台服务器",
            "its beginning is damaged, or it is another server's",
        ),
        "": ("这里没有自动备份，请用别处保存的", "there is no nightly copy here; use one kept elsewhere"),
    }


@contextmanager
def told_for_server(folder: Path) -> Iterator[None]:
    """Say what helps a server whose data are in `folder` where its database turns out damaged.

    The vault proves its key first: one that does not fit is a damaged beginning, or another's file.

    Raises:
        ServerDataUnusable: for the faults that are about the database itself.
    """
    try:
        yield
    except (Corrupted, NotADatabase, DatabaseMissing, WrongKey) as fault:
        newest = max((folder / FOLDER).glob(f"{PREFIX}*{SUFFIX}"), default="")
        raise ServerDataUnusable(fault.path, fault.code, str(newest)) from fault
