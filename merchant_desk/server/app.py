"""The server as an ASGI application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from merchant_desk.server.endpoint import Endpoint, Reception
from merchant_desk.server.endpoints.listed import ENDPOINTS
from merchant_desk.server.gauges import Gauges
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.notices import Notices
from merchant_desk.server.openapi import describe, page
from merchant_desk.server.services import Services
from merchant_desk.server.throttle import Throttle
from merchant_desk.server.upkeep import Upkeep

TRIES = {"enrol": (10, 10), "sign-in": (30, 30)}
"""Throttle -> tries at once, and a minute, from one address, or by one desk."""


def make_app(services: Services, lanes: Lanes | None = None) -> Starlette:
    """Return the application on a server's parts; `lanes`: other threads for its work than the usual.

    Its lifespan keeps the server up: contacts, checkpoints, notices of other processes. `app.state`
    holds `reception`, `lanes`, `notices`, `upkeep` and `gauges`. Who makes the services closes them.
    """
    lanes = lanes or Lanes(services.database)
    notices = Notices(services.database.reader, lanes)
    throttles = {name: Throttle(*limits, services.edge.clock) for name, limits in TRIES.items()}
    reception = Reception(services, lanes, notices, throttles)
    upkeep = Upkeep(services, lanes, notices)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with upkeep.running():
            yield
        await notices.close()

    routes = [
        Route(endpoint.path, _route(reception, endpoint), methods=[endpoint.method]) for endpoint in ENDPOINTS
    ]
    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: reception.strange_path}
    )
    app.router.redirect_slashes = False
    app.state.document = describe(ENDPOINTS, services.edge.version)
    app.state.page = page(ENDPOINTS, app.state.document)
    app.state.reception = reception
    app.state.lanes = lanes
    app.state.notices = notices
    app.state.upkeep = upkeep
    app.state.gauges = Gauges(services)
    return app


def _route(reception: Reception, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    return partial(reception.receive, endpoint)
