"""The doctor's examination of a desk: what it looks at, what it found, and what to do about it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from merchant_desk.models.encrypted import integrity
from merchant_desk.models.faults import Corrupted, Fault
from merchant_desk.sync.administration import BACKUP_AHEAD, BackupHealth
from merchant_desk.sync.desk_state import read_value
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.recovery import NothingToRestore, read_recovery
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.server_faults import PROBLEM_NAMES
from merchant_desk.sync.signing import GENESIS, chain_hash
from merchant_desk.sync.transport import ServerApi
from merchant_desk.sync.troubles import STUCK, ForkedDesk, Stuck, cured_by_enrolment, fault_of

DRIFT_TOLD = 60_000_000
"""A clock further off than this (microseconds) is told about: labels and printed times would be wrong."""


BACKUP_TOLD = 48 * 3_600
"""Seconds: a copy older than this means that a night's was missed."""


class Grade(StrEnum):
    """How a finding weighs."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: a grade, what was seen, and what to do, in both languages."""

    subject: str
    grade: Grade
    zh: str
    en: str


def examine(runtime: DeskRuntime, api: ServerApi | None = None) -> list[Finding]:
    """Examine an open desk; with `api`, its server too. Reads only; damage ends one examination, not all."""
    found: list[Finding] = []
    for subject, examination in EXAMINATIONS.items():
        try:
            found += examination(runtime)
        except Fault as fault:
            found.append(Finding(subject, Grade.BAD, fault.sentence("zh_CN"), fault.sentence("en")))
    if api is not None:
        found += _server(runtime, api)
        found += _backup(api)
    return found


def check_again(runtime: DeskRuntime) -> list[Finding]:
    """Count totals again, compare all rows with the server's, mend what differs, and say what it was."""
    try:
        alarm = runtime.check_again().alarm
    except Fault as fault:
        return [Finding("check", Grade.NOTE, fault.sentence("zh_CN"), fault.sentence("en"))]
    if alarm is None:
        return [
            Finding(
                "check",
                Grade.GOOD,
                "核对完毕：合计与流水一致，数据与服务器一致。",
                "Checked: totals equal their rows, rows equal the server's.",
            )
        ]
    return [Finding("check", Grade.NOTE, alarm.sentence("zh_CN"), alarm.sentence("en"))]


def _database(runtime: DeskRuntime) -> Iterator[Finding]:
    problems = integrity(runtime.profile.reader)
    if problems:
        yield Finding(
            "database",
            Grade.BAD,
            f"数据库有 {len(problems)} 处损坏：{problems[0]}。请停止使用，先复制整个文件夹，"
            "再用新的登记代码在新文件夹中重新登记；已同步的数据都在服务器上。",
            f"The database is damaged in {len(problems)} places: {problems[0]}. Stop using it, copy the "
            "folder first, then enrol in a new one with a new code; what was synced is on the server.",
        )
    else:
        yield Finding("database", Grade.GOOD, "数据库完整。", "The database is sound.")


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
            f"{wrong} 个库存余额与流水不符。请在同步中心选择「重新核对」，"
            "或运行 merchant-desk doctor --check-again。",
            f"{wrong} balances differ from the ledger. Choose “Check again” in the sync centre, or run "
            "merchant-desk doctor --check-again.",
        )
    else:
        yield Finding("ledger", Grade.GOOD, "库存余额与流水一致。", "Balances equal the ledger.")


def _outbox(runtime: DeskRuntime) -> Iterator[Finding]:
    waiting = runtime.status.waiting
    oldest = runtime.status.oldest or runtime.clock()
    hours = max(runtime.clock() - oldest, 0) // 3_600_000_000
    zh = f"{waiting} 项操作尚未送达服务器，最早 {hours} 小时前，均已存盘。" if waiting else ""
    en = f"Not at the server yet: {waiting} (the oldest for {hours} h); all saved. " if waiting else ""
    with runtime.read() as connection, connection.begin():
        stuck = read_value(connection, STUCK, Stuck)
    if stuck is not None:
        fault = fault_of(stuck)
        yield Finding("outbox", Grade.BAD, zh + fault.sentence("zh_CN"), en + fault.sentence("en"))
    elif waiting:
        yield Finding(
            "outbox",
            Grade.NOTE,
            f"{zh}联网且服务器接受后自动送达。",
            f"{en}They are sent by themselves as soon as there is a network and the server takes them.",
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
        header = decode_header(row.header)
        chain = chain_hash(chain, row.header)
        if row.device_seq != last + 1 or header.device_seq != row.device_seq or chain != bytes(row.chain):
            return int(row.device_seq)
        last = row.device_seq
    return None


def _clock(runtime: DeskRuntime) -> Iterator[Finding]:
    behind = runtime.engine.clock_state.behind
    if not runtime.engine.clock_state.measured_at:
        yield Finding("clock", Grade.NOTE, "时钟尚未与服务器比对。", "The clock was never compared yet.")
    elif abs(behind) > DRIFT_TOLD:
        way_zh, way_en = ("慢", "slow") if behind > 0 else ("快", "fast")
        seconds = abs(behind) // 1_000_000
        yield Finding(
            "clock",
            Grade.NOTE,
            f"本机时钟{way_zh} {seconds} 秒。不影响业务次序；请校准系统时间。",
            f"This clock is {seconds} seconds {way_en}. The order of work is not affected; set the clock.",
        )
    else:
        yield Finding("clock", Grade.GOOD, "时钟准确。", "The clock is right.")


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
    try:
        numbers = ", ".join(read_recovery(runtime.profile.folder).numbers)
    except NothingToRestore:
        numbers = ""
    if numbers:
        yield Finding(
            "recovery",
            Grade.GOOD,
            f"密钥丢失时可用编号 {numbers} 的恢复密钥找回。",
            f"If the key is lost, the recovery paper {numbers} gives it back.",
        )
    else:
        yield Finding(
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
    "clock": _clock,
    "protection": _protection,
}
"""What is examined at a desk, in this order."""


def _server(runtime: DeskRuntime, api: ServerApi) -> Iterator[Finding]:
    position = runtime.engine.position
    cursor = position.cursor
    try:
        answer = api.check()
        same = position.epoch in (None, answer.epoch) and cursor <= answer.seq
        if same and api.feed(cursor, 1).device_head > position.device_seq:
            raise ForkedDesk
    except Fault as fault:
        grade = Grade.BAD if cured_by_enrolment(fault) else Grade.NOTE
        yield Finding("server", grade, fault.sentence("zh_CN"), fault.sentence("en"))
        return
    if position.epoch not in (None, answer.epoch):
        yield Finding(
            "server",
            Grade.NOTE,
            "服务器由备份恢复过；下次同步会重新核对全部数据。",
            "The server was restored from a backup; the next sync checks all data again.",
        )
    elif cursor > answer.seq:
        yield Finding(
            "server",
            Grade.BAD,
            f"本机游标 {cursor} 超过服务器 {answer.seq}：服务器数据回退过。请联系管理员。",
            f"This desk's cursor {cursor} is beyond the server's {answer.seq}: the server went back in time. "
            "Ask a manager.",
        )
    else:
        behind = answer.seq - cursor
        yield Finding(
            "server",
            Grade.GOOD,
            f"服务器可达，尚有 {behind} 行未取。",
            f"The server answers; {behind} rows are still to be pulled.",
        )


def _backup(api: ServerApi) -> Iterator[Finding]:
    try:
        kept = api.health().backup
    except Fault:
        return  # the server's own finding says that it cannot be asked
    yield backup_finding(kept)


def backup_finding(kept: BackupHealth | None) -> Finding:
    """Say how old the server's last automatic copy is; one of two nights ago or more was missed."""
    if kept is None:
        return Finding(
            "backup",
            Grade.NOTE,
            "服务器使用 PostgreSQL，自己不做自动备份。请确认管理员另有备份。",
            "The server is on PostgreSQL and makes no copies by itself. See that somebody else does.",
        )
    trouble_zh, trouble_en = _backup_trouble(kept.trouble)
    if kept.age_seconds is None:
        return Finding(
            "backup",
            Grade.NOTE,
            f"服务器还没有做过自动备份{trouble_zh}；每夜三点后进行。",
            f"The server has not made an automatic copy yet{trouble_en}; it does so after three at night.",
        )
    hours = kept.age_seconds // 3_600
    if kept.age_seconds > BACKUP_TOLD or kept.trouble == Corrupted.code:
        return Finding(
            "backup",
            Grade.BAD,
            f"服务器最近一次备份是 {hours} 小时前{trouble_zh}。请通知管理员。",
            f"The server's last copy is {hours} hours old{trouble_en}. Tell whoever looks after it.",
        )
    return Finding(
        "backup",
        Grade.NOTE if kept.trouble else Grade.GOOD,
        f"服务器最近一次备份是 {hours} 小时前{trouble_zh}。",
        f"The server's last copy is {hours} hours old{trouble_en}.",
    )


def _backup_trouble(code: str) -> tuple[str, str]:
    """Return in brackets what is wrong with the copies."""
    if not code:
        return "", ""
    if code == BACKUP_AHEAD:
        return (
            "（有备份的日期在将来，请核对服务器时钟）",
            " (a copy is dated in the future: check the server's clock)",
        )
    zh, en = PROBLEM_NAMES.get(code, (code, code))
    return f"（上次失败：{zh}）", f" (the last try failed: {en})"


def _count(runtime: DeskRuntime, sql: str) -> int:
    with runtime.read() as connection, connection.begin():
        return int(connection.scalar(text(sql)) or 0)
