"""Texts of the locations: the screen, the form that makes them, their labels."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "screen.locations": ("库位", "Locations"),
    "locations.find": ("库位码开头，如 A-01", "Beginning of a code, such as A-01"),
    "locations.tab_used": ("在用", "In use"),
    "locations.tab_archived": ("已停用", "Archived"),
    "locations.code": ("库位码", "Code"),
    "locations.kind": ("用途", "Kind"),
    "locations.skus": ("商品种数", "Products there"),
    "locations.own": ("仓库自带", "the warehouse's own"),
    "locations.still_stock": ("仍有库存", "still has stock"),
    "locations.empty": ("还没有库位", "No locations yet"),
    "locations.empty_hint": (
        "按 Ctrl+N，一个写法就能建好整排货架，然后打印标签贴上。",
        "Press Ctrl+N: one pattern makes a whole aisle. Then print labels and stick them on.",
    ),
    "locations.none_archived": ("没有停用的库位", "No archived locations"),
    "locations.none_archived_hint": (
        "停用的库位会出现在这里；重新添加同一个码就能恢复。",
        "Archived locations are listed here; adding the same code brings one back.",
    ),
    "locations.not_found": ("没有以此开头的库位码", "No code begins like this"),
    "locations.not_found_hint": (
        "检查输入，或按 Ctrl+N 添加。",
        "Check what was typed, or add it by Ctrl+N.",
    ),
    "locations.add": ("添加库位", "Add locations"),
    "locations.add_note": (
        "方括号里写范围或列举，最后一个变得最快。例如 A-[01-12]-[1-4] 是 12 个货架、每个 4 层。",
        "A range or a list in brackets; the last varies first. A-[01-12]-[1-4] is 12 racks of 4 levels.",
    ),
    "locations.pattern": ("库位码或写法", "Code or pattern"),
    "locations.preview_one": ("1 个：{first}", "1 location: {first}"),
    "locations.preview": ("{n} 个：{first} … {last}", "{n:location|locations}: {first} … {last}"),
    "locations.of_closed": ("已关闭", "closed"),
    "locations.added": (
        "已添加 {n} 个库位。下一步：打印标签（F7）。",
        Plural(
            "{n} location added. Next: print its label (F7).", "{n} locations added. Next: print labels (F7)."
        ),
    ),
    "locations.added_some": (
        "已添加 {n} 个库位，另外 {there} 个本来就有。",
        Plural(
            "{n} location added; {there} were there already.",
            "{n} locations added; {there} were there already.",
        ),
    ),
    "locations.all_there": (
        "这些库位本来就有，没有改动。",
        "All of them were there already; nothing changed.",
    ),
    "locations.archive": ("停用库位", "Archive"),
    "locations.archived_one": ("库位 {code} 已停用。", "Location {code} is archived."),
    "locations.restore": ("恢复使用", "Use again"),
    "locations.restored": ("库位 {code} 已恢复使用。", "Location {code} is in use again."),
    "locations.stock": ("查看库存", "Show stock"),
    "locations.count": ("盘点", "Count"),
    "locations.labels": ("打印标签", "Print labels"),
    "locations.labels_title": (
        "打印 {n} 张库位标签",
        Plural("Print {n} location label", "Print {n} location labels"),
    ),
    "locations.labels_note": (
        "列表当前显示的库位，按顺序打印。先用搜索缩小范围，就能只打印一排。",
        "The locations that the list shows now, in its order; search first to print one aisle alone.",
    ),
    "locations.labels_cut": (
        "只打印前 {n} 张；其余请先用搜索缩小范围。",
        "The first {n} alone; search to narrow the list for the others.",
    ),
    "locations.output": ("输出到", "Print to"),
    "locations.pdf": ("PDF 文件 · {paper}", "A PDF file · {paper}"),
    "locations.saved": ("标签已存为 {path}", "The labels are in {path}"),
    "locations.could_not_save": (
        "无法写入 {path}，请换个位置。",
        "{path} cannot be written; choose another place.",
    ),
}
