"""Freeing a profile that a hung program of ours holds: asked to close, then ended, never another's program.

A lock goes with its holder, so none is ever left behind by a dead process; but a window that hangs keeps it.
Ending it is safe at any moment: what was told saved is on the disk.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from merchant_desk.models.faults import AlreadyOpen, Fault, file_fault
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.sync.findings import Steps

ASKED_SECONDS = 10.0
"""How long a program that was asked to close may take."""

ENDED_SECONDS = 5.0
POLL_SECONDS = 0.05
PROGRAM, PACKAGE = "merchant-desk", "merchant_desk"


@dataclass(eq=False)
class HolderNotEnded(Fault):
    """Who holds the profile is not known to be a program of ours, or could not be ended; it goes on."""

    folder: Path
    pid: int
    zh: ClassVar[str] = (
        "档案 {folder} 被进程 {pid} 占用，不能确定它是本程序，没有结束它。请自己关闭那个程序，"
        "或重新启动电脑。"
    )
    en: ClassVar[str] = (
        "The profile {folder} is held by process {pid}. It is not certain that this is our program, so it "
        "was not "
        "ended. Close it yourself, or restart the computer."
    )


def free_lock(folder: Path, steps: Steps) -> bool:
    """Free a profile; returns whether a program had to be ended for that.

    Raises:
        HolderNotEnded: its holder is not ours, is this process, cannot be ended, or `steps` was cancelled.
        Fault: the folder cannot be used.
    """
    held = _held(folder)
    if held is None:
        return False
    if held.pid == os.getpid() or not _is_ours(held.pid):
        raise HolderNotEnded(folder, held.pid)
    for how, seconds in ((signal.SIGTERM, ASKED_SECONDS), (_BY_FORCE, ENDED_SECONDS)):
        if steps.cancelled or not _is_ours(held.pid):
            break
        with suppress(ProcessLookupError, PermissionError):
            os.kill(held.pid, how)
        if _is_freed(folder, seconds, steps):
            return True
    if _held(folder) is None:
        return True
    raise HolderNotEnded(folder, held.pid)


_BY_FORCE = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


def _held(folder: Path) -> AlreadyOpen | None:
    try:
        ProfileLock(folder).release()
    except AlreadyOpen as held:
        return held
    except OSError as error:
        raise file_fault(error, folder) from error
    return None


def _is_freed(folder: Path, seconds: float, steps: Steps) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not steps.cancelled:
        if _held(folder) is None:
            return True
        time.sleep(POLL_SECONDS)
    return False


def _is_ours(pid: int) -> bool:
    """Tell whether a process is surely one of ours, by what runs in it; only Linux tells.

    A path among its arguments says nothing: whatever copies or reads the folder of a profile names that.
    """
    try:
        told = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    words = [os.fsdecode(word) for word in told.split(b"\0")]
    runs = {Path(word).stem for word in words[:2]}
    modules = {words[at + 1].partition(".")[0] for at, word in enumerate(words[1:-1], 1) if word == "-m"}
    return pid > 0 and (PROGRAM in runs or PACKAGE in modules)
