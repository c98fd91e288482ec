"""Texts of what a station asks: answers, choices, lots, quantities, held scans, the end of a document."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    # -- answers
    "station.answer.yes": ("是，照收", "Yes, take it"),
    "station.answer.yes.outbound": ("是，照拣", "Yes, pick it"),
    "station.answer.yes.stocktake": ("是，记下", "Yes, record it"),
    "station.answer.no": ("不，放下", "No, leave it"),
    "station.answer.hint": ("也可以扫「OK」或「撤销」卡", "or scan the OK or UNDO card"),
    "station.choose": ("选择商品", "Choose the product"),
    "station.choose.note": ("Alt+1 … 9，或 ↑ ↓ 后 ⏎", "Alt+1 … 9, or ↑ ↓ and ⏎"),
    "station.choose.leave": ("都不是", "None of them"),
    "station.lot.title": ("{name}：{what}", "{name}: {what}"),
    "station.lot.note": (
        "填写期间的扫描会记下并等待。",
        "Scans made meanwhile are kept and wait.",
    ),
    "station.lot.lot": ("批次号", "Lot"),
    "station.lot.expiry": ("到期日", "Last day of use"),
    "station.lot.expiry_hint": (
        "例如 20271231 或 2027-12-31；只写 2027-12 表示月底",
        "20271231 or 2027-12-31; 2027-12 means the end of the month",
    ),
    "station.lot.expiry_wrong": ("看不懂这个日期", "That is not a date"),
    "station.lot.serial": ("序列号", "Serial number"),
    "station.lot.wanted": ("请填写", "Please fill this in"),
    "station.lot.save": ("继续", "Go on"),
    "station.lot.leave": ("不收这一扫", "Leave this scan"),
    "station.quantity.title": ("改数量", "Quantity"),
    "station.quantity.note": (
        "包装单位的个数；填写期间的扫描会记下并等待。",
        "In scanned units. Scans made meanwhile are kept and wait.",
    ),
    "station.quantity.last": ("上一扫：{name}", "Last scan: {name}"),
    "station.quantity.next": ("下一扫", "Next scan"),
    "station.quantity.field": ("数量", "Quantity"),
    "station.quantity.wrong": (
        "请输入大于 0、不超过 {most:quantity} 的数",
        "Enter a number above 0, at most {most:quantity}",
    ),
    "station.held.title": (
        "停止期间扫了 {n} 次",
        Plural("{n} scan came in while stopped", "{n} scans came in while stopped"),
    ),
    "station.held.note": (
        "都已记下，还没有执行。按顺序执行，还是放弃？",
        "All are kept, none is applied. Apply them in order, or discard them?",
    ),
    "station.held.apply": ("按顺序执行", "Apply in order"),
    "station.held.discard": ("放弃", "Discard"),
    "station.held.hint": ("「OK」卡 = 执行，「撤销」卡 = 放弃", "OK card = apply, UNDO card = discard"),
    # -- finishing
    "station.finish.title.inbound": ("完成收货？", "Finish this receipt?"),
    "station.finish.title.outbound": ("完成发货？", "Finish this shipment?"),
    "station.finish.title.stocktake": ("完成盘点 {location}？", "Finish counting {location}?"),
    "station.differences.title": ("差异 · {number}", "Differences · {number}"),
    "station.finish.clean": ("没有差异。", "There are no differences."),
    "station.finish.differs": (
        "{n} 行有差异；没到的继续等待，超收的会提醒店长。",
        Plural(
            "{n} line differs; what is missing stays expected, what is too much becomes a task.",
            "{n} lines differ; what is missing stays expected, what is too much becomes a task.",
        ),
    ),
    "station.finish.nothing_picked.title": ("还没有拣任何商品", "Nothing was picked yet"),
    "station.finish.nothing_picked": (
        "所以不能完成发货。按 F10 先拣别的单，这一单会留着；拣不到货时请挂起订单。",
        "So nothing can leave. F10 leaves it open for another order. Goods not found: hold the order.",
    ),
    "station.finish.nothing_counted.title": (
        "{location} 还没有盘到任何商品",
        "Nothing was counted at {location} yet",
    ),
    "station.finish.nothing_counted": (
        "所以不能完成盘点。请扫描；真的没有了，按空格逐项说明。按 F10 先做别的，盘点会留着。",
        "So it cannot be finished. Scan, or say by Space of each item that it is gone. F10 leaves it open.",
    ),
    "station.finish.short_picked": (
        "{n} 行没有拣齐；会按已拣的数量发出。",
        Plural(
            "{n} line is not complete; what was picked is shipped.",
            "{n} lines are not complete; what was picked is shipped.",
        ),
    ),
    "station.finish.tray": (
        "待处理盘里有 {n} 个不认识的条码，可以以后再处理。",
        Plural(
            "{n} unknown code is in the tray; it can be settled later.",
            "{n} unknown codes are in the tray; they can be settled later.",
        ),
    ),
    "station.finish.counted": (
        "已盘 {n} 种。差异由店长查看，不在这里显示。",
        Plural(
            "{n} product counted. Variances are for the manager and not shown here.",
            "{n} products counted. Variances are for the manager and not shown here.",
        ),
    ),
    "station.finish.uncounted": (
        "账上还有 {n} 项没有盘到，请逐项决定：",
        Plural(
            "The book has {n} item that nobody counted. Decide:",
            "The book has {n} items that nobody counted. Decide for each:",
        ),
    ),
    "station.uncounted.leave": ("没看，保留账面", "Not looked at: leave the book"),
    "station.uncounted.gone": ("确认没有了", "Looked: it is gone"),
    "station.uncounted.decision": ("决定", "Decision"),
    "station.uncounted.hint": ("空格切换", "Space switches"),
    "station.finish.back": ("继续扫描", "Scan on"),
    "station.finished.inbound": ("{number} 已收货完成", "{number} is received"),
    "station.finished.outbound": ("{number} 已发货", "{number} is shipped"),
    "station.finished.stocktake": ("{number} 已盘完", "{number} is counted"),
    "station.finished.view": ("查看", "View"),
}
