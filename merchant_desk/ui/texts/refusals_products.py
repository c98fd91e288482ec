"""Refusals about products that change or are merged; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "refusal.product_archived": (
        "{sku} 已停用，不能再改，也不能合并。",
        "{sku} is archived; it can neither be changed nor merged.",
    ),
    "refusal.unit_missing": ("请填写基本单位。", "A product needs a base unit."),
    "refusal.days_absurd": (
        "天数应在 0 到 {most} 之间，而不是 {days}。",
        "Days are between 0 and {most}, not {days}.",
    ),
    "refusal.tracking_with_stock": (
        "{sku} 还有库存（{places} 处）。批号、序列号和单位是记账依据，库存清零后才能改。",
        (
            "{sku} is in stock ({places:place|places}). Stock is kept by lot, serial and unit: change them "
            "at nought."
        ),
    ),
    "refusal.merge_with_itself": ("{sku} 不能和自己合并。", "{sku} cannot be merged with itself."),
    "refusal.merge_units_differ": (
        "两个商品的单位不同（{unit}、{kept_unit}），数量不能相加。请先改成同一单位。",
        "Their units differ ({unit}, {kept_unit}); quantities cannot be added. Give both one unit first.",
    ),
    "refusal.merge_too_large": (
        "{sku} 有 {rows} 条库存流水，一次最多合并 {most} 条。请保留它，把另一个并进来。",
        (
            "{sku} has {rows:movement|movements}; a merge moves {most} at most. Keep it and merge the other "
            "into it."
        ),
    ),
}
