"""Endpoints: push, pull, check, notice."""

import time

from anyio import to_thread
from starlette.responses import FileResponse, Response, StreamingResponse

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.tables import SPECS
from merchant_desk.server.bodies import pack
from merchant_desk.server.endpoint import Call, Choice, Endpoint, Lane, Param
from merchant_desk.server.reading import read_batch
from merchant_desk.sync.administration import (
    MEDIA_TYPE,
    SNAPSHOT_KEY_HEADER,
    SNAPSHOT_SCHEMA_HEADER,
    SNAPSHOT_SEQ_HEADER,
    Notice,
)
from merchant_desk.sync.protocol import (
    BATCH_BYTES,
    MAX_BODY_BYTES,
    PAGE_ROWS,
    CheckAnswer,
    FeedPage,
    PushAnswer,
    PushRequest,
)

PUSH_BYTES = 2 * (BATCH_BYTES + MAX_BODY_BYTES)
MOST_PAGE_ROWS = 20_000
SYNCED = tuple(name for name, spec in SPECS.items() if spec.synced)
MOST_SEQ = (1 << 63) - 1
MOST_WAIT_MS = 55_000

_AFTER = Param(
    "after", 0, 0, MOST_SEQ, "已收到的最后编号（游标）", "the last number that was received (the cursor)"
)


def push(call: Call) -> PushAnswer:
    """Judge a batch."""
    measures, begun = call.services.measures, time.perf_counter()
    answer = call.services.intake.take(call.desk, call.body)
    measures.pushes.observe(time.perf_counter() - begun)
    measures.batches.observe(len(call.body.wires))
    return answer


def feed(call: Call) -> FeedPage:
    """Return the page after a cursor, and remember the cursor."""
    after, rows, floor = call.numbers["after"], call.numbers["rows"], call.numbers["floor"]
    table = call.words["table"]
    page = call.services.pages.page(call.desk, after, rows, floor, table)
    if not table:
        call.services.contacts.note(call.desk, cursor=after)
        call.services.measures.note_cursor(call.desk.device_id, page.until)
    call.services.measures.pulled_rows.add({(): sum(len(op.rows) for op in page.ops)})
    return page


def check(call: Call) -> CheckAnswer:
    """Return the check sums of the desk's scope."""
    return call.services.pages.checks(call.desk, without_end=bool(call.numbers["without_end"]))


async def notice(call: Call) -> Response:
    """Stream numbers, or wait for the next one."""
    milliseconds = call.numbers["wait"]
    if milliseconds < 0:
        events = call.notices.stream(call.desk)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
    seq = await call.notices.wait(call.desk, call.numbers["after"], milliseconds / 1000)
    return Response(pack(Notice(seq), MEDIA_TYPE, "").data, media_type=MEDIA_TYPE)


class SnapshotFile(FileResponse):
    """A file in larger parts than pages of the web have."""

    chunk_size = 1 << 20


async def snapshot(call: Call) -> Response:
    """Send a ready database, or the part of it that is still missing."""
    snapshots = call.services.snapshots
    if snapshots is None:
        raise Refusal("no_snapshots")
    tag = call.request.headers.get("if-range", "").strip('"')
    found = await call.lanes.build(lambda: snapshots.snapshot(call.desk, tag))
    headers = {
        "ETag": f'"{found.tag}"',
        SNAPSHOT_KEY_HEADER: found.sealed_key,
        SNAPSHOT_SEQ_HEADER: str(found.seq),
        SNAPSHOT_SCHEMA_HEADER: str(call.services.state.schema),
    }
    size = await to_thread.run_sync(found.path.stat)
    return SnapshotFile(found.path, headers=headers, media_type="application/octet-stream", stat_result=size)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/push",
        "推送一批操作，按工作台序号排列；同一批可重复发送，答复相同。"
        "400 与 413 与内容有关，其余错误原样重试。"
        "自己停用或随门店关闭的工作台仍可推送，其中的事实照收，决定被拒。",
        "Push operations in the order of the desk's numbers. The same batch may be sent again and gets the "
        "same answer. 400 and 413 are about the content; after anything else the same batch is right. A desk "
        "that retired itself, or with its outlet, may still push: facts are taken, decisions refused.",
        PushAnswer,
        run=push,
        lane=Lane.WRITE,
        request=PushRequest,
        reads=read_batch,
        most=PUSH_BYTES,
        changes=True,
        ended=True,
    ),
    Endpoint(
        "GET",
        "/feed",
        "拉取游标之后的完整操作，并记录游标。410 附 floor：请改用快照。",
        "Pull whole operations after a cursor, which is remembered. 410 with `floor`: take a snapshot.",
        FeedPage,
        run=feed,
        params=(
            _AFTER,
            Param("rows", PAGE_ROWS, 1, MOST_PAGE_ROWS, "大约多少行", "about how many row images"),
            Param(
                "floor",
                0,
                0,
                MOST_SEQ,
                "从 0 开始读取时，首页给出的 floor",
                "when everything is read from 0, the floor that the first page told",
            ),
        ),
        choices=(Choice("table", SYNCED, "只要这张表的行", "only rows of this table"),),
        problems=((410, "cursor_too_old"),),
    ),
    Endpoint(
        "GET",
        "/check",
        "范围内各表的行数与校验和。",
        "Row counts and check sums of the tables in the desk's scope.",
        CheckAnswer,
        run=check,
        params=(
            Param(
                "without_end",
                0,
                0,
                1,
                "为 1 时，另附本门店各工作台的操作中在此暂缓或搁置的编号",
                "1: also the ids of operations of the outlet's desks that are held or parked here",
            ),
        ),
    ),
    Endpoint(
        "GET",
        "/snapshot",
        "范围内全部行的现成桌面数据库（SQLCipher 文件），可按 Range 续传（If-Range 带 ETag）；"
        "密钥以工作台公钥密封在响应头中，只能用于这份文件。",
        "A ready desk database (a SQLCipher file) of all rows in scope, resumable by Range (If-Range with "
        "the ETag). Its one-time key comes in a header, sealed to the desk's public key.",
        bytes,
        respond=snapshot,
        media="application/octet-stream",
        problems=((409, "no_snapshots"), (409, "no_seal_key")),
    ),
    Endpoint(
        "GET",
        "/notice",
        "有新内容的提示：不带 wait 时为 SSE（只含编号，每秒至多两条）；带 wait 时等待至多这么多秒。",
        "A hint that there is something to pull: without `wait` server-sent events that carry the number "
        "alone, two a second at most; with `wait` one answer after at most so many seconds.",
        Notice,
        respond=notice,
        params=(
            _AFTER,
            Param("wait", -1, 0, MOST_WAIT_MS, "最多等待的秒数", "seconds to wait at most", scale=1000),
        ),
    ),
)
