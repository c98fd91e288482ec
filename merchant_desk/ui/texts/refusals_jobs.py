"""Refusals of imports and other jobs; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "refusal.not_a_sale": (
        "{number} 没有要发出的商品（{kind:word}），只能作为已完成的历史导入。",
        "{number} is no sale with goods to go out ({kind:word}); it can only come in as completed history.",
    ),
}
