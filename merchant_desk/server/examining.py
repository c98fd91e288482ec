"""The doctor's examination of a server's data: one snapshot, nothing written, also while a server runs."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from sqlalchemy import Connection, func, select, text

from merchant_desk.domain.wording import counted
from merchant_desk.models.encrypted import integrity
from merchant_desk.models.server_tables import WITHOUT_END, counters, device_heads, feed, operations
from merchant_desk.models.totals import SUM_NAMES
from merchant_desk.server.backup import AutomaticBackups, EmbeddedSource
from merchant_desk.server.balances import wrong_totals
from merchant_desk.server.certificates import CERTIFICATE_FILE
from merchant_desk.server.chains import examine_chains
from merchant_desk.server.services import Services
from merchant_desk.sync.administration import BackupHealth
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.sync.server_health import backup_finding
from merchant_desk.sync.vault_record import VaultRecord

LOW_SPACE = 512 << 20
AHEAD = 300 * 1_000_000
"""Microseconds that something filed may lie in our future before the clock is doubted."""

RENEW = timedelta(days=30)
RESTORE_ZH = "请停止服务器，由备份恢复（merchant-desk restore），工作台会补送之后的工作。"
RESTORE_EN = "Stop the server and restore a backup (merchant-desk restore); desks send again what came after."


def examine_server(services: Services, folder: Path) -> list[Finding]:
    """Examine everything; reads the whole database once.

    Args:
        services: of a server, or beside one.
        folder: the server's: certificate and, without PostgreSQL, the database lie there.

    Raises:
        Fault: the database's faults.
    """
    found = [_versions(services), *_file(services)]
    with services.database.read_beside() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        found += [_totals(connection), _feed(connection), _orphans(connection), _chains(connection)]
        found += [_waiting(connection), _clock(connection, services.edge.clock())]
    return [
        *found,
        backup_finding(backup_of(services)),
        *_certificate(folder, services.edge.clock()),
        _disk(folder),
    ]


def backup_of(services: Services) -> BackupHealth | None:
    """Return how old the automatic copies beside an embedded database are; None for PostgreSQL."""
    database = services.database
    if database.path is None or database.key is None:
        return None
    # Only the names of the copies are read: what the vault is called does not matter to them.
    source = EmbeddedSource(database.path, database.key, VaultRecord.of("", database.key))
    return AutomaticBackups(source, services.edge).health()


def _told(subject: str, wrong: int, good: tuple[str, str], bad: tuple[str, str]) -> Finding:
    """Say what is well, or what is not and that a backup helps."""
    if not wrong:
        return Finding(subject, Grade.GOOD, *good)
    zh, en = f"{bad[0]}{RESTORE_ZH}", f"{bad[1]} {RESTORE_EN}"
    return Finding(subject, Grade.BAD, zh, en, figures={"wrong": wrong})


def _versions(services: Services) -> Finding:
    schema, epoch = services.state.schema, services.epoch
    return Finding(
        "schema",
        Grade.GOOD,
        f"数据表版本 {schema} 与程序相符；epoch 为 {epoch}。",
        f"The tables' version {schema} is the program's; the epoch is {epoch}.",
        figures={"schema": schema},
    )


def _file(services: Services) -> Iterator[Finding]:
    """Read the embedded database through; PostgreSQL looks after its own pages."""
    if services.database.path is None:
        return
    problems = len(integrity(services.database.reader))
    yield _told(
        "database",
        problems,
        ("数据库文件完好。", "The database's file is sound."),
        (
            f"数据库文件有 {problems} 处损坏。",
            f"The database's file is damaged in {counted(problems, 'place')}.",
        ),
    )


def _totals(connection: Connection) -> Finding:
    wrong = sum(wrong_totals(connection, table) for table in SUM_NAMES)
    return _told(
        "totals",
        wrong,
        ("库存与合计等于明细之和。", "Balances and totals equal what their rows add up to."),
        (f"{wrong} 个合计与明细不符。", f"Totals that are not what their rows add up to: {wrong}."),
    )


def _feed(connection: Connection) -> Finding:
    """Above the floor, where compaction takes nothing, every number has its row, up to the counter's."""
    here = feed.c.merchant_id == counters.c.merchant_id
    above = here & (feed.c.seq > counters.c.floor)
    query = select(
        counters.c.seq,
        counters.c.floor,
        select(func.count()).select_from(feed).where(above).correlate(counters).scalar_subquery(),
        select(func.max(feed.c.seq)).where(here).correlate(counters).scalar_subquery(),
    )
    rows = connection.execute(query).all()
    wrong = sum(number != seq - floor or (last or 0) > seq for seq, floor, number, last in rows)
    return _told(
        "feed",
        wrong,
        ("数据流编号连续，没有缺口。", "The feed has no holes."),
        (f"{wrong} 家商户的数据流有缺口。", f"The feed of {counted(wrong, 'merchant')} has holes."),
    )


def _orphans(connection: Connection) -> Finding:
    same = (operations.c.merchant_id == feed.c.merchant_id) & (operations.c.op_id == feed.c.op_id)
    rows = (
        select(func.count()).select_from(feed.outerjoin(operations, same)).where(operations.c.op_id.is_(None))
    )
    ends = (
        select(func.count())
        .select_from(operations.join(counters, counters.c.merchant_id == operations.c.merchant_id))
        .where(operations.c.last_seq > counters.c.seq)
    )
    wrong = (connection.scalar(rows) or 0) + (connection.scalar(ends) or 0)
    return _told(
        "outcomes",
        wrong,
        (
            "每行数据流都有其操作，每个结果都在数据流之内。",
            "Every feed row has its operation, every outcome its rows.",
        ),
        (
            f"{wrong} 行数据流或结果找不到对应的操作。",
            f"{counted(wrong, 'feed row')} or outcomes belong to nothing.",
        ),
    )


def _chains(connection: Connection) -> Finding:
    found = examine_chains(connection)
    return _told(
        "chains",
        found.broken,
        (
            f"{found.whole} 台设备的签名链完整；{found.partly} 台有操作记在以前的登记名下，无法整条核对。",
            f"Chains that hold: {found.whole}; of desks enrolled again, in part: {found.partly}.",
        ),
        (
            f"{found.broken} 台设备的签名链断裂。",
            f"The chains of {counted(found.broken, 'device')} are broken.",
        ),
    )


def _waiting(connection: Connection) -> Finding:
    number = connection.scalar(select(func.count()).select_from(operations).where(text(WITHOUT_END))) or 0
    return Finding(
        "waiting",
        Grade.NOTE if number else Grade.GOOD,
        f"{number} 个操作暂缓或搁置，见各工作台的同步中心。" if number else "没有操作在等待。",
        f"Held or parked: {counted(number, 'operation')}; see the desks' Sync centre."
        if number
        else "No operation waits.",
        figures={"waiting": number},
    )


def _clock(connection: Connection, now: int) -> Finding:
    last = connection.scalar(select(func.max(device_heads.c.last_contact))) or 0
    ahead = (last - now) // 1_000_000
    if last - now > AHEAD:
        return Finding(
            "clock",
            Grade.BAD,
            f"服务器时钟比最近一次联系时慢 {ahead} 秒：请校准时钟。没有数据因此丢失。",
            f"The clock is {ahead} s behind the last contact that was filed: set it. No data are lost by it.",
            figures={"seconds": ahead},
        )
    return Finding("clock", Grade.GOOD, "服务器时钟没有倒退。", "The server's clock has not gone back.")


def _certificate(folder: Path, now: int) -> Iterator[Finding]:
    """Say when our own certificate ends; none is there without TLS, or where the operator brings one."""
    file = folder / CERTIFICATE_FILE
    if not file.exists():
        return
    end = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    left = end - datetime.fromtimestamp(now / 1_000_000, UTC)
    day = end.date().isoformat()
    grade = Grade.NOTE if left < RENEW else Grade.GOOD
    yield Finding(
        "certificate",
        grade,
        f"证书有效至 {day}；已登记的工作台固定了它，到期后仍可连接。",
        f"The certificate ends on {day}; desks that have pinned it go on after that.",
        figures={"days": left.days},
    )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    megabytes = free >> 20
    low = free < LOW_SPACE
    return Finding(
        "disk",
        Grade.BAD if low else Grade.GOOD,
        f"磁盘剩余 {megabytes} MB{'，请腾出空间' if low else ''}。",
        f"Free on the disk: {megabytes} MB{'; make room' if low else ''}.",
        figures={"free_mb": megabytes},
    )
