"""Endpoint: what a monitoring program reads."""

import hmac
import ipaddress

from starlette.requests import Request
from starlette.responses import Response

from merchant_desk.server.endpoint import Access, Call, Endpoint, Param
from merchant_desk.server.exposition import MEDIA
from merchant_desk.server.problems import MetricsClosed
from merchant_desk.server.services import MetricsAccess

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def check_may_read(access: MetricsAccess, request: Request) -> None:
    """Pass who shows the token; on loopback anybody where the operator says so, but no proxy's client.

    Raises:
        MetricsClosed: nobody who may.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip().encode("latin-1") if scheme.casefold() == "bearer" else b""
    if access.token and hmac.compare_digest(given, access.token.encode()):
        return
    if access.on_loopback and _is_local(request):
        return
    raise MetricsClosed


def _is_local(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def metrics(call: Call) -> Response:
    """Say what is counted and what stands."""
    check_may_read(call.services.edge.metrics, call.request)
    gauges, listening = call.request.app.state.gauges, call.notices.listening
    each = bool(call.numbers["merchants"])
    page = await call.lanes.read(lambda: gauges.page(merchants=each, listening=listening))
    return Response(page, media_type=MEDIA)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/metrics",
        "供 Prometheus 读取的运行指标，不含个人信息与商户名称。需要 serve --metrics-token-file 指定的令牌"
        "（Bearer）；用 --metrics-on-loopback 可允许本机免令牌读取。",
        "Measures for Prometheus, with no personal data and no merchant's name. Needs the token of "
        "serve --metrics-token-file as a bearer token; --metrics-on-loopback lets this computer in without.",
        str,
        respond=metrics,
        access=Access.ANYBODY,
        media="text/plain",
        params=(
            Param(
                "merchants",
                0,
                0,
                1,
                "为 1 时按商户编号列出数据流位置与落后行数",
                "1: the feed's head and lag by merchant id too",
            ),
        ),
        problems=((401, "metrics_closed"),),
    ),
)
