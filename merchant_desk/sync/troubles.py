"""What stands between a desk and its server that trying again does not cure, in words."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from sqlalchemy import Engine

from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.server_faults import DeskRetired, DeskUnknown, ServerBehind


class Stuck(msgspec.Struct, frozen=True):
    """Why the server takes nothing from this desk until it is enrolled again; kept in `desk_state`.

    `reason` is the server's word (`forked`, `reused_id`, `bad_chain`, `device_retired`), `device_seq` where
    it said so.
    """

    reason: str
    device_seq: int

    @property
    def is_for_good(self) -> bool:
        """Whether it is vain to push: a retired desk asks each time, as one that ended may send still."""
        return self.reason != RETIRED


@dataclass(eq=False)
class WorksOffline(Fault):
    """A person wants no exchange, and another one asked for it; `waiting` operations stay here."""

    waiting: int
    zh: ClassVar[str] = "正在离线工作（有人在同步中心选择的），没有同步；{waiting} 项留在本机。请先恢复联网。"
    en: ClassVar[str] = (
        "This desk works offline, as somebody chose in the Sync centre: nothing was synced, {waiting} to "
        "send stay here. Go online first."
    )


STUCK = "stuck"
"""The name of a `Stuck` in `desk_state`."""

FROM_COPY = "from_copy"
"""The reason of a desk whose work was read from a safety copy; and in `desk_state`: that it was."""

RETIRED = "device_retired"
"""The server's word for a desk that is one no more."""


class MustEnrolAgain(Fault):
    """The server takes nothing more from this desk under its present identity; its work waits here."""

    zh: ClassVar[str] = (
        "服务器不再接受本机以现有身份发送的工作。工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The server takes nothing more from this computer under its present identity. Work is saved here; "
        "enrol again with a new code, and it will be sent."
    )


@dataclass(eq=False)
class ForkedDesk(MustEnrolAgain):
    """The server has operations of this desk that are not in its database: it is an old copy, or a clone."""

    zh: ClassVar[str] = (
        "本机数据是一份旧拷贝，或被复制到了另一台电脑：服务器已收到用同一身份做的其他操作。"
        "工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "This computer's data are an old copy, or were copied to another computer: the server has had other "
        "work under the same identity. Work is saved here; enrol again with a new code, and it will be sent."
    )


@dataclass(eq=False)
class ChainRefused(MustEnrolAgain):
    """The server cannot follow this desk's signed chain of operations."""

    zh: ClassVar[str] = (
        "服务器无法核实本机操作的签名（数据可能被改动或磁盘出过错）。"
        "工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The server cannot verify the signatures of this computer's work (data may have been changed, or the "
        "disk failed). Work is saved here; enrol again with a new code, and it will be sent."
    )


@dataclass(eq=False)
class ReusedId(MustEnrolAgain):
    """The server has another operation under an id that this desk minted."""

    zh: ClassVar[str] = (
        "服务器上已有编号相同但内容不同的操作（本机可能由系统镜像复制而来）。"
        "工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The server has different work under the same number (this computer may be a clone of another). "
        "Work is saved here; enrol again with a new code, and it will be sent."
    )


@dataclass(eq=False)
class ReadFromCopy(MustEnrolAgain):
    """The work here was read from another computer's safety copy and has no identity of its own yet."""

    zh: ClassVar[str] = (
        "这里的工作取自另一台电脑的安全副本，还没有登记。请用同一门店的新登记代码登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The work here was read from another computer's safety copy and is not enrolled yet. Enrol with a "
        "new code of the same outlet, and it will be sent."
    )


def cured_by_enrolment(fault: Fault | None) -> bool:
    """Tell whether enrolling this desk again, with a new code, is what gets it going."""
    return isinstance(fault, MustEnrolAgain | DeskUnknown | CertificateChanged)


def needs_a_person(fault: Fault | None) -> bool:
    """Tell whether nothing is sent until somebody acts: trying again by itself does not cure it."""
    return cured_by_enrolment(fault) or isinstance(fault, ServerBehind)


_FAULTS: dict[str, type[MustEnrolAgain]] = {
    "forked": ForkedDesk,
    "reused_id": ReusedId,
    FROM_COPY: ReadFromCopy,
}


def fault_of(stuck: Stuck) -> MustEnrolAgain | DeskRetired:
    """Return in words why a desk is stuck."""
    if stuck.reason == RETIRED:
        return DeskRetired(401, stuck.reason, "{}")
    return _FAULTS.get(stuck.reason, ChainRefused)()


def note_retired(writer: Engine) -> None:
    """Keep that this desk was retired, on the writer's thread: it is known without a line too."""
    with writer.begin() as connection:
        if read_value(connection, STUCK, Stuck) is None:
            write_value(connection.connection.cursor(), STUCK, Stuck(RETIRED, 0))


@dataclass(eq=False)
class OtherMerchant(Fault):
    """The code is good, but leads to another merchant or outlet than the one whose work is kept here."""

    zh: ClassVar[str] = (
        "这个登记代码属于另一家商户或另一门店，本机保存的工作不能送到那里。请向原门店索取代码。"
    )
    en: ClassVar[str] = (
        "This code belongs to another merchant or outlet; the work kept on this computer cannot go there. "
        "Ask for a code of its own outlet."
    )


@dataclass(eq=False)
class TableRepaired(Fault):
    """Rows here differed from the server's, and were fetched again. Pending work was not touched."""

    tables: str
    rows: int
    zh: ClassVar[str] = (
        "本机有 {rows} 行数据（{tables}）与服务器不一致，已重新获取；未发送的工作没有受影响。"
        "如果再次出现，请运行 merchant-desk doctor。"
    )
    en: ClassVar[str] = (
        "{rows:row|rows} on this computer ({tables}) differed from the server's and were fetched again; "
        "unsent "
        "work was not touched. If it happens again, run merchant-desk doctor."
    )


@dataclass(eq=False)
class TotalsRecounted(Fault):
    """Totals here were not what their rows add up to, and were counted again."""

    totals: int
    zh: ClassVar[str] = (
        "本机有 {totals} 个合计（库存余额等）与流水不符，已按流水重新计算。"
        "如果再次出现，请运行 merchant-desk doctor。"
    )
    en: ClassVar[str] = (
        "{totals:total|totals} on this computer (balances of stock and the like) did not add up to their "
        "rows, and were counted again. If it happens again, run merchant-desk doctor."
    )


@dataclass(eq=False)
class NotCompared(Fault):
    """New data kept coming while this desk was compared with the server: nothing can be said."""

    zh: ClassVar[str] = "核对时一直有新数据到达，没有核对成。合计已重新计算；请稍后再核对一次。"
    en: ClassVar[str] = (
        "New data kept arriving, so this desk could not be compared with the server. Totals were counted; "
        "check again in a moment."
    )


@dataclass(eq=False)
class TablesDiffer(Fault):
    """Rows still differ after they were fetched again: the server's own sums may be wrong."""

    tables: str
    zh: ClassVar[str] = (
        "重新获取后，数据（{tables}）仍与服务器的核对值不一致。工作可以继续；请通知管理员检查服务器。"
    )
    en: ClassVar[str] = (
        "Even after they were fetched again, rows ({tables}) do not match the server's check sums. Work can "
        "go on; tell whoever looks after the server."
    )


@dataclass(eq=False)
class ExchangeBroke(Fault):
    """A mistake of ours, not of the line: it is logged, and tried again like anything else."""

    error: str
    zh: ClassVar[str] = "同步时出了意料之外的问题，已记入日志，会自动重试。工作照常保存在本机。"
    en: ClassVar[str] = (
        "Something unexpected went wrong while syncing; it was logged and is tried again by itself. Work is "
        "saved on this computer."
    )
