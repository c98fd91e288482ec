"""How long 10,000 operations that waited offline take to be judged by the server, over HTTP on loopback."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, create_engine, text

from merchant_desk.cli.benches.stage import DATABASE_URL, seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods

BUDGET = 2.0
COPIED = {"operations": "last_seq", "feed": "seq", "ledger": "feed_seq"}
"""Table -> the column that tells the feed number of a row."""


def measure(short: bool) -> Sequence[Figure]:
    """Queue operations, push them as a desk does; beside it, COPY of the rows that came of it.

    The clock runs until the last answer is filed. COPY only where the server is PostgreSQL.
    """
    count = 1_000 if short else 10_000
    with stage(1, postgres=True) as scene:
        desk = scene.desk()
        before = _last_seq()
        queue_receipts(desk, count)
        size = _bytes(desk)
        start = time.perf_counter()
        desk.runtime.sync(pull=False)
        taken = seconds(start)
        if desk.runtime.status.waiting:
            raise RuntimeError("not everything was answered")
        desk.close()
        limit = _copy_again(before) if os.environ.get(DATABASE_URL) else None
    database = "postgresql" if os.environ.get(DATABASE_URL) else "sqlite"
    budget = BUDGET * count / 10_000
    found = figure("push.seconds", [taken], "s", limit=limit, budget=budget, peer="COPY" if limit else None)
    rate = figure("push.ops_per_s", [count / taken], "ops/s")
    each = figure("push.bytes_per_op", [size / count], "bytes")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    where = f"{found.machine}, {database}{load}"
    return [replace(one, n=count, machine=where) for one in (found, rate, each)]


def queue_receipts(desk: Desk, count: int, number: str = "RC-00-900001") -> None:
    """Let the desk receive `count` times without a network, all into one receipt."""
    warehouse = desk.warehouse()
    skus = desk.ask(_plain_skus)
    receipt = desk.runtime.new_id()
    desk.do(OpenReceipt(receipt, number, warehouse.outlet_id, warehouse.id, None, None))
    for n in range(count):
        desk.do(
            ReceiveGoods(
                receipt,
                warehouse.outlet_id,
                warehouse.id,
                warehouse.receiving_id,
                skus[n % len(skus)],
                None,
                MICRO,
                MICRO,
                "",
                None,
                "",
                "sellable",
                "9521000000000",
            )
        )


def _plain_skus(connection: Connection) -> list[UUID]:
    found = connection.execute(text("SELECT id FROM skus WHERE track_lot = 0 LIMIT 400"))
    return [UUID(bytes=id) for (id,) in found]


def _bytes(desk: Desk) -> int:
    """Return how many bytes the waiting operations are, before compression."""
    sql = "SELECT sum(length(header) + length(body) + length(signature)) FROM outbox WHERE status = 'pending'"
    return int(desk.ask(lambda connection: connection.scalar(text(sql))) or 0)


def _last_seq() -> int:
    """Return the feed's last number; 0 where the server is not PostgreSQL."""
    url = os.environ.get(DATABASE_URL)
    if not url:
        return 0
    engine = create_engine(url)
    with engine.begin() as connection:
        found = connection.scalar(text("SELECT max(seq) FROM counters"))
    engine.dispose()
    return int(found or 0)


def _copy_again(after: int) -> float:
    """Return the seconds that COPY needs for the rows that came after a feed number, by three tables."""
    engine = create_engine(os.environ[DATABASE_URL])
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        dumps = {}
        for table, column in COPIED.items():
            connection.execute(text(f"CREATE TEMP TABLE again_{table} (LIKE {table})"))
            with cursor.copy(f"COPY (SELECT * FROM {table} WHERE {column} > {after:d}) TO STDOUT") as copy:  # noqa: S608
                dumps[table] = b"".join(bytes(part) for part in copy)
        start = time.perf_counter()
        for table, data in dumps.items():
            with cursor.copy(f"COPY again_{table} FROM STDIN") as copy:
                copy.write(data)
        taken = seconds(start)
    engine.dispose()
    return taken
