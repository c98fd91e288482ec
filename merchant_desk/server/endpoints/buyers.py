"""Endpoint: buyers' keys, which stand neither in the log nor in the feed."""

from merchant_desk.server.endpoint import Call, Endpoint, Lane
from merchant_desk.sync.personal_keys import KeysAnswer, KeysRequest

KEYS_BYTES = 512 * 1024


def buyer_keys(call: Call) -> KeysAnswer:
    """Take in keys that a desk made, and give those that it wants."""
    return call.services.buyer_keys.exchange(call.desk, call.body)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/buyer-keys",
        "交付本台生成的买家密钥，领取所缺的密钥（仅限获准持有个人信息的工作台）；两个方向都密封。"
        "密钥不写入日志和订阅流，抹除即销毁。",
        "Hand over buyers' keys that this desk made, and fetch those that it lacks (desks granted the group "
        "`personal`); sealed both ways. Keys stand in no log and no feed, so that an erasure ends them.",
        KeysAnswer,
        run=buyer_keys,
        lane=Lane.WRITE,
        request=KeysRequest,
        most=KEYS_BYTES,
        problems=((403, "not_allowed"), (409, "no_seal_key"), (409, "unreadable_key")),
    ),
)
