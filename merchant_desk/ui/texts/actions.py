"""Texts of menus, the command palette and the help sheet."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "actions.general": ("通用", "General"),
    "actions.view": ("视图", "View"),
    "actions.go": ("前往", "Go to"),
    "actions.person": ("人员", "Person"),
    "actions.sync": ("同步", "Sync"),
    "actions.station": ("扫描作业", "Scan station"),
    "actions.document": ("单据", "Document"),
    "actions.list": ("列表", "List"),
    "actions.palette": ("搜索和命令", "Search and commands"),
    "actions.help": ("快捷键一览", "Keyboard shortcuts"),
    "actions.language": ("切换语言（中 / EN）", "Switch language (中 / EN)"),
    "actions.theme": ("切换明暗", "Switch light and dark"),
    "actions.mute": ("提示音开 / 关", "Sounds on / off"),
    "actions.sync_centre": ("打开同步中心", "Open the sync centre"),
    "palette.placeholder": ("输入命令、页面或要找的内容…", "Type a command, a page, or what you look for…"),
    "palette.nothing": ("没有匹配的命令", "No command matches"),
    "palette.search_for": ("搜索「{text}」", 'Search for "{text}"'),
    "palette.hint": ("↑ ↓ 选择　⏎ 执行　Esc 关闭", "↑ ↓ choose   ⏎ run   Esc close"),
    "help.title": ("快捷键一览", "Keyboard shortcuts"),
    "help.note": (
        "所有功能都可以只用键盘或命令卡完成。",
        "Everything can be done by keyboard or command card alone.",
    ),
    "help.navigate": ("前往第 n 个页面", "Go to page n"),
    "help.arrows": ("在导航和列表中移动", "Move in navigation and lists"),
    "help.tab": ("下一个控件", "Next control"),
    "help.close": ("关闭", "Close"),
}
