"""Texts of the reusable widgets and of tables."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "scan.idle": ("等待扫描", "Ready to scan"),
    "scan.idle_hint": ("扫描商品、整箱、库位或命令卡", "Scan a product, carton, location or command card"),
    "scan.accepted": ("已接收", "Accepted"),
    "scan.attention": ("请注意", "Needs attention"),
    "scan.refused": ("已拒绝", "Refused"),
    "scan.blocked": ("已停，等待确认", "Stopped until acknowledged"),
    "scan.ok": ("确认", "OK"),
    "scan.ok_hint": (
        "按键、点击或扫「OK」卡后继续",
        "Press the key, click, or scan the OK card to go on",
    ),
    "scan.waiting": (
        "停止期间又扫了 {n} 次，均已记下，确认时处理",
        Plural(
            "{n} more scan came in meanwhile; it is kept and listed when you acknowledge",
            "{n} more scans came in meanwhile; they are kept and listed when you acknowledge",
        ),
    ),
    "table.search": ("搜索…", "Search…"),
    "table.loading": ("正在读取…", "Loading…"),
    "table.empty": ("这里还没有内容", "Nothing here yet"),
    "table.empty_hint": ("有了记录会立即显示在这里。", "Records appear here as soon as there are any."),
    "table.no_match": ("没有找到「{search}」", 'Nothing matches "{search}"'),
    "table.no_match_hint": (
        "少输入几个字，或换一个词再试。",
        "Try fewer characters or another word.",
    ),
    "table.clear_search": ("清除搜索", "Clear search"),
    "table.error": ("读取失败", "Could not be read"),
    "table.retry": ("重试", "Try again"),
    "table.rows": ("{n} 行", Plural("{n} row", "{n} rows")),
    "table.rows_of": ("已显示 {shown} 行，共 {n} 行", Plural("{shown} of {n} row", "{shown} of {n} rows")),
    "table.rows_of_about": ("已显示 {shown} 行，共约 {n} 行", "{shown} of about {n:row|rows}"),
    "table.rows_more": ("已显示 {shown} 行，下面还有", "{shown:row|rows} shown, more below"),
    "table.sorted_by": ("按{column}排序", "sorted by {column}"),
    "busy.cancel": ("取消", "Cancel"),
    "busy.cancelling": ("正在停止…", "Stopping…"),
    "busy.of": ("{done} / {total}", "{done} of {total}"),
    "form.save": ("保存", "Save"),
    "form.cancel": ("取消", "Cancel"),
    "form.required": ("请填写", "Please fill this in"),
    "toast.close": ("关闭", "Dismiss"),
}
