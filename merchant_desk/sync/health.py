"""The doctor's examination of a desk: what it looks at, what it found, and what to do about it.

The one place of these checks: the command line and the window show what is found here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec
import structlog
from sqlalchemy import Connection, text

from merchant_desk.domain.wording import lasting
from merchant_desk.models.encrypted import integrity
from merchant_desk.models.faults import Corrupted, Fault
from merchant_desk.sync.desk_state import read_value
from merchant_desk.sync.findings import Finding, Grade, NoSteps, Steps, of_fault
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.mending import only_indexes
from merchant_desk.sync.own_server import own_server_findings
from merchant_desk.sync.profile_health import disk_findings, draft_findings, rights_findings
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.recovery import NothingToRestore, read_recovery
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.safety_copy_health import copy_findings
from merchant_desk.sync.server_health import backup_findings, server_findings
from merchant_desk.sync.signing import GENESIS, chain_hash
from merchant_desk.sync.status import count_waiting
from merchant_desk.sync.transport import ServerApi
from merchant_desk.sync.troubles import STUCK, Stuck, fault_of

log = structlog.get_logger()

DRIFT_TOLD = 60_000_000
"""A clock further off than this (microseconds) is told about: labels and printed times would be wrong."""


@dataclass(eq=False)
class NotExamined(Fault):
    """A mistake of ours, not the desk's: it is logged, and the rest is examined all the same."""

    error: str
    zh: ClassVar[str] = "这一项没有检查成，已记入日志。请再检查一次；若总是如此，请发送支持包。"
    en: ClassVar[str] = (
        "This could not be examined; it was logged. Examine again; if it stays so, send a support bundle."
    )


def examine(runtime: DeskRuntime, api: ServerApi | None = None, steps: Steps | None = None) -> list[Finding]:
    """Examine an open desk; with `api`, its server too. Reads only; damage ends one examination, not all.

    `steps` hears of each examination that is done; cancelled there, what was found so far is returned.
    """
    steps = steps or NoSteps()
    found: list[Finding] = []
    total = len(EXAMINATIONS) + (3 if api is not None else 1)
    for done, (subject, examination) in enumerate(EXAMINATIONS.items()):
        if steps.cancelled:
            return found
        steps.report(done, total)
        try:
            found += examination(runtime)
        except Fault as fault:
            repair = "rebuild" if isinstance(fault, Corrupted) else ""
            found.append(of_fault(subject, Grade.BAD, fault, repair))
        except Exception as error:  # noqa: BLE001 - a mistake in one must not end the others
            log.error("not_examined", task=subject, **mistake(error))
            found.append(of_fault(subject, Grade.NOTE, NotExamined(type(error).__name__)))
    if steps.cancelled:
        return found
    steps.report(len(EXAMINATIONS), total)
    found += _clock(runtime, api)
    if api is not None:
        steps.report(total - 2, total)
        found += server_findings(runtime, api)
        steps.report(total - 1, total)
        found += backup_findings(api)
    return found


def check_again(runtime: DeskRuntime) -> list[Finding]:
    """Count totals again, compare all rows with the server's, mend what differs, and say what it was."""
    try:
        alarm = runtime.check_again().alarm
    except Fault as fault:
        return [of_fault("check", Grade.NOTE, fault, "compare")]
    if alarm is None:
        return [
            Finding(
                "check",
                Grade.GOOD,
                "核对完毕：合计与流水一致，数据与服务器一致。",
                "Checked: totals equal their rows, rows equal the server's.",
            )
        ]
    return [of_fault("check", Grade.NOTE, alarm, "compare")]


def _database(runtime: DeskRuntime) -> Iterator[Finding]:
    problems = integrity(runtime.profile.reader)
    if not problems:
        yield Finding("database", Grade.GOOD, "数据库完整。", "The database is sound.")
        return
    figures = {"problems": len(problems)}
    if only_indexes(problems):
        yield Finding(
            "database",
            Grade.BAD,
            f"数据库有 {len(problems)} 处索引与数据不符：{problems[0]}。数据本身完整，请选择「整理数据库」。",
            f"Indexes differ from the rows in {len(problems)} places: {problems[0]}. The rows themselves are "
            "sound: choose 'Put the database in order'.",
            "database",
            figures=figures,
        )
        return
    yield Finding(
        "database",
        Grade.BAD,
        f"数据库有 {len(problems)} 处损坏：{problems[0]}。请先复制整个文件夹，再选择「由服务器重建」；"
        "若不成功，用新的登记代码在新文件夹中重新登记：已同步的数据都在服务器上。",
        f"The database is damaged in {len(problems)} places: {problems[0]}. Copy the folder first, then "
        "choose 'Rebuild from the server'. If that fails, enrol in a new folder with a new code: what was "
        "synced is "
        "on the server.",
        "rebuild",
        figures=figures,
    )


WRONG_BALANCES = (
    "SELECT count(*) FROM (SELECT stock_key, sum(quantity) AS total FROM ledger GROUP BY stock_key) l"
    " LEFT JOIN stock_balances b ON b.id = l.stock_key WHERE coalesce(b.on_hand, 0) <> l.total"
)


def _balances(runtime: DeskRuntime) -> Iterator[Finding]:
    wrong = _count(runtime, WRONG_BALANCES)
    if wrong:
        yield Finding(
            "ledger",
            Grade.BAD,
            f"{wrong} 个库存余额与流水不符。请选择「重算合计」；流水没有问题，不会丢失任何内容。",
            f"{wrong} balances differ from the ledger. Choose 'Count totals again': the ledger itself is "
            "sound, nothing is lost.",
            "recount",
            figures={"balances": wrong},
        )
    else:
        yield Finding("ledger", Grade.GOOD, "库存余额与流水一致。", "Balances equal the ledger.")


def _outbox(runtime: DeskRuntime) -> Iterator[Finding]:
    with runtime.read() as connection, connection.begin():
        waiting, first = count_waiting(connection)
    oldest = first or runtime.clock()
    hours = max(runtime.clock() - oldest, 0) // 3_600_000_000
    zh = f"{waiting} 项操作尚未送达服务器，最早 {hours} 小时前，均已存盘。" if waiting else ""
    figures = {"waiting": waiting, "oldest_hours": hours if waiting else 0}
    en = f"Not at the server yet: {waiting} (the oldest for {hours} h); all saved. " if waiting else ""
    with runtime.read() as connection, connection.begin():
        stuck = read_value(connection, STUCK, Stuck)
    if stuck is not None:
        fault = fault_of(stuck)
        told = (zh + fault.sentence("zh_CN"), en + fault.sentence("en"))
        yield Finding("outbox", Grade.BAD, *told, "enrol", fault.code, figures)
    elif waiting:
        yield Finding(
            "outbox",
            Grade.NOTE,
            f"{zh}联网且服务器接受后自动送达。",
            f"{en}They are sent by themselves as soon as there is a network and the server takes them.",
            figures=figures,
        )
    else:
        yield Finding("outbox", Grade.GOOD, "没有待发送的操作。", "Nothing waits to be sent.")


def _chain(runtime: DeskRuntime) -> Iterator[Finding]:
    with runtime.read() as connection, connection.begin():
        broken = broken_at(connection)
    if broken is None:
        yield Finding("chain", Grade.GOOD, "操作链完整。", "The chain of operations is whole.")
    else:
        yield Finding(
            "chain",
            Grade.BAD,
            f"操作链在第 {broken} 号处断开：数据被改动或磁盘出错。请联系管理员重新登记本机。",
            f"The chain of operations breaks at number {broken}: data were changed or the disk failed. "
            "Ask a manager to enrol this desk again.",
            "enrol",
            figures={"broken_at": broken},
        )


def broken_at(connection: Connection) -> int | None:
    """Return the number of the first operation that does not follow the one before, or None.

    Numbers below 1 are those of a device that this desk was before it was enrolled again.
    """
    query = text("SELECT device_seq, header, chain FROM outbox WHERE device_seq > 0 ORDER BY device_seq")
    last, chain = 0, GENESIS
    for row in connection.execute(query):
        if last == 0 and row.device_seq > 1:
            last, chain = row.device_seq, bytes(row.chain)
            continue
        try:
            header = decode_header(row.header)
        except msgspec.DecodeError:
            return int(row.device_seq)
        chain = chain_hash(chain, row.header)
        if row.device_seq != last + 1 or header.device_seq != row.device_seq or chain != bytes(row.chain):
            return int(row.device_seq)
        last = row.device_seq
    return None


def _clock(runtime: DeskRuntime, api: ServerApi | None) -> Iterator[Finding]:
    """Compare this clock with the server's now, if it answers; else say what the last contact told."""
    if api is not None:
        with suppress(Fault):  # the server's own finding says that it does not answer
            asked = runtime.clock()
            told = api.version().server_time
            yield clock_finding(told - (asked + runtime.clock()) // 2)
            return
    state = runtime.engine.clock_state
    yield clock_finding(state.behind if state.measured_at else None, now=False)


def clock_finding(behind: int | None, *, now: bool = True) -> Finding:
    """Say how far this clock is behind the server's (microseconds; None: it was not compared).

    Not `now`: as it was at the last contact.
    """
    if behind is None:
        return Finding("clock", Grade.NOTE, "时钟尚未与服务器比对。", "The clock was never compared yet.")
    last_zh, last_en = ("", "") if now else ("上次联系服务器时，", "At the last contact with the server, ")
    if abs(behind) > DRIFT_TOLD:
        way_zh, way_en = ("慢", "slow") if behind > 0 else ("快", "fast")
        seconds = abs(behind) // 1_000_000
        long_zh, long_en = lasting(seconds)
        this = "this clock was" if last_en else "This clock is"
        return Finding(
            "clock",
            Grade.NOTE,
            f"{last_zh}本机时钟{way_zh} {long_zh}。不影响业务次序；请校准系统时间。",
            f"{last_en}{this} {long_en} {way_en}. The order of work is not affected; set the clock.",
            figures={"behind_seconds": behind // 1_000_000},
        )
    said = f"{last_en}the clock was right." if last_en else "The clock is right."
    return Finding("clock", Grade.GOOD, f"{last_zh}时钟准确。", said)


def _protection(runtime: DeskRuntime) -> Iterator[Finding]:
    vault = runtime.profile.vault
    if not vault.protected:
        yield Finding(
            "protection",
            Grade.NOTE,
            "演示数据：密钥就在旁边，没有保护。不要录入真实数据。",
            "Demo: the key lies beside the data, nothing is protected. Do not enter real data.",
        )
        return
    yield Finding("protection", Grade.GOOD, "数据已加密。", "The data are encrypted.")
    yield recovery_finding(runtime.profile.folder)


def recovery_finding(folder: Path) -> Finding:
    """Say which papers open a profile."""
    try:
        numbers = ", ".join(read_recovery(folder).numbers)
    except NothingToRestore:
        numbers = ""
    if numbers:
        return Finding(
            "recovery",
            Grade.GOOD,
            f"密钥丢失时可用编号 {numbers} 的恢复密钥找回。",
            f"If the key is lost, the recovery paper {numbers} gives it back.",
        )
    return Finding(
        "recovery",
        Grade.NOTE,
        "没有恢复密钥。请用 merchant-desk key --recovery-sheet 写一张，打印后锁好。",
        "There is no recovery paper. Write one by merchant-desk key --recovery-sheet and lock it away.",
    )


EXAMINATIONS: Mapping[str, Callable[[DeskRuntime], Iterator[Finding]]] = {
    "database": _database,
    "ledger": _balances,
    "outbox": _outbox,
    "chain": _chain,
    "protection": _protection,
    "copy": copy_findings,
    "draft": lambda runtime: draft_findings(
        runtime.profile, rebuilding=runtime.status.rebuilding is not None
    ),
    "own_server": lambda runtime: own_server_findings(runtime.profile.folder),
    "rights": lambda runtime: rights_findings(runtime.profile.folder),
    "disk": lambda runtime: disk_findings(runtime.profile.folder),
}
"""What is examined at a desk, in this order."""


def _count(runtime: DeskRuntime, sql: str) -> int:
    with runtime.read() as connection, connection.begin():
        return int(connection.scalar(text(sql)) or 0)
