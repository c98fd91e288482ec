"""How long a scan takes from its terminator key until it is durable and painted, on a large merchant's desk.

A real window in a process of its own, keys as a wedge types them, a real inbound station, a real server.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from merchant_desk.cli.benches.hands import Hands, prepare_order
from merchant_desk.cli.benches.large_profile import FULL, SHORT, enlarge
from merchant_desk.cli.benches.stage import Stage, stage
from merchant_desk.cli.figures import Figure, figure, percentile
from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.imports import sku_id
from merchant_desk.domain.products import Barcode, ImportProducts, NewSku
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.server.demo.structure import MERCHANT_ID, PEOPLE
from merchant_desk.sync.profile import open_profile

WORKER = PEOPLE[1]
ORDER = "PO-2699-9001"
LINES = 60
ORDERED = 100_000 * MICRO
CHUNK = 100
"""Products in an operation, as an import of a file has them."""
ROWS_A_PRODUCT = 2.06
"""Feed rows that an imported product with one barcode comes to, its share of the job's own included."""

SCAN_MS, P50_MS, STALL_MS = 16.0, 6.0, 50.0
WRITTEN = ("outbox", "ledger", "stock_balances", "availability", "line_totals", "tallies", "scan_journal")
"""Tables that a received piece writes."""

LEAST = 5
"""Scans between two looks at how far the sync has come, and at least so many in all."""

BARE_RUNS = 200
SYNC_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Amount:
    """How much is scanned and synced: runs of scans in a quiet shop, syncs of feed rows while scanning."""

    runs: int
    scans: int
    syncs: int
    rows: int


def measure(short: bool) -> Sequence[Figure]:
    """Scan in a quiet shop and during a sync; beside it, one bare durable transaction of the same rows."""
    amount = _Amount(1, 12, 1, 2_000) if short else _Amount(3, 150, 3, 100_000)
    with stage(2) as scene:
        codes = prepare_order(scene)
        folder = scene.folder / "desk1"
        enlarge(folder, SHORT if short else FULL, time.time_ns() // 1_000)
        quiet = _quiet(folder, f"http://127.0.0.1:{scene.server.port}", codes, amount)
        busy = _during_syncs(scene, folder, codes, amount)
        bare = _bare(folder)
    return _figures(quiet, busy, bare, judged=not short)


def _figures(
    quiet: list[dict[str, Any]], busy: list[dict[str, Any]], bare: Sequence[float], *, judged: bool
) -> list[Figure]:
    """Return the figures; the short form has too little to be judged by."""

    def of(
        name: str, states: list[dict[str, Any]], key: str, budget: float, share: float | None = None
    ) -> Figure:
        values = [float(state[key]) for state in states]
        limit = None if share is None else percentile(bare, share)
        found = figure(name, values, "ms", limit=limit, budget=budget if judged else None)
        return replace(found, n=sum(int(state["scans"]) for state in states))

    return [
        of("scan.p50", quiet, "scan_p50_ms", P50_MS, 0.5),
        of("scan.p99", quiet, "scan_p99_ms", SCAN_MS, 0.99),
        of("scan.p50_during_sync", busy, "scan_p50_ms", SCAN_MS, 0.5),
        of("scan.p99_during_sync", busy, "scan_p99_ms", SCAN_MS, 0.99),
        of("stall.max", quiet, "stall_ms", STALL_MS),
        of("stall.max_during_sync", busy, "stall_ms", STALL_MS),
        of("stall.work_max", [*quiet, *busy], "work_ms", STALL_MS),
    ]


# ---------------------------------------------------------------- the desk and its server


def _fill_server(desk: Desk, first: int, products: int) -> int:
    """Let another desk bring products to the server; returns the feed's head after it."""
    job = derived_id(MERCHANT_ID, "bench scan job")
    for start in range(first, first + products, CHUNK):
        chunk = tuple(_product(n) for n in range(start, min(start + CHUNK, first + products)))
        desk.do(ImportProducts(job, start, chunk))
        if start % (CHUNK * 20) == 0:
            desk.sync()
    desk.sync()
    return desk.runtime.engine.position.cursor


def _product(n: int) -> NewSku:
    body = f"9527{n:08d}"
    code = f"{body}{check_digit(body)}"
    return NewSku(
        sku_id(MERCHANT_ID, f"sy-{n:06d}"), f"SY-{n:06d}", f"同步商品 {n}", f"Synced {n}", "测量",
        "件", MICRO, False, False, 0, 0, (Barcode(code, f"0{code}", MICRO, "件"),),
    )  # fmt: skip


# ---------------------------------------------------------------- scanning


def _quiet(folder: Path, url: str, codes: Sequence[str], amount: _Amount) -> list[dict[str, Any]]:
    """Scan while the desk has nothing to do but to send what was scanned."""
    hands = Hands(folder, url, codes)
    try:
        return [hands.measured(lambda: hands.scan(amount.scans)) for _ in range(amount.runs)]
    finally:
        hands.window.end()


def _during_syncs(scene: Stage, folder: Path, codes: Sequence[str], amount: _Amount) -> list[dict[str, Any]]:
    """Cut the network, let another desk fill the server, scan from its return until all rows are here."""
    proxy = Proxy(scene.server.port)
    proxy.close_line()
    products = int(amount.rows / ROWS_A_PRODUCT)
    filler = scene.desk()
    hands = Hands(folder, f"http://127.0.0.1:{proxy.port}", codes)

    def until_all_is_there(head: int) -> None:
        deadline = time.monotonic() + SYNC_SECONDS
        hands.scan(LEAST)
        while int(hands.window.order("state")["feed"]) < head:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the desk did not come to row {head}")
            hands.scan(LEAST)

    def sync(number: int) -> dict[str, Any]:
        head = _fill_server(filler, number * products, products)
        first = int(hands.window.order("state")["feed"])
        proxy.open_line()
        hands.window.wait_for("sync", lambda state: int(state["feed"]) > first, 60)
        state = hands.measured(lambda: until_all_is_there(head))
        proxy.close_line()
        return state

    try:
        return [sync(number) for number in range(amount.syncs)]
    finally:
        hands.window.end()
        filler.close()
        proxy.end()


# ---------------------------------------------------------------- the limit


def _bare(folder: Path) -> list[float]:
    """Return the milliseconds of bare durable transactions with the rows of the last scan, in the same file.

    The rows go to tables of the same columns that are keyed like the real ones and have no other index.
    """
    profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
    try:
        with profile.writer.begin() as connection:
            inserts = [_bare_table(connection, table) for table in WRITTEN]
        times = []
        connection = profile.writer.connect()
        with connection:
            cursor = connection.connection.cursor()
            for _ in range(BARE_RUNS):
                start = time.perf_counter()
                with connection.begin():
                    for statement, row in inserts:
                        cursor.execute(statement, [os.urandom(16), *row])
                times.append((time.perf_counter() - start) * 1_000)
        with profile.writer.begin() as connection:
            for table in WRITTEN:
                connection.exec_driver_sql(f"DROP TABLE bare_{table}")
        checkpoint(profile.writer)
    finally:
        profile.close()
    return times


def _bare_table(connection: Connection, table: str) -> tuple[str, list[Any]]:
    """Make a bare copy of a table; returns its insert, and the last row without its key."""
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT 1")  # noqa: S608 - names given above
    columns = [column[0] for column in cursor.description][1:]
    row = list(cursor.fetchall()[0])[1:]
    cursor.execute(f"CREATE TABLE bare_{table} (key BLOB PRIMARY KEY, {', '.join(columns)})")
    marks = ", ".join("?" * (len(columns) + 1))
    return f"INSERT INTO bare_{table} VALUES ({marks})", row  # noqa: S608 - names given above
