"""Texts of the safety copy: in sync indicator, sync centre and settings, and when a desk goes on from one."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "copy.age": ("副本 {ago}", "copy {ago}"),
    "copy.failed": ("安全副本没有写成", "no safety copy"),
    "copy.line": ("安全副本写于 {at}（{ago}）：{folder}", "safety copy of {at} ({ago}) in {folder}"),
    "copy.line_first": ("安全副本正在写入 {folder}", "the safety copy is being written to {folder}"),
    "copy.title": ("安全副本", "Safety copy"),
    "copy.is_first": ("正在写入", "Being written"),
    "copy.is_failed": ("没有写成", "Not written"),
    "copy.is_none": ("没有", "None"),
    "copy.none_note": ("在「设置 · 这台工作台」里指定文件夹", "name a folder in Settings, This desk"),
    "copy.as_of": ("截至 {at}", "as of {at}"),
    "copy.holds": (
        "含 {n} 项待发送 · 截至 {at}",
        Plural("{n} unsent in it · as of {at}", "{n} unsent in it · as of {at}"),
    ),
    "copy.note": (
        (
            "没有发送的工作会加密后自动写一份到这里：每张单据结束时，最迟每 5 分钟。"
            "电脑坏了，凭恢复密钥或服务器就能接着做。请选 U 盘、另一块硬盘或另一台电脑的共享文件夹。"
        ),
        (
            "A second, encrypted copy of unsent work goes here by itself: when a document ends, and at the "
            "latest every 5 minutes. If this computer dies, the recovery paper or the server opens it. "
            "Choose a stick, another disk or another computer's share."
        ),
    ),
    "copy.demo": ("演示数据没有安全副本。", "Demo data have no safety copy."),
    "copy.nowhere": (
        "还没有指定文件夹：没有发送的工作只存在这台电脑里。",
        "No folder is named: unsent work is on this computer alone.",
    ),
    "copy.same_disk": (
        "它与本机数据在同一块磁盘上，磁盘损坏时会一起丢失。",
        "It is on the same disk as this desk's data, and is lost with it.",
    ),
    "copy.choose": ("选择文件夹…", "Choose a folder…"),
    "copy.now": ("立即复制", "Copy now"),
    "copy.off": ("停止复制", "Stop copying"),
    "copy.done": ("安全副本已写入并核对", "The safety copy is written and checked"),
    "copy.stopped": ("不再写安全副本，已有的保留", "No more safety copies; those that are there stay"),
}
