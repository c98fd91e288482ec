"""The repairs that the doctor offers, each declared once: what it is called, what it costs, what it does.

Each may be asked for twice, in the middle of work, and be cut off at any moment: the desk is then as it was,
or mended. What costs time or data says so in `asks_zh` and `asks_en` before it begins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import structlog

from merchant_desk.desk import Desk
from merchant_desk.domain.wording import counted
from merchant_desk.models.faults import Fault
from merchant_desk.support.lock_holders import free_lock
from merchant_desk.sync.findings import Steps
from merchant_desk.sync.profile_health import MEGABYTE, close_to_others

log = structlog.get_logger()


@dataclass(eq=False)
class NoSuchRepair(Fault):
    """There is no repair of that name; `known` are those that there are."""

    name: str
    known: str
    zh: ClassVar[str] = "没有名为 {name} 的修复。可用的有：{known}。"
    en: ClassVar[str] = "There is no repair called {name}. There are: {known}."


@dataclass(eq=False)
class RepairNotConfirmed(Fault):
    """The repair costs something and was not confirmed; nothing was done."""

    name: str
    zh: ClassVar[str] = "没有执行 {name}：它需要确认（加 --yes）。什么都没有改变。"
    en: ClassVar[str] = "{name} was not done: it has to be confirmed (--yes). Nothing was changed."


@dataclass(eq=False)
class CodeNeeded(Fault):
    """To enrol again a new code is needed, which only a manager or the server can give."""

    zh: ClassVar[str] = "重新登记需要新的登记代码（--code）。请向管理员索取。什么都没有改变。"
    en: ClassVar[str] = (
        "To enrol again, a new enrolment code is needed (--code). Ask a manager. Nothing was changed."
    )


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did: `changed` says whether anything is different now, `well` whether all is well."""

    repair: str
    changed: bool
    well: bool
    zh: str
    en: str
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is repaired: a profile's folder, its desk if that is open, and a new code where one is needed."""

    folder: Path
    desk: Desk | None = None
    code: str = ""

    @property
    def open_desk(self) -> Desk:
        """The desk; only repairs of an open desk ask."""
        if self.desk is None:
            raise RuntimeError("this repair needs an open desk")
        return self.desk


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair: its name in both languages, what has to be agreed to first, and whether the desk is open."""

    name: str
    zh: str
    en: str
    run: Callable[[Patient, Steps], Mended]
    asks_zh: str = ""
    asks_en: str = ""
    needs_desk: bool = True

    @property
    def asks(self) -> bool:
        """Whether somebody has to agree first."""
        return bool(self.asks_zh)

    def title(self, language: str) -> str:
        """Return what it is called."""
        return self.zh if language.startswith("zh") else self.en

    def question(self, language: str) -> str:
        """Return what it costs."""
        return self.asks_zh if language.startswith("zh") else self.asks_en


def repair(name: str) -> Repair:
    """Return a repair by name.

    Raises:
        NoSuchRepair: there is none.
    """
    try:
        return REPAIRS[name]
    except KeyError:
        raise NoSuchRepair(name, ", ".join(REPAIRS)) from None


def mend(wanted: Repair, patient: Patient, steps: Steps) -> Mended:
    """Carry a repair out and say what it did; who calls has asked before.

    Raises:
        Fault: it could not be done; nothing is worse than before.
    """
    done = wanted.run(patient, steps)
    log.info("repaired", repair=wanted.name, count=sum(done.figures.values()))
    return done


def _recount(patient: Patient, _: Steps) -> Mended:
    totals = patient.open_desk.runtime.mending.recount()
    if not totals:
        return Mended(
            "recount",
            False,
            True,
            "合计都与流水一致，没有改动。",
            "All totals equal their rows; nothing changed.",
        )
    told = f"{totals} 个合计已按流水重算。", f"Counted again from their rows: {counted(totals, 'total')}."
    return Mended("recount", True, True, *told, {"totals": totals})


def _compare(patient: Patient, _: Steps) -> Mended:
    runtime = patient.open_desk.runtime
    alarm = runtime.check_again().alarm
    if alarm is None:
        told = "核对完毕：数据与服务器一致。", "Compared: the rows equal the server's."
        return Mended("compare", False, True, *told)
    return Mended("compare", True, False, alarm.sentence("zh_CN"), alarm.sentence("en"))


def _rebuild(patient: Patient, steps: Steps) -> Mended:
    runtime = patient.open_desk.runtime
    if not runtime.mending.rebuild(lambda: steps.cancelled):
        told = (
            "已停止重建，数据库没有变；再做一次会接着来。",
            "Stopped: the database is what it was; asked again, it goes on.",
        )
        return Mended("rebuild", False, False, *told)
    runtime.refresh_status()
    waiting = runtime.status.waiting
    return Mended(
        "rebuild",
        True,
        True,
        f"已由服务器重建；{waiting} 项未发送的操作都还在。",
        f"Rebuilt from the server; operations that wait to be sent are all here: {waiting}.",
        {"waiting": waiting},
    )


def _database(patient: Patient, _: Steps) -> Mended:
    before, after = patient.open_desk.runtime.mending.put_in_order()
    if not before:
        told = "日志已并入数据库，检查完好。", "The log was moved into the database; it is sound."
        return Mended("database", False, True, *told)
    figures = {"before": len(before), "after": len(after)}
    if not after:
        told = (
            f"已重建索引：{len(before)} 处问题都已消除。",
            f"Indexes were made again: {len(before)} problems are gone.",
        )
        return Mended("database", True, True, *told, figures)
    return Mended(
        "database",
        False,
        False,
        f"还有 {len(after)} 处损坏，不在索引里。请先复制整个文件夹，再选择「由服务器重建」。",
        f"{len(after)} places are damaged that are not in indexes. Copy the folder, then choose 'Rebuild "
        "from "
        "the server'.",
        figures,
    )


def _draft(patient: Patient, _: Steps) -> Mended:
    size = patient.open_desk.runtime.mending.clear_draft()
    if not size:
        return Mended("draft", False, True, "没有未完成的重建。", "There is no unfinished rebuild.")
    kept = max(1, size // MEGABYTE)
    told = f"已清除未完成的重建（{kept} MB）。", f"The unfinished rebuild was cleared ({kept} MB)."
    return Mended("draft", True, True, *told, {"megabytes": kept})


def _rights(patient: Patient, _: Steps) -> Mended:
    closed = close_to_others(patient.folder)
    if not closed:
        told = "文件权限没有问题。", "Access to the files is as it should be."
        return Mended("rights", False, True, *told)
    told = (
        f"{closed} 个文件现在只有本用户能读取。",
        f"Others could read {counted(closed, 'file')}; only you can now.",
    )
    return Mended("rights", True, True, *told, {"files": closed})


def _enrol(patient: Patient, _: Steps) -> Mended:
    if not patient.code:
        raise CodeNeeded
    status = patient.open_desk.enrol_again(patient.code)
    told = (
        f"已重新登记；{status.waiting} 项操作将以新身份发送。",
        f"Enrolled again; operations that will be sent under the new identity: {status.waiting}.",
    )
    return Mended("enrol", True, status.fault is None, *told, {"waiting": status.waiting})


def _lock(patient: Patient, steps: Steps) -> Mended:
    ended = free_lock(patient.folder, steps)
    if not ended:
        return Mended("lock", False, True, "档案没有被占用。", "Nobody holds the profile.")
    told = (
        "已结束占用档案的程序，现在可以打开。",
        "The program that held the profile was ended; it can be opened.",
    )
    return Mended("lock", True, True, *told, {"ended": 1})


def _folder(patient: Patient, _: Steps) -> Mended:
    return Mended(
        "folder", False, True, f"档案文件夹：{patient.folder}", f"The profile's folder: {patient.folder}"
    )


REPAIRS: Mapping[str, Repair] = {
    one.name: one
    for one in (
        Repair("recount", "重算合计", "Count totals again", _recount),
        Repair("compare", "与服务器核对", "Compare with the server", _compare),
        Repair(
            "rebuild",
            "由服务器重建",
            "Rebuild from the server",
            _rebuild,
            "会从服务器重新获取全部数据，可能要几分钟，需要与数据库同样大的磁盘空间。"
            "工作可以照常进行，未发送的操作会保留。开始吗？",
            "Every row is fetched from the server again. It can take some minutes and needs as much room on "
            "the "
            "disk as the database. Work goes on meanwhile, and unsent work stays. Begin?",
        ),
        Repair(
            "database",
            "整理数据库",
            "Put the database in order",
            _database,
            "会读遍整个数据库，必要时重建索引；其间扫描可能等几秒。不会删除任何数据。开始吗？",
            "The whole database is read, and indexes are made again where they are wrong; scans may wait "
            "some "
            "seconds meanwhile. No data are removed. Begin?",
        ),
        Repair(
            "draft",
            "清除未完成的重建",
            "Clear the unfinished rebuild",
            _draft,
            "已获取的部分会删除，下次重建从头开始。本机的数据和未发送的操作不受影响。清除吗？",
            "What was fetched is removed, and the next rebuild begins anew. This desk's data and unsent work "
            "are "
            "not touched. Clear it?",
        ),
        Repair("rights", "收回文件权限", "Take back access", _rights, needs_desk=False),
        Repair(
            "enrol",
            "重新登记",
            "Enrol again",
            _enrol,
            "本机会换用新身份，需要新的登记代码；未发送的操作会以新身份补发，原身份作废。继续吗？",
            "This desk takes on a new identity by a new enrolment code; unsent work is sent under it, and "
            "the old "
            "identity ends. Go on?",
        ),
        Repair(
            "lock",
            "释放被占用的档案",
            "Free the profile",
            _lock,
            "会结束占用档案的程序：先请它关闭，不理会才强行结束。已保存的都在；没有保存的输入会丢失。"
            "继续吗？",
            "The program that holds the profile is ended: it is asked to close, and ended by force if it "
            "does "
            "not. What was saved stays; what was typed and not saved is lost. Go on?",
            needs_desk=False,
        ),
        Repair("folder", "打开文件夹", "Open the folder", _folder, needs_desk=False),
    )
}
"""Every repair by its name, which is also what a finding names."""
