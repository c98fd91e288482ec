"""Endpoint: all data of the merchant, sent while it is read; nothing of it lies on the server's disk."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from uuid import UUID

import anyio
import structlog
from anyio import from_thread
from anyio.streams.memory import MemoryObjectSendStream
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from merchant_desk.server.archive import archivist, pour
from merchant_desk.server.endpoint import Call, Endpoint
from merchant_desk.sync.administration import ARCHIVE_MEDIA, ArchiveRequest
from merchant_desk.sync.logs import mistake

log = structlog.get_logger()

AHEAD = 4
"""Pieces that wait for the line; then reading waits for it."""

STALLED_SECONDS = 50
"""How long the line may take nothing: a reading transaction keeps the database's log from being cleared."""

LEAST_BYTES = 1 << 16
"""A second, on the average, that the line has to take: so that 100 MB are through in half an hour."""


class _Line:
    """Hands pieces over, and counts how long it was waited for; what reading takes is not its fault."""

    def __init__(self, into: MemoryObjectSendStream[bytes]) -> None:
        self._into = into
        self._waited = self._passed = 0.0

    async def pass_on(self, piece: bytes) -> None:
        """Hand a piece over.

        Raises:
            TimeoutError: nothing was taken for too long, or too little on the average.
            anyio.BrokenResourceError: whoever took it hung up.
        """
        began, slack = anyio.current_time(), self._passed / LEAST_BYTES - self._waited
        with anyio.fail_after(STALLED_SECONDS + min(0.0, slack)):
            await self._into.send(piece)
        self._waited += anyio.current_time() - began
        self._passed += len(piece)


class _Poured(StreamingResponse):
    """A stream that ends where it is when nobody takes it any more, not when its memory is cleared."""

    def __init__(self, pieces: AsyncGenerator[bytes], media_type: str) -> None:
        super().__init__(pieces, media_type=media_type)
        self._pieces = pieces

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._pieces):
            await super().stream_response(send)


async def archive(call: Call) -> Response:
    """Send an archive to whoever may have it."""
    asked, merchant_id = call.body, call.desk.merchant_id
    who = partial(archivist, call.services, merchant_id, asked.login, asked.password, personal=asked.personal)
    person_id = await call.lanes.hash(who)
    await call.lanes.check_pour()
    return _Poured(_pieces(call, merchant_id, person_id), media_type=ARCHIVE_MEDIA)


async def _pieces(call: Call, merchant_id: UUID, person_id: UUID) -> AsyncGenerator[bytes]:
    """Yield the file. Whoever hangs up ends it, and nothing is on record, unless all of it was read by then.

    What waits for the line at the end is on its way: who has it is rather on record in vain than not.
    """
    into, out = anyio.create_memory_object_stream[bytes](AHEAD)
    line = _Line(into)

    def put(piece: bytes) -> None:
        from_thread.run(line.pass_on, piece)

    def work() -> None:
        asked = call.body
        pour(call.services, merchant_id, person_id, put, name=asked.name, personal=asked.personal)

    async def reading() -> None:
        with into:
            await call.lanes.pour(work)

    task = asyncio.create_task(reading())
    task.add_done_callback(_told)
    with out:
        async for piece in out:
            yield piece
        await task  # what went wrong breaks the line off, so that nobody takes a part for the whole
    call.notices.poke(merchant_id)


def _told(task: "asyncio.Task[None]") -> None:
    error = None if task.cancelled() else task.exception()
    if isinstance(error, anyio.BrokenResourceError | TimeoutError):
        log.info("archive_not_taken", error=type(error).__name__)
    elif error is not None:
        log.warning("archive_failed", **mistake(error))


ENDPOINTS = (
    Endpoint(
        "POST",
        "/archive",
        "本商户的全部数据（ZIP，边读边发）；由有全商户“门店”和“成本”权限的人以密码证明，收完才会记录在案。",
        "All data of the merchant, a ZIP that is sent while it is read. Somebody with the rights for outlets "
        "and costs in the whole merchant proves himself by password; on record once it is whole.",
        bytes,
        respond=archive,
        request=ArchiveRequest,
        media=ARCHIVE_MEDIA,
        problems=(
            (403, "sign_in_failed"),
            (403, "password_not_set"),
            (423, "sign_in_locked"),
            (403, "not_allowed"),
        ),
        tries="sign-in",
    ),
)
