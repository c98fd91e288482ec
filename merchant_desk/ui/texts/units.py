"""Units and packs: what people write in Chinese, and what English shows instead (`unit.<unit>`)."""

from merchant_desk.ui.texts.catalogue import Texts

NAMES = {
    "瓶": "bottle", "箱": "carton", "袋": "bag", "盒": "box", "把": "piece", "个": "piece", "卷": "roll",
    "罐": "tin", "支": "piece", "包": "pack", "桶": "drum", "条": "piece", "块": "bar", "公斤": "kg",
    "千克": "kg", "克": "g", "提": "bundle", "口": "piece", "双": "pair", "本": "book", "副": "set",
    "根": "piece", "卡": "card", "顶": "piece", "杯": "cup", "捆": "bundle", "张": "sheet", "床": "piece",
    "套": "set", "台": "unit", "只": "piece", "件": "piece", "米": "m", "升": "l", "斤": "500 g",
    "托": "pallet",
}  # fmt: skip

TEXTS: Texts = {f"unit.{chinese}": (chinese, english) for chinese, english in NAMES.items()}
