"""A server's application on its sockets: ready when it says so, and ended without a loss."""

import asyncio
import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from merchant_desk.server.app import make_app
from merchant_desk.server.certificates import RenewedCertificate, ServerCertificate
from merchant_desk.server.listening import BACKLOG
from merchant_desk.server.notices import Notices
from merchant_desk.server.services import Services
from merchant_desk.server.upkeep import Backups

log = structlog.get_logger()

FINISH_SECONDS = 10
KEEP_ALIVE_SECONDS = 75
HANG_UP_SECONDS = 0.3
RENEWAL_TICKS = 20
"""Ticks of uvicorn (0.1 s) after which a public certificate's files are looked at again."""

SWITCH_SECONDS = 0.001
"""How long a thread may hold the interpreter while another waits: a batch asks its database fifty times."""


def run_application(
    services: Services,
    sockets: list[socket.socket],
    certificate: ServerCertificate | None,
    stopping: threading.Event,
    ready: Callable[[], None],
    backups: Backups | None = None,
) -> None:
    """Answer on sockets until `stopping` is set or a signal says so; `ready` is called when it answers."""
    app = make_app(services)
    app.state.upkeep.backups = backups
    _calm_collector()
    sys.setswitchinterval(SWITCH_SECONDS)
    renewal = RenewedCertificate(certificate) if certificate and services.address.public else None
    server = _Server(_config(app, certificate), app.state.notices, stopping, ready, renewal)
    server.run(sockets=sockets)
    log.info("stopped")


def _calm_collector() -> None:
    """Let the garbage collector look at what requests leave, not at the program, and less often.

    A batch of 1,000 operations makes some 100,000 objects, none in a circle: looking through them all again
    and again was a fifth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _config(app: Any, certificate: ServerCertificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=FINISH_SECONDS,
        ssl_certfile=certificate.certificate_path if certificate else None,
        ssl_keyfile=certificate.key_path if certificate else None,
    )


def leave(services: Services) -> None:
    """Write last contacts, clear the snapshots; a database that is gone keeps nobody from stopping."""
    try:
        if services.snapshots is not None:
            services.snapshots.close()
        services.contacts.flush()
    except Exception as error:  # noqa: BLE001 - these are hints and caches, and the process is ending
        log.info("left_untidy", error=type(error).__name__)


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it is ready, ends its streams, and leaves exit codes to us."""

    def __init__(
        self,
        config: uvicorn.Config,
        notices: Notices,
        stopping: threading.Event,
        ready: Callable[[], None],
        renewal: RenewedCertificate | None = None,
    ) -> None:
        super().__init__(config)
        self._renewal = renewal
        self._notices = notices
        self._stopping = stopping
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Look whether the parent has gone, and now and then whether the certificate was renewed."""
        if self._stopping.is_set():
            self.should_exit = True
        if self._renewal is not None and self.config.ssl is not None and counter % RENEWAL_TICKS == 0:
            self._renewal.take(self.config.ssl)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first: they would be waited for."""
        log.info("stopping")
        await self._notices.close()
        hanging_up = asyncio.create_task(self._hang_up())
        try:
            await super().shutdown(sockets)
        finally:
            hanging_up.cancel()

    async def _hang_up(self) -> None:
        """Drop connections that have been answered: a desk's TLS would hold us until its next request."""
        while True:
            await asyncio.sleep(HANG_UP_SECONDS)
            for connection in tuple(self.server_state.connections):
                if not isinstance(connection, H11Protocol | HttpToolsProtocol):
                    continue
                cycle: Any = connection.cycle
                if (
                    cycle is None or cycle.response_complete
                ) and not connection.transport.get_write_buffer_size():
                    connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals as a wish to stop, and do not raise them again once all is written."""
        names = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP" if sys.platform != "win32" else "SIGINT")
        wanted = {getattr(signal, name) for name in names if hasattr(signal, name)}
        old = {one: signal.signal(one, self._stop) for one in wanted}
        try:
            yield
        finally:
            for one, handler in old.items():
                signal.signal(one, handler)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.handle_exit(signum, frame)
