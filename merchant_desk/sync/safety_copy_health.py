"""The doctor's examination of the safety copy: it is read whole, and compared with what waits here."""

from collections.abc import Iterator
from pathlib import Path

from merchant_desk.domain.wording import counted
from merchant_desk.sync.desk_state import read_value
from merchant_desk.sync.findings import Finding, Grade, of_fault
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.safety_copies import PLACE, Place
from merchant_desk.sync.safety_copy_folder import ReadCopy, check_mark, desk_folder, read_copy
from merchant_desk.sync.safety_copy_reading import UNSENT
from merchant_desk.sync.safety_copy_state import CopyNotWritten

SUBJECT = "copy"


def copy_findings(runtime: DeskRuntime) -> Iterator[Finding]:
    """Say whether the copy holds what was not sent, and how old it is; reads all of it.

    Raises:
        Fault: the folder cannot be read.
    """
    if not runtime.profile.vault.protected:
        return
    with runtime.read() as connection, connection.begin():
        place = read_value(connection, PLACE, Place)
        sql = f"SELECT device_seq FROM outbox WHERE status IN {UNSENT}"  # noqa: S608 - names of ours
        waiting = set(connection.exec_driver_sql(sql).scalars())
    if place is None:
        yield Finding(
            SUBJECT,
            Grade.NOTE,
            "没有安全副本：没有发送的工作只存在这台电脑里。请在设置里指定一个文件夹，"
            "或运行 merchant-desk safety-copy --folder。",
            "There is no safety copy: unsent work is on this computer alone. Name a folder in the settings, "
            "or run merchant-desk safety-copy --folder.",
        )
        return
    folder, identity, profile = Path(place.folder), runtime.identity, runtime.profile
    try:
        check_mark(folder, place.mark_id)
    except CopyNotWritten as fault:
        yield of_fault(SUBJECT, Grade.BAD if waiting else Grade.NOTE, fault)
        return
    own = desk_folder(folder, identity.code, identity.device_id)
    copy = read_copy(own, profile.vault.key)
    if copy.damaged or not copy.parts:  # an open window may have begun it anew meanwhile
        copy = read_copy(own, profile.vault.key)
    yield _compared(folder, copy, waiting, runtime.clock())


def _compared(folder: Path, copy: ReadCopy, waiting: set[int], now: int) -> Finding:
    missing = len(waiting - {one.device_seq for part in copy.parts for one in part.operations})
    minutes = max(now - copy.written_at, 0) // 60_000_000
    figures = {"waiting": len(waiting), "missing": missing, "damaged": len(copy.damaged)}
    if copy.parts:
        figures["age_seconds"] = max(now - copy.written_at, 0) // 1_000_000
    if copy.damaged or not copy.parts:
        parts = ", ".join(copy.damaged) or "—"
        return Finding(
            SUBJECT,
            Grade.BAD if waiting else Grade.NOTE,
            f"{folder} 里的安全副本不完整（文件 {parts}）。下次打开窗口会重写；"
            "若再次出现，请换一只 U 盘或磁盘。",
            f"The safety copy in {folder} is not whole (parts {parts}). It is written anew when the window "
            "is opened; if it happens again, use another stick or disk.",
            figures=figures,
        )
    if missing:
        return Finding(
            SUBJECT,
            Grade.NOTE,
            f"{folder} 里的安全副本写于 {minutes} 分钟前，缺 {missing} 项操作。打开窗口或运行 "
            "merchant-desk safety-copy 会补写。",
            f"The safety copy in {folder} is {counted(minutes, 'minute')} old and lacks "
            f"{counted(missing, 'operation')}. It is completed when the window is open, or by "
            "merchant-desk safety-copy.",
            figures=figures,
        )
    return Finding(
        SUBJECT,
        Grade.GOOD,
        f"{folder} 里的安全副本完好，写于 {minutes} 分钟前，没有发送的 {len(waiting)} 项操作都在其中。",
        f"The safety copy in {folder} is sound, {counted(minutes, 'minute')} old, and holds all that was "
        f"not sent: {len(waiting)}.",
        figures=figures,
    )
