"""Texts of notices about connection, scanner and waiting work."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "notice.unreachable": ("服务器不可达，照常作业", "The server cannot be reached; work goes on"),
    "notice.unreachable_detail": (
        "每一扫都先存在本机，连上后自动发送。",
        "Each scan is saved on this computer and sent when the line is back.",
    ),
    "notice.back": ("服务器已恢复", "The server is back"),
    "notice.back_detail": ("待发送的正在发送。", "What waited is being sent."),
    "notice.alarm": ("核对数据时发现出入", "A check of the data found a difference"),
    "notice.tasks": (
        "新增 {n} 项需要处理",
        Plural("{n} new task needs you", "{n} new tasks need you"),
    ),
    "notice.open_tasks": ("去处理", "Open"),
    "notice.scanner_lost": ("扫描枪断开：{source}", "Scanner gone: {source}"),
    "notice.scanner_lost_detail": ("{reason}。插回后自动恢复。", "{reason}. Plug it in and it works again."),
    "notice.scanner_found": ("扫描枪已连接：{source}", "Scanner connected: {source}"),
    "notice.bounce": (
        "同一条码紧接着扫了两次，可能是重复触发",
        "One code twice within a moment: perhaps a bounce",
    ),
    "notice.bounce_counts": (
        "两次都已记下。如果只扫了一件，请撤销一次：{code}",
        "Both are recorded. If it was one item, undo once: {code}",
    ),
    "notice.rejected": ("这一扫不可信，没有记入", "This scan cannot be trusted and was not recorded"),
    "notice.rejected_detail": ("{reason}（{code}）", "{reason} ({code})"),
    "notice.done": ("已保存", "Saved"),
    "notice.search_building": (
        "正在建立搜索索引，较早的内容可能暂时搜不到。",
        "The search index is being built; older records may not be found yet.",
    ),
    "status.scanner_serial": ("串口 {port}", "serial {port}"),
}
