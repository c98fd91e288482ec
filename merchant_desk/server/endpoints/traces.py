"""Endpoint: one operation followed by its id."""

from merchant_desk.server.endpoint import Call, Endpoint
from merchant_desk.server.tracing import trace as follow
from merchant_desk.sync.tracing import Trace, TraceRequest


def trace(call: Call) -> Trace:
    """Tell what is known of an operation that the asking desk may see."""
    return follow(call.services, call.body.op_id, call.desk.merchant_id, call.desk.outlet_id)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/trace",
        "按编号追踪一个操作：何时何台、结果、数据流行、哪些工作台已拉取到它之后。"
        "只限本门店的操作和发给本门店的内容。",
        "Follow one operation by its id: when and where, outcome, feed rows, which desks have it. "
        "Only what the outlet's desks did, or what the outlet is sent.",
        Trace,
        run=trace,
        request=TraceRequest,
        problems=((404, "no_such_operation"),),
    ),
)
