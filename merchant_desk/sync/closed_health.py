"""The doctor's examination of a desk that does not open: all that can be seen without its database.

What was met is said first; then files, key, papers, safety copy, server and clock, room and rights; and how
it goes on from here.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from merchant_desk.models.faults import (
    AlreadyOpen,
    Corrupted,
    DatabaseMissing,
    Fault,
    NotADatabase,
    WrongKey,
    file_fault,
)
from merchant_desk.models.migrate import NewerDatabase
from merchant_desk.sync.findings import Finding, Grade, NoSteps, Steps, of_fault
from merchant_desk.sync.health import NotExamined, clock_finding, recovery_finding
from merchant_desk.sync.key_copies import DATABASE
from merchant_desk.sync.key_faults import (
    KeyMissing,
    KeyringUnavailable,
    PassphraseNotGiven,
    VaultDamaged,
    WrongPassphrase,
)
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.own_server import is_founded_here, own_server_findings
from merchant_desk.sync.profile import DatabaseLost
from merchant_desk.sync.profile_health import MEGABYTE, disk_findings, rights_findings
from merchant_desk.sync.recovery import NothingToRestore, RecoveryRecord, read_recovery
from merchant_desk.sync.safety_copy_folder import copies_in
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.transport import HttpFetch, ServerApi
from merchant_desk.sync.vault_record import VAULT_FILE, read_record

log = structlog.get_logger()

KEYRING_SECONDS = 10.0
"""So long a keyring may take: somebody may have to answer its prompt, but everything else waits for it."""

LOST_KEY = (KeyringUnavailable, KeyMissing, VaultDamaged, WrongPassphrase, PassphraseNotGiven, WrongKey)
"""Faults of a profile whose key cannot be had; its paper or its server may give it back."""

DAMAGED = (Corrupted, NotADatabase, DatabaseMissing, DatabaseLost, WrongKey)
"""Faults of the file itself. The vault proves its key first: a wrong one is a damaged beginning, or another's
file, wherever the paper does not help."""

MICRO = 1_000_000


@dataclass(frozen=True)
class Closed:
    """A desk that does not open, by its folder, and why. Without `ask` its server is not asked."""

    folder: Path
    fault: Fault
    ask: bool = True
    keyring: SystemKeyring = field(default_factory=lambda: SystemKeyring(timeout_s=KEYRING_SECONDS))

    @property
    def record(self) -> RecoveryRecord | None:
        """What the desk keeps for its recovery; None where that cannot be read."""
        try:
            return read_recovery(self.folder)
        except NothingToRestore:
            return None

    @property
    def is_damaged(self) -> bool:
        """Whether the database itself is what does not open, and its server's data do not lie here too."""
        return isinstance(self.fault, DAMAGED) and not is_founded_here(self.folder)


def examine_closed(closed: Closed, steps: Steps | None = None) -> list[Finding]:
    """Examine what can be examined; one examination that fails does not end the others. Reads only."""
    steps = steps or NoSteps()
    fault = closed.fault
    found = [of_fault("desk", Grade.BAD, fault, "lock" if isinstance(fault, AlreadyOpen) else "")]
    for done, (subject, examination) in enumerate(EXAMINATIONS.items()):
        if steps.cancelled:
            break
        steps.report(done, len(EXAMINATIONS))
        try:
            found += examination(closed)
        except (Fault, OSError) as met:
            told = met if isinstance(met, Fault) else file_fault(met, closed.folder)
            found.append(of_fault(subject, Grade.NOTE, told))
        except Exception as error:  # noqa: BLE001 - a mistake in one must not end the others
            log.error("not_examined", task=subject, **mistake(error))
            found.append(of_fault(subject, Grade.NOTE, NotExamined(type(error).__name__)))
    return found


WAYS: Mapping[str, tuple[str, str]] = {
    "open_elsewhere": (
        "不需要恢复：请用那个窗口，或关闭它；它不应答时选择「释放被占用的档案」。",
        (
            "Nothing has to be restored: use that window or close it; if it does not answer, choose 'Free "
            "the profile'."
        ),
    ),
    "lost_key": (
        (
            "数据没有丢失：用恢复密钥纸，或由主管向服务器要回密钥"
            "（打开窗口会问，或运行 merchant-desk recover）。"
        ),
        (
            "Nothing is lost: the recovery paper or, for a manager, the server gives the key back (the "
            "window asks, or run merchant-desk recover)."
        ),
    ),
    "newer": (
        "请安装更新的版本再打开。不要恢复旧数据，也不要重新登记。",
        "Install the newer version and open it again. Restore nothing older, and do not enrol anew.",
    ),
    "with_server": (
        "这里还有本店服务器的数据：先复制整个文件夹，不要移动它，再带支持包求助。",
        (
            "The shop's server has its data here too: copy the whole folder, do not move it, and ask for "
            "help with a support bundle."
        ),
    ),
    "copy": (
        (
            "把这个文件夹放到一边（不要删除），再从 {copy} 的安全副本接着做："
            "窗口里选「放到一边，重新开始」，或运行 merchant-desk recover --copy。副本之后的几分钟会丢失。"
        ),
        (
            "Put this folder aside (do not delete it) and go on from the safety copy in {copy}: choose 'Put "
            "it aside and begin anew' in the window, or run merchant-desk recover --copy. What was done "
            "after the copy, minutes at most, is lost."
        ),
    ),
    "no_copy": (
        (
            "把这个文件夹放到一边（不要删除），再用新代码登记：窗口里选「放到一边，重新开始」，"
            "或运行 merchant-desk enrol。已送达的自动取来；没送出的工作若还在，只在旧文件夹里：没有安全副本。"
        ),
        (
            "Put this folder aside (do not delete it) and enrol by a new code: choose 'Put it aside and "
            "begin anew' in the window, or run merchant-desk enrol. What was sent comes by itself; what was "
            "not is in the old folder, if anywhere: there is no safety copy."
        ),
    ),
    "mend_first": (
        "数据没有改变。先解决上面说的问题，再打开。",
        "No data were changed. Mend what is said above, then open it again.",
    ),
}
"""How it goes on, by what was met."""


def way_out(closed: Closed, copy: str) -> str:
    """Return which of `WAYS` leads on; `copy` is the folder of the safety copy, or nothing."""
    fault = closed.fault
    if isinstance(fault, AlreadyOpen):
        return "open_elsewhere"
    if isinstance(fault, NewerDatabase):
        return "newer"
    if closed.is_damaged:
        return "copy" if copy else "no_copy"
    if isinstance(fault, LOST_KEY) and not isinstance(fault, WrongKey):
        return "lost_key"
    return "with_server" if isinstance(fault, DAMAGED) else "mend_first"


def _way(closed: Closed) -> Iterator[Finding]:
    """Say how it goes on: what to do first, and what is lost by it."""
    copy = closed.record.copy_folder if closed.record is not None else ""
    zh, en = WAYS[way_out(closed, copy)]
    repair = "lock" if isinstance(closed.fault, AlreadyOpen) else ""
    yield Finding("restore", Grade.NOTE, zh.format(copy=copy), en.format(copy=copy), repair)


def _files(closed: Closed) -> Iterator[Finding]:
    missing = [name for name in (DATABASE, VAULT_FILE) if not (closed.folder / name).is_file()]
    path = closed.folder / DATABASE
    if missing or not path.stat().st_size:
        names = ", ".join(missing) or DATABASE
        yield Finding(
            "files",
            Grade.BAD,
            f"{closed.folder} 里缺少 {names}，或它是空的。若文件夹被移动或清理过，请放回原来的文件。",
            f"{names} is missing in {closed.folder}, or empty. If the folder was moved or tidied up, put the "
            "files back.",
            "folder",
            figures={"missing": len(missing)},
        )
        return
    size = path.stat().st_size // MEGABYTE
    hours = int(max(0.0, time.time() - path.stat().st_mtime)) // 3_600
    yield Finding(
        "files",
        Grade.GOOD,
        f"数据库文件在（{size} MB，{hours} 小时前写过），密钥记录也在。",
        f"The database's file is there ({size} MB, written {hours} h ago), and so is its key's record.",
        figures={"megabytes": size, "hours": hours},
    )


def _keyring(closed: Closed) -> Iterator[Finding]:
    record = read_record(closed.folder)
    if record is None or not record.keyring:
        return
    if closed.keyring.read(record.profile_id) is None:
        yield Finding(
            "keyring",
            Grade.BAD,
            "系统密钥环有应答，但没有这个档案的密钥。",
            "The system's keyring answers, but does not hold this profile's key.",
        )
        return
    yield Finding(
        "keyring",
        Grade.GOOD,
        "系统密钥环有应答，并有这个档案的密钥。",
        "The system's keyring answers, and holds this profile's key.",
    )


def _recovery(closed: Closed) -> Iterator[Finding]:
    record = read_record(closed.folder)
    if record is None or not record.demo:
        yield recovery_finding(closed.folder)


def _copy(closed: Closed) -> Iterator[Finding]:
    """Say where the safety copy is and how old, as far as it can be read without its key."""
    record = closed.record
    if record is None or not record.copy_folder:
        yield Finding(
            "copy", Grade.NOTE, "不知道有安全副本的文件夹。", "No folder with a safety copy is known."
        )
        return
    folder, home = Path(record.copy_folder), record.home
    own = [one for one in copies_in(folder) if home is None or one.header.device_id == home.device_id]
    if not own:
        yield Finding(
            "copy",
            Grade.BAD,
            f"{folder} 里没有本机的安全副本。是不是另一只 U 盘？",
            f"There is no safety copy of this desk in {folder}. Is it another stick?",
        )
        return
    minutes = int(max(0, time.time_ns() // 1_000 - own[0].header.written_at)) // (60 * MICRO)
    yield Finding(
        "copy",
        Grade.GOOD,
        f"{folder} 里有安全副本，写于 {minutes} 分钟前。",
        f"There is a safety copy in {folder}, {minutes} minutes old.",
        figures={"age_seconds": minutes * 60},
    )


def _server(closed: Closed) -> Iterator[Finding]:
    """Ask the server who it is, which anybody may, and compare clocks."""
    home = closed.record.home if closed.record is not None else None
    if home is None or not closed.ask:
        yield clock_finding(None)
        return
    fetch = HttpFetch(home.server_url, bytes.fromhex(home.fingerprint) if home.fingerprint else None)
    try:
        answer = ServerApi(fetch, "").version()
    except Fault as fault:
        yield of_fault("server", Grade.NOTE, fault)
        yield clock_finding(None)
        return
    finally:
        fetch.close()
    yield Finding("server", Grade.GOOD, "服务器有应答。", "The server answers.")
    yield clock_finding(answer.server_time - time.time_ns() // 1_000)


EXAMINATIONS: Mapping[str, Callable[[Closed], Iterator[Finding]]] = {
    "restore": _way,
    "files": _files,
    "keyring": _keyring,
    "recovery": _recovery,
    "copy": _copy,
    "server": _server,
    "own_server": lambda closed: own_server_findings(closed.folder),
    "rights": lambda closed: rights_findings(closed.folder) if closed.folder.is_dir() else iter(()),
    "disk": lambda closed: disk_findings(closed.folder if closed.folder.is_dir() else closed.folder.parent),
}
"""What is examined at a desk that does not open, in this order."""
