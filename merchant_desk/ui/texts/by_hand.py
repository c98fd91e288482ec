"""Texts of sending by hand: work that goes into a file for a stick, and such a file handed in."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "sync.carry_out": ("写到 U 盘…", "Write to a stick…"),
    "sync.carry_in": ("收下 U 盘文件…", "Deliver a file…"),
    "carry.out.title": ("把未发送的工作写到 U 盘", "Write unsent work to a stick"),
    "carry.out.note": (
        "文件已签名并加密，只有本商户的服务器打得开。在任何一台联网的工作台收下即可；本机照常工作，以后不会重复。",
        (
            "The file is signed and sealed; only the merchant's server opens it. Any desk with a line "
            "delivers it. This desk works on, and nothing is done twice when it is online again."
        ),
    ),
    "carry.out.place": ("写到哪个文件夹", "To which folder"),
    "carry.out.hint": ("例如 U 盘；文件名含本机编号和时间", "A stick, say; desk and time name the file"),
    "carry.out.missing": ("没有这个文件夹；U 盘插好了吗？", "There is no such folder; is the stick in?"),
    "carry.out.go": ("写入", "Write"),
    "carry.out.working": ("正在写 {name}…", "Writing {name}…"),
    "carry.out.stopped": ("已停止，没有留下文件", "Stopped; no file was left"),
    "carry.out.done": (
        "已写入 {n} 项（{size} KB）：{path}。请在联网的工作台的同步中心选「收下 U 盘文件」。",
        Plural(
            "{n} operation ({size} KB) written to {path}. Deliver it in the sync centre of an online desk.",
            "{n} operations ({size} KB) written to {path}. Deliver it in the sync centre of an online desk.",
        ),
    ),
    "carry.in.title": ("收下另一台工作台的文件", "Deliver another desk's file"),
    "carry.in.note": (
        "文件原样交给服务器，本机看不到里面的内容；重复交也不会重复生效。",
        "It goes to the server as it is; this desk sees nothing of it. Delivered twice, it counts once.",
    ),
    "carry.in.place": ("哪个文件", "Which file"),
    "carry.in.hint": ("U 盘上以 .mdcarry 结尾的文件", "The file on the stick that ends in .mdcarry"),
    "carry.in.kind": ("携带文件", "Carried files"),
    "carry.in.missing": ("没有这个文件；U 盘插好了吗？", "There is no such file; is the stick in?"),
    "carry.in.go": ("交给服务器", "Deliver"),
    "carry.in.working": ("正在交给服务器：{name}…", "Delivering {name}…"),
    "carry.in.stopped": (
        "已停止；已交的部分有效，可以再交一次",
        "Stopped; what went through counts, and it may be delivered again",
    ),
    "carry.in.done": (
        "工作台 {desk} 的 {n} 项已全部收下，其中新的 {new} 项",
        Plural(
            "{n} operation of desk {desk} was taken, {new} of them new",
            "All {n} operations of desk {desk} were taken, {new} of them new",
        ),
    ),
    "carry.in.done_some": (
        "工作台 {desk} 的 {n} 项已收下，新的 {new} 项；{refused} 项没有生效，那台工作台联网后会看到原因",
        Plural(
            "{n} operation of desk {desk} taken, {new} new; {refused} had no effect: that desk sees why "
            "once it is online",
            "{n} operations of desk {desk} taken, {new} new; {refused} had no effect: that desk sees why "
            "once it is online",
        ),
    ),
    "carry.so_far": ("{done} / {total} 项", "{done} of {total}"),
}
