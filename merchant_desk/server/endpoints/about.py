"""Endpoints: health, version, description."""

import shutil
import time
from typing import Any

from sqlalchemy import select
from starlette.responses import HTMLResponse, Response

from merchant_desk.models.server_tables import server_state
from merchant_desk.server.bodies import JSON_TYPE
from merchant_desk.server.database import passing_trouble
from merchant_desk.server.endpoint import Access, Call, Endpoint
from merchant_desk.server.services import Services
from merchant_desk.sync.administration import LEAST_PROTOCOL, Health, VersionAnswer
from merchant_desk.sync.protocol import PROTOCOL

STARTED = time.monotonic()
LOW_SPACE = 512 << 20
"""Free bytes below which somebody should look."""

OLD_BACKUP_SECONDS = 36 * 3600


def version(call: Call) -> VersionAnswer:
    """Say who answers."""
    state, edge = call.services.state, call.services.edge
    return VersionAnswer(
        edge.version,
        PROTOCOL,
        LEAST_PROTOCOL,
        state.schema,
        state.epoch,
        state.public_seal_key,
        edge.clock(),
    )


def health(call: Call) -> Health:
    """Look at database, disk and backups; a database that does not answer is an answer too."""
    services = call.services
    trouble = _database_trouble(services)
    free, log = _disk(services)
    backup = services.backup_health() if services.backup_health else None
    is_low = free is not None and free < LOW_SPACE
    is_old = backup is not None and bool(backup.trouble or (backup.age_seconds or 0) > OLD_BACKUP_SECONDS)
    return Health(
        "down" if trouble else "degraded" if is_low or is_old else "ok",
        services.edge.version,
        PROTOCOL,
        services.database.name,
        trouble,
        int(time.monotonic() - STARTED),
        services.edge.clock(),
        free,
        log,
        backup,
    )


def _database_trouble(services: Services) -> str:
    try:
        with services.database.reader.connect() as connection, connection.begin():
            connection.execute(select(server_state.c.name).limit(1)).all()
    except Exception as error:
        fault = passing_trouble(error, services.database)
        if fault is None:
            raise
        return fault.code
    return ""


def _disk(services: Services) -> tuple[int | None, int | None]:
    """Return free bytes beside the embedded database and the size of its log."""
    path = services.database.path
    if path is None:
        return None, None
    try:
        log = path.with_name(path.name + "-wal")
        return shutil.disk_usage(path.parent).free, log.stat().st_size if log.exists() else 0
    except OSError:
        return None, None


def openapi(call: Call) -> dict[str, Any]:
    """Describe the interface for programs."""
    found: dict[str, Any] = call.request.app.state.document
    return found


async def docs(call: Call) -> Response:
    """Describe the interface for people."""
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(call.request.app.state.page, headers=headers)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/health",
        "服务器状况：数据库、磁盘、自动备份的时间。",
        "How the server is: database, disk, age of the automatic backup.",
        Health,
        run=health,
        access=Access.ANYBODY,
        media=JSON_TYPE,
    ),
    Endpoint(
        "GET",
        "/version",
        "程序与协议版本，epoch，服务器公钥。",
        "Versions of program and protocol, epoch, the server's public key.",
        VersionAnswer,
        run=version,
        access=Access.ANYBODY,
        media=JSON_TYPE,
    ),
    Endpoint(
        "GET",
        "/openapi.json",
        "供程序使用的接口说明。",
        "This description, for programs.",
        dict[str, Any],
        run=openapi,
        access=Access.ANYBODY,
        media=JSON_TYPE,
    ),
    Endpoint(
        "GET",
        "/docs",
        "供人阅读的接口说明。",
        "This description, for people.",
        str,
        respond=docs,
        access=Access.ANYBODY,
        media="text/html",
    ),
)
