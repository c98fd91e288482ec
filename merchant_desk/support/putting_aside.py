"""Putting a profile aside that does not open: nothing of it is deleted, and its place is free again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from merchant_desk.models.faults import Fault, FileUnusable, why_unusable
from merchant_desk.models.profile_lock import ProfileLock


@dataclass(eq=False)
class NotPutAside(Fault):
    """The operating system would not rename a profile's folder; all is as it was."""

    folder: Path
    why: str
    zh: ClassVar[str] = (
        "{folder} 没能放到一边：{why}。可能有别的程序正用着里面的文件：关闭它（或重启电脑）再试；"
        "仍不行就检查上一级文件夹的权限。什么都没有改变。"
    )
    en: ClassVar[str] = (
        "{folder} could not be put aside: {why}. Another program may have a file of it open: close that (or "
        "restart the computer) and try again; if that does not help, check the permissions of the folder "
        "around it. Nothing was changed."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = FileUnusable.names


def put_aside(folder: Path) -> Path:
    """Give a profile's folder another name beside it, by day and time (UTC), and return that.

    No file of it may be open in this process: Windows would not rename it.

    Raises:
        AlreadyOpen: somebody works with it.
        NotPutAside: it cannot be renamed; all is as it was.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    try:
        ProfileLock(folder).release()
        return folder.rename(folder.with_name(f"{folder.name}-aside-{stamp}"))
    except OSError as error:
        raise NotPutAside(folder, why_unusable(error)) from error
