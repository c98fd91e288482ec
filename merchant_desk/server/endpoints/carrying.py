"""Endpoint: what a desk without a line sent by hand, brought by another desk."""

from merchant_desk.server.carried import take_carried
from merchant_desk.server.endpoint import Call, Endpoint, Lane
from merchant_desk.sync.carried_file import MOST_REQUEST, CarriedAnswer, CarriedFrame

FRAME_BYTES = MOST_REQUEST + 8_192


def carried(call: Call) -> CarriedAnswer:
    """Take a part of a carried file in."""
    return take_carried(call.services, call.desk, call.body)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/carried",
        "携带文件的一部分：同一商户另一台工作台写下的、签名并加密的操作，按推送的规则收下；可重复发送。"
        "只回答各结果的数量，内容不给携带者看。",
        "A part of a carried file: operations that another desk of the merchant wrote, signed and sealed, "
        "taken by the rules of a push; it may be sent again. The answer counts outcomes, without contents.",
        CarriedAnswer,
        run=carried,
        lane=Lane.WRITE,
        request=CarriedFrame,
        most=FRAME_BYTES,
        changes=True,
        problems=(
            (403, "carried_foreign"),
            (400, "carried_unreadable"),
            (404, "carried_unknown_desk"),
            (403, "carried_retired"),
        ),
    ),
)
