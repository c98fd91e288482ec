"""Refusals of imports and other jobs; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "refusal.not_a_sale": (
        "{number} 不是商品全部要发出的销售单（{kind:word}），只能作为已完成的历史导入。",
        "{number} is no sale whose goods all go out ({kind:word}); it can only come in as completed history.",
    ),
}
