"""Texts of the safety copy: in sync indicator, sync centre and settings, and when a desk goes on from one."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "copy.age": ("副本 {ago}", "copy {ago}"),
    "copy.failed": ("安全副本没有写成", "no safety copy"),
    "copy.kept": ("另有较新的副本", "a newer copy is kept"),
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
    "going_on.open": ("从安全副本接着做…", "Go on from a safety copy…"),
    "going_on.title": ("从安全副本接着做", "Go on from a safety copy"),
    "going_on.note": (
        "另一台电脑坏了？插上存有它副本的 U 盘：没有送达的工作在这里接着做，一项不少，一项不重。",
        (
            "Another computer is gone? Plug in the stick with its copy: work that was not sent goes on here, "
            "nothing lost, nothing twice."
        ),
    ),
    "going_on.folder": ("副本所在的文件夹", "Folder of the copy"),
    "going_on.folder_hint": ("U 盘、磁盘或共享文件夹", "A stick, a disk or a share"),
    "going_on.folder_missing": ("请先选择存有副本的文件夹。", "Choose the folder with the copy first."),
    "going_on.copies": ("哪台工作台的", "Whose copy"),
    "going_on.copy": ("工作台 {desk}，写于 {at}", "desk {desk}, written {at}"),
    "going_on.code_hint": ("同一门店的新代码，扫描或粘贴", "A new one of the same outlet; scan or paste"),
    "going_on.damage": ("只取可读的部分，其余放弃", "Take what can be read, give up the rest"),
    "going_on.submit": ("接着做", "Go on"),
}
