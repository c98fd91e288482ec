"""What a desk can truthfully say about its safety copy: where, how old, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from merchant_desk.models.faults import Fault, FileUnusable

LATE = 10 * 60 * 1_000_000
"""Microseconds: a copy that is older was not made twice in turn, so that disk or share does not answer."""


@dataclass(eq=False)
class CopyNotWritten(Fault):
    """The safety copy could not be written; work is saved on this computer all the same."""

    folder: Path
    why: str
    zh: ClassVar[str] = "安全副本没有写成（{folder}）：{why}。工作照常保存在本机；情况恢复后会自动补写。"
    en: ClassVar[str] = (
        "The safety copy could not be written ({folder}): {why}. Work is saved on this computer; the copy is "
        "made by itself once that is mended."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        **FileUnusable.names,
        "missing": ("文件夹不在，U 盘可能已拔出或共享已断开", "the folder is gone (stick out, share away?)"),
        "another": ("那里不是当初指定的文件夹，可能换了 U 盘", "it is not the folder that was named"),
        "mark": (
            "其中的记号文件 merchant-desk-copies.json 已损坏，请删除它，再在每台工作台上重新指定此文件夹",
            "its merchant-desk-copies.json is damaged; delete that, and name the folder again at every desk",
        ),
        "full": ("磁盘已满", "its disk is full"),
        "EIO": ("磁盘读写出错，不要继续使用它", "its disk failed; do not go on with it"),
        "differs": (
            "读回的内容与写入的不同，磁盘可能有故障",
            "what was read back differs",
        ),
        "late": ("很久没有写成，磁盘或共享可能没有应答", "the disk or share has not answered for long"),
        "broke": ("程序出了意料之外的问题", "something unexpected went wrong in the program"),
    }


@dataclass(eq=False)
class CopyFolderUnfit(Fault):
    """The folder would be lost together with the desk."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 在本机数据文件夹里，会一起丢失。请选 U 盘、另一块硬盘或另一台电脑的共享文件夹。"
    )
    en: ClassVar[str] = (
        "{folder} is inside this desk's own folder and would be lost with it. Choose a stick, another disk "
        "or another computer's share."
    )


@dataclass(eq=False)
class NewerCopyKept(Fault):
    """An older state of this desk was put back, or a clone is at work: its copy holds what is not here."""

    folder: Path
    zh: ClassVar[str] = (
        "文件夹 {folder} 里有以本机名义做过、但本机没有的工作：本机数据可能是旧映像、旧备份或克隆。"
        "那份副本已保留，没有覆盖。请用登记代码和恢复密钥在另一台电脑上从它接着做；之后可以删除该文件夹。"
    )
    en: ClassVar[str] = (
        "The folder {folder} holds work of this desk that is not in its data here: they may be an old image, "
        "an old backup or a clone. That copy was kept, not overwritten. Go on from it on another computer, "
        "with an enrolment code and the recovery paper; afterwards the folder may be deleted."
    )


@dataclass(frozen=True, slots=True)
class CopyState:
    """One moment's truth about the copy in `folder`. `as_of` is microseconds UTC; 0: none since `since`.

    At `as_of` the copy held all unsent work, `unsent` operations. `fault` is why it holds no more than that;
    `same_disk` tells that the folder is on the disk that it is to stand in for; `kept` that another copy of
    this desk lies beside it. `since` is when the first one was due, microseconds UTC.
    """

    folder: Path
    as_of: int = 0
    unsent: int = 0
    fault: Fault | None = None
    same_disk: bool = False
    kept: NewerCopyKept | None = None
    since: int = 0

    def trouble(self, now: int) -> Fault | None:
        """Return what is wrong with it now, microseconds UTC; a disk that hangs raises nothing."""
        if self.fault is None and now - max(self.as_of, self.since) > LATE:
            return CopyNotWritten(self.folder, "late")
        return self.fault
