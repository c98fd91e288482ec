"""How long 10,000 operations that waited offline take to be judged by the server, over HTTP on loopback."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, create_engine, text

from merchant_desk.cli.benches.stage import DATABASE_URL, seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods
from merchant_desk.sync.protocol import encode

BUDGET = 2.0
COPIED = ("operations", "feed", "ledger")


def measure(short: bool) -> Sequence[Figure]:
    """Queue operations, push them; beside it, COPY of the same rows where the server is PostgreSQL."""
    count = 1_000 if short else 10_000
    with stage(1, postgres=True) as scene:
        desk = scene.desk()
        _queue(desk, count)
        start = time.perf_counter()
        sent = _push(desk)
        taken = seconds(start)
        desk.close()
        limit = _copy_again() if os.environ.get(DATABASE_URL) else None
    database = "postgresql" if os.environ.get(DATABASE_URL) else "sqlite"
    budget = BUDGET * count / 10_000
    found = figure("push.seconds", [taken], "s", limit=limit, budget=budget, peer="COPY" if limit else None)
    rate = figure("push.ops_per_s", [count / taken], "ops/s")
    size = figure("push.bytes_per_op", [sent / count], "bytes")
    return [replace(one, n=count, machine=f"{one.machine}, {database}") for one in (found, rate, size)]


def _queue(desk: Desk, count: int) -> None:
    """Let the desk receive `count` times without a network."""
    warehouse = desk.warehouse()
    skus = desk.ask(_plain_skus)
    receipt = desk.runtime.new_id()
    desk.do(OpenReceipt(receipt, "RC-00-900001", warehouse.outlet_id, warehouse.id, None, None))
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


def _push(desk: Desk) -> int:
    engine, sent = desk.runtime.engine, 0
    while (batch := desk.runtime.writer.run(engine.next_batch)).ops:
        sent += len(encode(batch))
        answer = desk.api.push(batch)
        desk.runtime.writer.run(partial(engine.take_outcomes, answer.outcomes))
    return sent


def _copy_again() -> float:
    """Return the seconds that COPY needs for the rows of the last 10,000 operations, by three tables."""
    engine = create_engine(os.environ[DATABASE_URL])
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        dumps = {}
        for table in COPIED:
            connection.execute(text(f"CREATE TEMP TABLE again_{table} (LIKE {table})"))
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                dumps[table] = b"".join(bytes(part) for part in copy)
        start = time.perf_counter()
        for table, data in dumps.items():
            with cursor.copy(f"COPY again_{table} FROM STDIN") as copy:
                copy.write(data)
        taken = seconds(start)
    engine.dispose()
    return taken
