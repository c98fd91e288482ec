"""Texts of the tray of unknown codes."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "tray.title": ("待处理盘", "Tray of unknown codes"),
    "tray.note": (
        "不认识的条码在这里等待，不影响作业。",
        "Unknown codes wait here; work goes on.",
    ),
    "tray.empty": ("待处理盘是空的", "The tray is empty"),
    "tray.empty_hint": ("不认识的条码会放到这里。", "Unknown codes are put here."),
    "tray.column.code": ("条码", "Code"),
    "tray.column.where": ("库位 / 单据", "Location, document"),
    "tray.column.before": ("上一扫", "Scan before"),
    "tray.column.after": ("下一扫", "Scan after"),
    "tray.column.when": ("时间", "Time"),
    "tray.times": ("× {quantity:quantity}", "× {quantity:quantity}"),
    "tray.learn": ("学习为…", "Learn for…"),
    "tray.draft": ("新建草稿商品", "Draft product"),
    "tray.misscan": ("误扫", "Mis-scan"),
    "tray.close": ("关闭", "Close"),
    "tray.learn.title": ("{code} 是哪个商品？", "Which product is {code}?"),
    "tray.learn.note": (
        "以后扫到它就是这个商品。改指已知条码需要店长。",
        "From now on it means that product. Pointing a known code elsewhere needs a manager.",
    ),
    "tray.learn.search": ("名称、拼音或编码…", "Name, pinyin or SKU…"),
    "tray.learn.pack": ("一扫是几个基本单位", "Base units in one scan"),
    "tray.learn.unit": ("这种包装叫什么", "Name of this pack"),
    "tray.learn.choose": ("请选择一个商品", "Choose a product"),
    "tray.learn.none": ("没有匹配的商品", "No product matches"),
    "tray.learned": ("{code} 已学会：{name}", "{code} learned: {name}"),
    "tray.draft.title": ("草稿商品：{code}", "Draft product: {code}"),
    "tray.draft.note": (
        "可以立即收货和盘点，资料由办公室补齐。",
        "It can be received and counted at once; the office completes it.",
    ),
    "tray.draft.name": ("名称", "Name"),
    "tray.draft.unit": ("基本单位", "Base unit"),
    "tray.drafted": ("草稿商品 {name} 已建立", "Draft product {name} was made"),
    "tray.not_saved": ("{code} 没有保存：{why}", "{code} was not saved: {why}"),
    "tray.dismissed": ("{code} 已标记为误扫", "{code} is marked as a mis-scan"),
}
