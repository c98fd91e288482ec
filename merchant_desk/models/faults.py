"""Named faults: what a machine, a disk or a key can do to us, said in words to a person.

A `Refusal` (domain) is the trade's "no" to an operation; a `Fault` is the world's. Faults carry a
code and facts like refusals do, and their sentences in both languages, because they must also be
told where there is no window: by the server, the command line and the doctor.
"""

import errno
import functools
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from merchant_desk.domain.wording import Counting

SHORT_PATH = 32
"""Characters of a path where there is little room."""


@dataclass(eq=False)
class Fault(Exception):  # noqa: N818 - named like what happened
    """Base of every named fault. A subclass is a dataclass whose fields are the facts.

    `code` is the class name in snake case. `zh` and `en` are sentences with the facts in braces
    (`{rows:row|rows}` counts); `names` says what a fact is called (Chinese, English) whose value is a
    name of ours.
    Subclasses are not frozen: contextlib sets `__traceback__` on exceptions that pass through it.
    """

    code: ClassVar[str] = "fault"
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    names: ClassVar[Mapping[object, tuple[str, str]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()

    @property
    def facts(self) -> dict[str, Any]:
        """The facts by name: text, integers and paths only."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def sentence(self, language: str = "zh_CN", *, brief: bool = False) -> str:
        """Say what happened and what to do, in `language` ("zh..." or any other for English).

        `brief` names files by their last parts, where there is little room.
        """
        chinese = language.startswith("zh")
        template = self.zh if chinese else self.en
        facts = self.facts
        for name, value in facts.items():
            if brief and isinstance(value, Path):
                facts[name] = short_path(value)
            if value in self.names:
                facts[name] = self.names[value][0 if chinese else 1]
        return Counting().vformat(template, (), facts).strip()

    def __str__(self) -> str:
        # A script prints what it catches; a refusal says both languages likewise.
        return f"{self.sentence('zh_CN')} / {self.sentence('en')}"

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by positional arguments; a fault crosses processes with its facts by name.
        return functools.partial(type(self), **self.facts), ()


def short_path(path: Path) -> str:
    """Return a path in at most SHORT_PATH characters: its end, and its last name without its middle."""
    whole = str(path)
    if len(whole) <= SHORT_PATH:
        return whole
    for last in (path.parts[-3:], path.parts[-2:], path.parts[-1:]):
        told = str(Path("…", *last))
        if len(told) <= SHORT_PATH:
            return told
    half = SHORT_PATH // 2 - 2
    return f"…{os.sep}{path.name[: half - 1]}…{path.name[-half:]}"


# ---------------------------------------------------------------- databases


@dataclass(eq=False)
class WrongKey(Fault):
    """No page of the database authenticates under the key."""

    path: Path
    zh: ClassVar[str] = (
        "密钥与数据库 {path} 不匹配（或文件开头已损坏）。没有写入任何内容。请用恢复密钥或服务器恢复。"
    )
    en: ClassVar[str] = (
        "The key does not fit the database {path} (or its beginning is damaged). Nothing was written. "
        "Restore the key from the printed recovery key or the server."
    )


@dataclass(eq=False)
class NotADatabase(Fault):
    """The file is something else than a database."""

    path: Path
    zh: ClassVar[str] = "{path} 不是本程序的数据库。请检查配置文件夹，或从备份恢复。"
    en: ClassVar[str] = (
        "{path} is not a database of this program. Check the profile folder or restore a backup."
    )


@dataclass(eq=False)
class NotEncrypted(Fault):
    """A key was given, but the file is a plain database."""

    path: Path
    zh: ClassVar[str] = "{path} 是未加密的数据库，不能在加密的配置中打开。"
    en: ClassVar[str] = "{path} is a database without encryption; an encrypted profile does not open it."


@dataclass(eq=False)
class Corrupted(Fault):
    """The key fits, but pages are damaged or missing."""

    path: Path
    detail: str
    zh: ClassVar[str] = (
        "数据库 {path} 已损坏（{detail}）。请先复制整个文件夹，再运行 merchant-desk doctor 或从备份恢复。"
    )
    en: ClassVar[str] = (
        "The database {path} is damaged ({detail}). Copy the whole folder first, then run "
        "merchant-desk doctor or restore a backup."
    )


@dataclass(eq=False)
class ReadOnlyDatabase(Fault):
    """The file, its folder or its disk cannot be written."""

    path: Path
    zh: ClassVar[str] = "数据库 {path} 是只读的，无法保存。请检查文件和文件夹的权限或磁盘的写保护。"
    en: ClassVar[str] = (
        "The database {path} is read-only, nothing can be saved. Check the permissions of file and "
        "folder, or the write protection of the disk."
    )


@dataclass(eq=False)
class DiskFull(Fault):
    """A write found no room; the transaction was rolled back."""

    path: Path
    free_bytes: int
    zh: ClassVar[str] = (
        "磁盘已满，{path} 无法保存（剩余 {free_bytes} 字节）。上一步没有保存；请腾出空间后重试。"
    )
    en: ClassVar[str] = (
        "The disk is full, {path} could not be saved ({free_bytes:byte|bytes} free). The last step was not "
        "saved; make room and try again."
    )


@dataclass(eq=False)
class DatabaseMissing(Fault):
    """The file, or for a writer its folder, does not exist."""

    path: Path
    zh: ClassVar[str] = "找不到数据库 {path}。"
    en: ClassVar[str] = "The database {path} is not there."


@dataclass(eq=False)
class OlderDatabase(Fault):
    """Its server has not brought it up to date yet, or is just doing so."""

    found: str
    ours: str
    zh: ClassVar[str] = (
        "此数据库还不是本程序的版本（数据版本 {found}，本程序需要 {ours}），或正在升级。没有改动；"
        "请先用本程序启动一次服务器，再重试。"
    )
    en: ClassVar[str] = (
        "This database is not of this program's version yet (data version {found}, this one needs {ours}), "
        "or is being upgraded. Nothing was changed; start the server once with this program, then try again."
    )


@dataclass(eq=False)
class DatabaseBusy(Fault):
    """Another connection held the write lock for longer than the time-out."""

    path: Path
    zh: ClassVar[str] = "数据库 {path} 正被另一个程序占用，请稍后重试。"
    en: ClassVar[str] = "Another program is holding the database {path}; try again in a moment."


@dataclass(eq=False)
class StorageFailed(Fault):
    """The operating system reported an input/output error."""

    path: Path
    detail: str
    zh: ClassVar[str] = "读写 {path} 时磁盘出错（{detail}）。请检查磁盘和连接，不要继续使用有故障的磁盘。"
    en: ClassVar[str] = (
        "The disk failed while reading or writing {path} ({detail}). Check disk and cable; do not go on "
        "with a failing disk."
    )


# ---------------------------------------------------------------- files and folders


@dataclass(eq=False)
class FileUnusable(Fault):
    """A file or folder cannot be read or written as asked; `why` is a name, or the system's (ENODEV)."""

    path: Path
    why: str
    zh: ClassVar[str] = "无法使用 {path}：{why}。请检查路径和权限，或换一个位置。什么都没有改变。"
    en: ClassVar[str] = (
        "{path} cannot be used: {why}. Check path and permissions, or choose another place. Nothing was "
        "changed."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        "missing": ("它不存在", "it does not exist"),
        "denied": ("没有访问权限", "access is denied"),
        "read_only": ("磁盘是只读的", "its disk is read-only"),
        "no_folder": ("它不是文件夹", "it is no folder"),
        "folder": ("它是文件夹，不是文件", "it is a folder, no file"),
        "no_desk": (
            "里面没有工作台，请先用 merchant-desk enrol 登记",
            "there is no desk in it; merchant-desk enrol makes one",
        ),
        "taken": ("已有同名文件，没有覆盖", "there is a file of that name already"),
        "not_text": ("它不是 UTF-8 文本", "it is no text in UTF-8"),
        "full": ("磁盘已满", "its disk is full"),
        "busy": ("正被另一个程序或系统使用", "another program or the system is using it"),
        "running": ("它是正在运行的程序", "it is a program that is running"),
        "name": ("系统不接受这个名字", "the system does not take such a name"),
        "loop": ("它的链接绕成了圈", "its links lead round in a circle"),
        "many_files": ("打开的文件太多", "too many files are open"),
        "too_large": ("文件太大，这个磁盘放不下", "the file is too large for its disk"),
        "gone": ("磁盘、U 盘或网络位置已断开", "its disk, stick or network place is gone"),
        "unnamed": ("系统没有说明原因", "the system does not say why"),
        "sheet_ending": ("文件名须以 .html 或 .txt 结尾", "its name has to end in .html or .txt"),
    }


_WHY = {
    errno.ENOENT: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "read_only",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
    errno.EISDIR: "folder",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EBUSY: "busy",
    errno.ETXTBSY: "running",
    errno.ENAMETOOLONG: "name",
    errno.EINVAL: "name",
    errno.ELOOP: "loop",
    errno.EMFILE: "many_files",
    errno.ENFILE: "many_files",
    errno.EFBIG: "too_large",
    errno.ENODEV: "gone",
    errno.ENXIO: "gone",
    errno.ESTALE: "gone",
    errno.ETIMEDOUT: "gone",
}


def file_fault(error: OSError, path: Path) -> Fault:
    """Say in words why the operating system would not do something with a file or folder.

    Args:
        error: what it raised; the file that it names counts.
        path: the one that was meant, where it names none.
    """
    if isinstance(error.filename, str | bytes):
        path = Path(os.fsdecode(error.filename))
    if error.errno == errno.EIO:
        return StorageFailed(path, "EIO")
    why = why_unusable(error)
    return DiskFull(path, 0) if why == "full" else FileUnusable(path, why)


@contextmanager
def folder_of(database: Path) -> Iterator[None]:
    """Say in words why the operating system would not do something with a database's folder.

    A full or write-protected disk is told of the database, not of the small file that met it first.

    Raises:
        Fault: for every OSError of the block.
    """
    try:
        yield
    except OSError as error:
        if error.errno == errno.EROFS:
            raise ReadOnlyDatabase(database) from error
        fault = file_fault(error, database)
        raise DiskFull(database, 0) if isinstance(fault, DiskFull) else fault from error


def why_unusable(error: OSError) -> str:
    """Return why the operating system would not: a name of `FileUnusable`, or the system's name of it.

    Its sentences are in one language, which is seldom that of the person.
    """
    number = error.errno or 0
    return _WHY.get(number, "") or errno.errorcode.get(number, "unnamed")


def why_words(error: OSError) -> tuple[str, str]:
    """Return the same in words, Chinese and English."""
    why = why_unusable(error)
    return FileUnusable.names.get(why, (why, why))


# ---------------------------------------------------------------- profiles


@dataclass(eq=False)
class NetworkShare(Fault):
    """The folder is on a file system of another machine, where a write-ahead log is not safe."""

    path: Path
    filesystem: str
    zh: ClassVar[str] = (
        "{path} 位于网络共享盘（{filesystem}）上，在那里保存会损坏数据。请把配置文件夹放在本机磁盘上。"
    )
    en: ClassVar[str] = (
        "{path} is on a network share ({filesystem}), where a database can be damaged. Keep the profile "
        "folder on a disk of this computer."
    )


@dataclass(eq=False)
class AlreadyOpen(Fault):
    """Another process (or window) has the profile open; `pid` is 0 when it cannot be read."""

    folder: Path
    pid: int
    zh: ClassVar[str] = "已被另一个窗口打开（进程 {pid}）。请使用那个窗口，或先关闭它。配置：{folder}"
    en: ClassVar[str] = (
        "This is already open in another window (process {pid}). Use that window, or close it first. "
        "Profile: {folder}"
    )


@dataclass(eq=False)
class ServerOpen(AlreadyOpen):
    """A server (or what puts a backup back) has the data folder open."""

    zh: ClassVar[str] = "服务器的文件夹 {folder} 正在使用（进程 {pid}）。请先停止服务器，再试一次。"
    en: ClassVar[str] = (
        "The server's folder {folder} is in use (process {pid}). Stop the server first, then try again."
    )
