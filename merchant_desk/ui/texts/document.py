"""Texts of a document as it stands, and of its reversal."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "word.partly_reversed": ("部分冲销", "partly reversed"),
    "document.receipts": ("收货单", "Receipt"),
    "document.shipments": ("发货单", "Shipment"),
    "document.counts": ("盘点单", "Count"),
    "document.opened": ("{at} 打开 · {person}", "opened {at} · {person}"),
    "document.closed": ("{at} 完成", "finished {at}"),
    "document.column.moved": ("数量", "Quantity"),
    "document.column.counted": ("盘到", "Counted"),
    "document.column.variance": ("差异", "Variance"),
    "document.column.stands": ("状态", "State"),
    "document.stands": ("有效", "Stands"),
    "document.reversed": ("已冲销", "Reversed"),
    "document.reversed_by": ("{at} 由 {person} 冲销", "reversed {at} by {person}"),
    "document.reversed_since": (
        "{at} 由 {person} 冲销，库存从原单的 {since} 起冲回",
        "reversed {at} by {person}; in stock it counts from {since}, as the original did",
    ),
    "document.partly": ("部分冲销", "Partly reversed"),
    "document.reverse_line": ("冲销选中的行", "Reverse the chosen lines"),
    "document.reverse_all": ("冲销整张单据", "Reverse the whole document"),
    "document.reverse.note": (
        "原单保留，另记一笔相反的。需要「冲销」权限。",
        "The original stays; the opposite is recorded beside it. Needs the right to reverse.",
    ),
    "document.reverse.reason": ("原因", "Reason"),
    "document.reverse.reason_missing": ("请写明原因", "Please give a reason"),
    "document.reverse.done": (
        "{number} 已冲销 {n} 行",
        Plural("{n} line of {number} reversed", "{n} lines of {number} reversed"),
    ),
    "document.reverse.failed": ("{number} 没有冲销：{why}", "{number} was not reversed: {why}"),
    "document.reverse.not_yours": ("冲销需要店长的权限", "Reversing needs a manager's right"),
    "document.still_open": ("单据还在进行中，请用撤销。", "The document is still open; undo instead."),
    "document.hidden": ("盲盘：差异只给店长看", "Blind count: variances are for the manager"),
}
