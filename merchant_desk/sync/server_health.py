"""The doctor's examination of a desk's server: whether it answers, knows this desk, and is copied."""

from collections.abc import Iterator

from merchant_desk.domain.wording import counted
from merchant_desk.models.faults import Corrupted, Fault
from merchant_desk.sync.administration import BACKUP_AHEAD, BackupHealth
from merchant_desk.sync.findings import Finding, Grade, of_fault
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.server_faults import PROBLEM_NAMES
from merchant_desk.sync.transport import ServerApi
from merchant_desk.sync.troubles import ForkedDesk, cured_by_enrolment

BACKUP_TOLD = 48 * 3_600
"""Seconds: a copy older than this means that a night's was missed."""


def server_findings(runtime: DeskRuntime, api: ServerApi) -> Iterator[Finding]:
    """Ask the server how this desk stands to it."""
    position = runtime.engine.position
    cursor = position.cursor
    try:
        answer = api.check()
        same = position.epoch in (None, answer.epoch) and cursor <= answer.seq
        if same and api.feed(cursor, 1).device_head > position.device_seq:
            raise ForkedDesk
    except Fault as fault:
        cured = cured_by_enrolment(fault)
        yield of_fault("server", Grade.BAD if cured else Grade.NOTE, fault, "enrol" if cured else "")
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
            f"本机游标 {cursor} 超过服务器 {answer.seq}：服务器数据回退过。"
            "请先联系管理员，再选择「由服务器重建」。",
            f"This desk's cursor {cursor} is beyond the server's {answer.seq}: the server went back in time. "
            "Ask a manager, then choose 'Rebuild from the server'.",
            "rebuild",
            figures={"ahead": cursor - answer.seq},
        )
    else:
        behind = answer.seq - cursor
        yield Finding(
            "server",
            Grade.GOOD,
            f"服务器可达，尚有 {behind} 行未取。",
            f"The server answers; still to be pulled: {counted(behind, 'row')}.",
            figures={"behind": behind},
        )


def backup_findings(api: ServerApi) -> Iterator[Finding]:
    """Ask the server how old its copies are."""
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
            Grade.BAD if kept.trouble == Corrupted.code else Grade.NOTE,
            f"服务器还没有做过自动备份{trouble_zh}；每夜三点后进行。",
            f"The server has not made an automatic copy yet{trouble_en}; it does so after three at night.",
            code=kept.trouble,
        )
    hours = kept.age_seconds // 3_600
    if kept.age_seconds > BACKUP_TOLD or kept.trouble == Corrupted.code:
        return Finding(
            "backup",
            Grade.BAD,
            f"服务器最近一次备份是 {hours} 小时前{trouble_zh}。请通知管理员。",
            f"The server's last copy is {hours} hours old{trouble_en}. Tell whoever looks after it.",
            code=kept.trouble,
            figures={"hours": hours},
        )
    return Finding(
        "backup",
        Grade.NOTE if kept.trouble else Grade.GOOD,
        f"服务器最近一次备份是 {hours} 小时前{trouble_zh}。",
        f"The server's last copy is {hours} hours old{trouble_en}.",
        code=kept.trouble,
        figures={"hours": hours},
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
