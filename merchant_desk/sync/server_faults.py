"""What can be wrong with the server or the line to it, in words; and the trade's "no" that came over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault

PROBLEM_NAMES: Mapping[object, tuple[str, str]] = {
    "disk_full": (
        "服务器磁盘已满，请通知管理员腾出空间",
        "its disk is full; tell whoever looks after it to make room",
    ),
    "metrics_closed": (
        "读取运行指标需要令牌",
        "reading its measures needs their token",
    ),
    "read_only_database": (
        "服务器的数据库是只读的，请通知管理员",
        "its database is read-only; tell whoever looks after it",
    ),
    "corrupted": (
        "服务器的数据库已损坏，请通知管理员从备份恢复",
        "its database is damaged; tell whoever looks after it to restore a backup",
    ),
    "storage_failed": (
        "服务器的磁盘出错，请通知管理员",
        "its disk fails; tell whoever looks after it",
    ),
    "database_missing": (
        "服务器的数据库不见了，请通知管理员",
        "its database is gone; tell whoever looks after it",
    ),
    "not_a_database": (
        "服务器的数据库文件不是数据库，请通知管理员从备份恢复",
        "its database file is no database; tell whoever looks after it to restore a backup",
    ),
    "wrong_key": (
        "服务器的密钥与数据库不符，请通知管理员",
        "its key does not fit its database; tell whoever looks after it",
    ),
    "not_encrypted": (
        "服务器的数据库没有加密，请通知管理员",
        "its database is not encrypted; tell whoever looks after it",
    ),
    "file_unusable": (
        "服务器读写不了自己的文件，请通知管理员",
        "it cannot read or write its own files; tell whoever looks after it",
    ),
    "database_unreachable": (
        "服务器连不上它的数据库，请通知管理员",
        "it cannot reach its database; tell whoever looks after it",
    ),
    "database_busy": ("服务器正忙", "it is busy"),
    "server_busy": ("服务器正忙", "it is busy"),
    "server_failed": ("服务器程序出错，请通知管理员查看日志", "its program failed; its log says why"),
    "unavailable": ("服务器正在启动或维护", "it is starting or being maintained"),
    "too_many_requests": ("请求过于频繁，请稍后再试", "too many requests; try again in a moment"),
    "body_too_large": ("内容太大", "it is too large"),
    "body_unreadable": ("内容无法读取", "it cannot be read"),
    "unreadable_request": ("内容无法读取", "it cannot be read"),
    "bad_parameter": ("参数超出范围", "a parameter is out of range"),
    "bad_choice": ("参数无法识别", "a parameter is none of what it may be"),
    "no_such_path": ("服务器没有这项功能", "it has no such function"),
    "no_such_method": ("服务器没有这项功能", "it has no such function"),
    "session_needed": ("请先登录", "sign in first"),
}
"""What the problems are called that are about server and request, not about the trade."""


@dataclass(eq=False)
class Unreachable(Fault):
    """Nobody answered: no network, no server, or a line that died. Trying again later is right."""

    reason: str
    detail: str
    zh: ClassVar[str] = "连不上服务器（{reason}）。工作照常保存在本机，联网后自动发送。"
    en: ClassVar[str] = (
        "The server cannot be reached ({reason}). Work is saved on this computer and sent later."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        "no_answer": ("没有应答", "no answer"),
        "timeout": ("应答超时", "no answer in time"),
        "interrupted": ("连接中断", "the connection broke"),
        "empty_answer": ("应答是空的", "an empty answer"),
        "courier_died": ("本机网络进程已结束，正在重新启动", "its helper process ended and is started again"),
        "courier_broke": ("本机网络进程出错", "its helper process failed"),
    }


@dataclass(eq=False)
class CertificateNotTrusted(Unreachable):
    """The server's public certificate fails the ordinary checks; `detail` is what they say."""

    zh: ClassVar[str] = (
        "本机不信任服务器的证书（{detail}）。没有发送任何数据；工作照常保存在本机。"
        "请先核对本机的日期和时间；若都对，请让管理员检查服务器证书。"
    )
    en: ClassVar[str] = (
        "This computer does not trust the server's certificate ({detail}). Nothing was sent; work is saved "
        "here. Check this computer's date and time first; if they are right, let whoever looks after the "
        "server check its certificate."
    )


@dataclass(eq=False)
class NotOurServer(Fault):
    """Somebody answered who is no Merchant Desk server: a captive portal, most often."""

    media: str
    zh: ClassVar[str] = "应答的不是商户台服务器（{media}）：网络可能要求先在浏览器登录。工作照常保存在本机。"
    en: ClassVar[str] = (
        "What answered is not a Merchant Desk server ({media}): the network may want a sign-in in a browser "
        "first. Work is saved on this computer."
    )


@dataclass(eq=False)
class ServerProblem(Fault):
    """The server answered with a named problem, which trying again does not cure."""

    status: int
    problem: str
    details: str
    zh: ClassVar[str] = (
        "服务器不接受这项请求（{status}：{problem}）。工作照常保存在本机；两边程序版本可能不一致，"
        "请升级后重试，或联系管理员。"
    )
    en: ClassVar[str] = (
        "The server does not take this request ({status}: {problem}). Work is saved on this computer; the "
        "versions may differ: upgrade and try again, or tell whoever looks after the server."
    )
    names: ClassVar[Mapping[object, tuple[str, str]]] = PROBLEM_NAMES

    @property
    def passing(self) -> bool:
        """Tell whether the same request may succeed later."""
        return self.status >= 500 or self.status in (408, 425, 429)

    @property
    def about_content(self) -> bool:
        """Tell whether the server could not read what was sent: a part of it may pass."""
        return self.status in (400, 413, 422)

    @property
    def refusal(self) -> Refusal | None:
        """Return the trade's "no" that this is, with its facts; None where it is none."""
        if self.passing or type(self) is not ServerProblem or self.problem in PROBLEM_NAMES:
            return None
        try:
            facts = msgspec.json.decode(self.details, type=dict[str, Any])
        except msgspec.DecodeError:
            facts = {}
        return Refusal(self.problem, **facts)


class ServerTrouble(ServerProblem):
    """The server cannot do it at the moment: its disk, its database, too much at once."""

    zh: ClassVar[str] = "服务器暂时无法处理（{problem}）。工作照常保存在本机，会自动重试。"
    en: ClassVar[str] = (
        "The server cannot do it at the moment ({problem}). Work is saved on this computer and sent again by "
        "itself."
    )


class DeskUnknown(ServerProblem):
    """The server does not take this desk's token (any more)."""

    zh: ClassVar[str] = (
        "服务器不再认识这台工作台（登记已失效）。工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The server does not know this desk any more: its enrolment has ended. Work is saved on this "
        "computer; enrol it again with a new code, and what was not sent will be."
    )


class DeskRetired(DeskUnknown):
    """This desk was retired: somebody with the right said that it is one no more."""

    zh: ClassVar[str] = (
        "这台工作台已被停用，服务器不再给它任何数据，也不再收（自己停用或随门店关闭的，发生过的事仍会自动送出）。"
        "工作照常保存在本机；"
        "如果不该停用，请用新的登记代码重新登记，之后会以新身份补发。"
    )
    en: ClassVar[str] = (
        "This desk was retired: the server sends it nothing, and takes nothing from it unless it retired "
        "itself, or with its outlet: then what happened is still sent by itself. Work is saved on this "
        "computer; if it should go on, enrol it again with a new code, and what was not sent will be."
    )


class DeskBehind(ServerProblem):
    """The server serves newer programs only."""

    zh: ClassVar[str] = "本机程序太旧，服务器不再支持。请升级；未发送的工作都在本机，升级后自动发送。"
    en: ClassVar[str] = (
        "This computer's program is too old for the server. Upgrade it; unsent work is kept here and sent "
        "then."
    )


class ServerBehind(ServerProblem):
    """The server's program is older than this one: the desk waits."""

    zh: ClassVar[str] = "服务器程序比本机旧。工作照常保存在本机，服务器升级后会自动发送。"
    en: ClassVar[str] = (
        "The server's program is older than this one. Work is saved on this computer and sent by itself once "
        "the server is upgraded."
    )


class CursorTooOld(ServerProblem):
    """The server's feed begins after this desk's cursor: the desk must build its rows anew."""

    zh: ClassVar[str] = "本机数据太旧，正在从服务器重新获取全部数据；未发送的工作会保留。"
    en: ClassVar[str] = (
        "This computer's data are too old; everything is fetched again from the server. Unsent work is kept."
    )


PROBLEMS: dict[str, type[ServerProblem]] = {
    "not_enrolled": DeskUnknown,
    "device_retired": DeskRetired,
    "desk_too_old": DeskBehind,
    "server_too_old": ServerBehind,
    "cursor_too_old": CursorTooOld,
}
"""Named problems that mean something to a desk as a whole."""
