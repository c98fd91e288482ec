"""Refusals of imports and other jobs; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "refusal.not_a_sale": (
        "{number} 不是商品全部要发出的销售单（{kind:word}），只能作为已完成的历史导入。",
        "{number} is no sale whose goods all go out ({kind:word}); it can only come in as completed history.",
    ),
    "refusal.books_in_use": (
        "门店已经发货或销售（{shipped} 次移动），期初账不能整体撤销。请逐个撤销导入，或盘点、调整。",
        (
            "Goods have left for customers ({shipped:movement|movements}): undo single imports, or count and "
            "adjust."
        ),
    ),
    "refusal.not_ready_to_go_live": (
        "还有 {left} 项必须先做完才能正式开业，见核对表。",
        "{left:line|lines} of the checklist must be in order before the outlet goes live.",
    ),
    "refusal.go_live_left_open": (
        "核对表还有 {left} 项没做完，没有开业。仍要开业请加 --yes。\n{lines}",
        "Open on the checklist: {left:line|lines}; the outlet is not live. --yes does it anyway.\n{lines}",
    ),
    "refusal.go_live_day_gone": (
        "{day} 已经过去，请填今天或以后的日期。",
        "{day} is over: give today or a day to come.",
    ),
    "refusal.books_closed": (
        "门店已正式开业，期初账不能再改。请用盘点或调整更正库存。",
        "The outlet is live: its opening books stay. Correct stock by a count or an adjustment.",
    ),
}
