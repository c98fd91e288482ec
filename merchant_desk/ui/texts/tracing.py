"""Texts of one operation's trace."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "sync.trace": ("追踪这一项", "Trace it"),
    "trace.note": ("从扫描到每台已有它的工作台", "From the scan to every desk that has it"),
    "trace.seen": ("知道了", "Close"),
    "trace.copy": ("复制编号", "Copy the id"),
    "trace.copied": ("已复制操作编号", "The operation's id was copied"),
    "trace.id": ("编号", "Id"),
    "trace.person": ("人员", "Person"),
    "trace.scanned": ("扫描时间", "Scanned"),
    "trace.desk_time": ("本机时钟", "Desk's clock"),
    "trace.time": ("校正时间", "Corrected time"),
    "trace.device_seq": ("本机序号", "Number at its desk"),
    "trace.status": ("状态", "Status"),
    "trace.asking": ("正在询问服务器…", "Asking the server…"),
    "trace.not_asked": ("服务器", "Server"),
    "trace.unknown": ("还没有收到", "has not received it yet"),
    "trace.received": ("服务器收到", "Received by the server"),
    "trace.settled": ("得到结果", "Settled"),
    "trace.feed": ("服务器序号", "Server's numbers"),
    "trace.tasks": ("产生的待办", "Tasks raised"),
    "trace.has": ("已拿到", "has it"),
    "trace.has_not": ("还没有拿到（{span}没有联系）", "does not have it yet (silent for {span})"),
}
