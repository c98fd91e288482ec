"""A support bundle: what somebody who helps needs to know of a desk, and nothing of its people or its trade.

It is made of numbers, names of ours (events, codes, tables, settings) and versions; no text that anybody
typed or that came from outside is put in, so that nothing has to be found and taken out again. Whoever saves
it sees all of it first.
"""

import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.setting_kinds import Choice
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.models.desk_tables import metadata
from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.private_files import open_private, sync_folder
from merchant_desk.support import machine
from merchant_desk.support.log_files import LogLine, WantedLines, latest, log_files
from merchant_desk.sync.desk_state import read_value
from merchant_desk.sync.findings import Finding, NoSteps, Steps
from merchant_desk.sync.key_copies import DATABASE
from merchant_desk.sync.troubles import STUCK, Stuck

TAIL_LINES = 2_000
"""Of each log: some days of a desk's."""

OTHERS = "other"
"""Stands for what is no name of ours."""

PERSONS = frozenset({"person", "by"})
"""Facts of log lines that are ids of persons: nobody who helps needs them."""

STATES = frozenset({"pending", "held", "parked", "applied", "refused"})
REASONS = frozenset({"forked", "reused_id", "bad_chain", "device_retired"})
_CODE = re.compile(r"[a-z][a-z_]{0,60}")
_FONT = re.compile(r"[\w .+-]{1,60}")

ABOUT = """\
商户台支持包 / Merchant Desk support bundle

里面只有数字、版本号和程序自己的名称；没有姓名、电话、地址、价格、商品编码、密钥、口令或文件路径。
In here are numbers, versions and the program's own names; no names of people, no telephone numbers,
addresses, prices, codes of goods, keys, passwords or paths.

versions.json     程序与各库的版本 / versions of the program and its libraries
system.json       操作系统、处理器、内存、磁盘、字体 / system, processor, memory, disk, fonts
settings.json     与默认不同的设置 / settings that differ from the default
findings.json     医生的检查结果 / what the doctor found
database.json     各表行数、文件大小 / rows of each table, sizes of files
sync.json         发件箱与同步的状态（只有数字）/ outbox and sync, as numbers
performance.json  本机的快慢 / how quick this machine is
logs/             日志末尾 / the ends of the logs
"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was not saved yet: its files by name, as text."""

    parts: Mapping[str, str]

    def save(self, path: Path) -> int:
        """Write a ZIP file that only its owner may read, whole or not at all; returns its bytes.

        Raises:
            Fault: the disk is full, the folder cannot be written.
        """
        fresh = path.with_name(f"{path.name}.new")
        try:
            try:
                with open_private(fresh) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                    for name, text in self.parts.items():
                        packed.writestr(name, text)
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
            sync_folder(path.parent)
            return path.stat().st_size
        except OSError as error:
            raise file_fault(error, path) from error


def gather(
    folder: Path,
    desk: Desk | None,
    found: Iterable[Finding],
    fonts: Iterable[str] = (),
    steps: Steps | None = None,
) -> Bundle:
    """Return what a bundle of this desk is made of; nothing stays written on its disk.

    Args:
        folder: the profile's.
        desk: if it opens; without it database and sync are left out.
        found: by the doctor.
        fonts: what the window would write Chinese with.
        steps: hears how far it is; cancelled, the rest is left out.
    """
    steps = steps or NoSteps()
    parts: dict[str, str] = {"read-me.txt": ABOUT}
    makers = {
        "versions.json": machine.versions,
        "system.json": lambda: machine.system(folder) | {"fonts": _fonts(fonts)},
        "settings.json": lambda: differing(folder, desk),
        "findings.json": lambda: [_of_finding(one) for one in found],
        "database.json": lambda: _database(folder, desk),
        "sync.json": lambda: _sync(desk) if desk is not None else {},
        "performance.json": lambda: machine.performance(folder),
    }
    for done, (name, make) in enumerate(makers.items()):
        if steps.cancelled:
            return Bundle(parts)
        steps.report(done, len(makers) + 1)
        parts[name] = _json(_tried(make))
    for source, path in log_files(folder).items():
        parts[f"logs/{source}.jsonl"] = _tail(path)
    return Bundle(parts)


def _tried(make: Any) -> Any:
    """Return what is to be told; of what cannot be read, why."""
    try:
        return make()
    except Fault as fault:
        return {"fault": fault.code}
    except OSError as error:
        return {"fault": type(error).__name__}


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _code(said: str) -> str:
    return said if _CODE.fullmatch(said) else ""


def _fonts(fonts: Iterable[str]) -> list[str]:
    return [one for one in fonts if _FONT.fullmatch(one)]


def differing(folder: Path, desk: Desk | None = None) -> dict[str, Any]:
    """Return the settings that differ from their defaults; of a text that was typed, only that it does."""
    decisions: Decisions = (
        desk.settings.standing().decisions if desk is not None else LocalSettings(folder).decisions
    )
    told: dict[str, Any] = {}
    for key, setting in KNOWN.items():
        value = decisions.value(setting)
        if value == setting.default:
            continue
        plain = isinstance(value, bool | int) or isinstance(setting.kind, Choice)
        told[key] = value if plain else True
    return told


def _of_finding(finding: Finding) -> dict[str, Any]:
    return {
        "subject": finding.subject,
        "grade": str(finding.grade),
        "repair": finding.repair,
        "code": _code(finding.code),
        "figures": {name: int(number) for name, number in finding.figures.items()},
    }


def _database(folder: Path, desk: Desk | None) -> dict[str, Any]:
    files = {name: folder / f"{DATABASE}{suffix}" for name, suffix in (("database", ""), ("log", "-wal"))}
    told: dict[str, Any] = {
        f"{name}_bytes": path.stat().st_size for name, path in files.items() if path.is_file()
    }
    if desk is None:
        return told
    with desk.read() as connection, connection.begin():
        for pragma in ("page_count", "freelist_count", "user_version"):
            told[pragma] = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
        told["indexes"] = _number(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'index'")
        told["rows"] = {
            name: _number(connection, f"SELECT count(*) FROM {name}")  # noqa: S608 - a declared name
            for name in metadata.tables
        }
    return told


def _sync(desk: Desk) -> dict[str, Any]:
    runtime = desk.runtime
    runtime.refresh_status()
    status, position, now = runtime.status, runtime.engine.position, runtime.clock()
    with runtime.read() as connection, connection.begin():
        states = _counted(connection, "status", STATES)
        kinds = _counted(connection, "kind", frozenset(KINDS))
        stuck = read_value(connection, STUCK, Stuck)
    reason = "" if stuck is None else stuck.reason if stuck.reason in REASONS else OTHERS
    return {
        "link": str(status.link),
        "outbox": states,
        "kinds": kinds,
        "waiting": status.waiting,
        "oldest_seconds": _ago(status.oldest, now),
        "contact_seconds": _ago(status.last_contact, now),
        "tasks": status.tasks,
        "cursor": position.cursor,
        "device_seq": position.device_seq,
        "behind_microseconds": status.behind,
        "clock_bound_microseconds": runtime.engine.clock_state.bound,
        "other_desks": len(status.others),
        "fault": status.fault.code if status.fault is not None else "",
        "alarm": status.alarm.code if status.alarm is not None else "",
        "stuck": reason,
        "demo": status.demo,
        "rebuilding": status.rebuilding,
    }


def _counted(connection: Connection, column: str, known: frozenset[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    sql = f"SELECT {column}, count(*) FROM outbox GROUP BY {column}"  # noqa: S608 - a declared name
    for name, count in connection.exec_driver_sql(sql):
        counts[str(name) if name in known else OTHERS] += count
    return dict(counts)


def _number(connection: Connection, sql: str) -> int:
    return int(connection.exec_driver_sql(sql).scalar() or 0)


def _ago(at: int | None, now: int) -> int | None:
    return (now - at) // 1_000_000 if at else None


def _tail(path: Path) -> str:
    found = latest(path, WantedLines(), TAIL_LINES)
    return "".join(f"{json.dumps(_of_line(line), ensure_ascii=False)}\n" for line in found.lines)


def _of_line(line: LogLine) -> dict[str, Any]:
    facts = {name: value for name, value in line.facts if name not in PERSONS}
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(line.time / 1_000_000)) if line.time else ""
    return {"time": at, "level": line.level, "event": line.event, **facts}
