"""The doctor's examination of a profile's folder: what a rebuild left, who may read it, how much room."""

import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from merchant_desk.models.faults import file_fault
from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.sync.draft import DRAFT_SUFFIX, draft_path
from merchant_desk.sync.findings import Finding, Grade, of_fault
from merchant_desk.sync.profile import OpenProfile

OTHERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE = ("desk.db*", "vault.json*", "recovery.json*", "demo.key*", "*.log", "*.log.*")
"""Files of a profile that nobody but their owner may read."""

LITTLE_ROOM = 1 << 30
NO_ROOM = 200 << 20
"""Bytes free: a rebuild needs room for a second database."""

MEGABYTE = 1 << 20


def draft_files(profile: OpenProfile) -> list[Path]:
    """Return the files of a rebuild that was not finished."""
    return sorted(
        profile.folder.glob(f"{draft_path(profile).name.removesuffix(DRAFT_SUFFIX)}{DRAFT_SUFFIX}*")
    )


def draft_findings(profile: OpenProfile, *, rebuilding: bool) -> Iterator[Finding]:
    """Look for a draft that nobody is filling."""
    files = [] if rebuilding else draft_files(profile)
    if not files:
        yield Finding("draft", Grade.GOOD, "没有未完成的重建。", "No rebuild was left unfinished.")
        return
    size = sum(file.stat().st_size for file in files) // MEGABYTE
    hours = int(max(0.0, time.time() - max(file.stat().st_mtime for file in files))) // 3_600
    yield Finding(
        "draft",
        Grade.NOTE,
        f"有一次未完成的重建（{size} MB，{hours} 小时前）。下次同步会接着做或删除它；"
        "如果一直如此，请选择「清除未完成的重建」。",
        f"A rebuild was left unfinished ({size} MB, {hours} h ago). The next sync goes on with it or removes "
        "it; if it stays, choose 'Clear the unfinished rebuild'.",
        "draft",
        figures={"megabytes": size, "hours": hours},
    )


def open_to_others(folder: Path) -> list[Path]:
    """Return the private files of a profile that others of this computer may read or write."""
    if sys.platform == "win32":
        return []  # access comes from the folder above
    files = {file for pattern in PRIVATE for file in folder.glob(pattern) if file.is_file()}
    return sorted(file for file in files if file.stat().st_mode & OTHERS)


def close_to_others(folder: Path) -> int:
    """Let nobody but their owner read a profile's private files; returns how many were open."""
    found = open_to_others(folder)
    for file in found:
        file.chmod(OWNER_ONLY)
    return len(found)


def rights_findings(folder: Path) -> Iterator[Finding]:
    """Look whether others of this computer may read the profile's files."""
    found = open_to_others(folder)
    if not found:
        yield Finding(
            "rights", Grade.GOOD, "只有本用户能读取档案文件。", "Only you can read the profile's files."
        )
        return
    names = ", ".join(file.name for file in found)
    yield Finding(
        "rights",
        Grade.BAD,
        f"这台电脑的其他用户能读取 {len(found)} 个档案文件（{names}）。请选择「收回文件权限」。",
        f"Other users of this computer can read {len(found)} of the profile's files ({names}). Choose 'Take "
        "back access'.",
        "rights",
        figures={"files": len(found)},
    )


def disk_findings(folder: Path) -> Iterator[Finding]:
    """Look how much room is left on the profile's disk."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield of_fault("disk", Grade.BAD, file_fault(error, folder))
        return
    megabytes = free // MEGABYTE
    if free >= LITTLE_ROOM:
        gigabytes = megabytes // 1_024
        told = f"磁盘还有 {gigabytes} GB。", f"The disk has {gigabytes} GB free."
        yield Finding("disk", Grade.GOOD, *told, figures={"free_megabytes": megabytes})
        return
    yield Finding(
        "disk",
        Grade.BAD if free < NO_ROOM else Grade.NOTE,
        f"磁盘只剩 {megabytes} MB；满了就不能保存，重建还需要与数据库同样大的空间。请腾出空间。",
        f"The disk has only {megabytes} MB left; once full, nothing can be saved, and a rebuild needs as "
        "much again as the database. Make room.",
        "folder",
        figures={"free_megabytes": megabytes},
    )
