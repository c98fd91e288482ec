"""How long a new desk takes to hold 100,000 rows, by the feed."""

import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text

from merchant_desk.cli.benches.stage import seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.desk import Desk
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import Barcode, ImportProducts, NewSku
from merchant_desk.models.tables import SPECS
from merchant_desk.server.demo.structure import MERCHANT_ID

CHUNK = 400
BUDGET = 2.0


def measure(short: bool) -> Sequence[Figure]:
    """Fill the server with products by one desk, then enrol another and time it."""
    products = 2_500 if short else 31_000
    with stage(2) as scene:
        first = scene.desk()
        _fill(first, products)
        first.sync()
        first.close()
        code = scene.code()
        start = time.perf_counter()
        desk = Desk.enrol(scene.folder / "new", code, "new", demo=True)
        taken = seconds(start)
        rows = _rows(desk)
        limit = _bare(desk)
        desk.close()
    per_100k = taken * 100_000 / rows
    found = figure("bootstrap.feed_seconds", [per_100k], "s", limit=limit, budget=None if short else BUDGET)
    return [replace(found, n=rows)]


def _fill(desk: Desk, count: int) -> None:
    space = MERCHANT_ID
    for start in range(0, count, CHUNK):
        items = []
        for n in range(start, min(start + CHUNK, count)):
            digits = f"95299{n:07d}"
            code = f"{digits}{check_digit(digits)}"
            barcode = Barcode(code, f"0{code}", 1_000_000, "件")
            items.append(
                NewSku(
                    derived_id(space, "bench", code), f"BENCH-{n:06d}", f"测量商品 {n}", f"Measured {n}",
                    "测量", "件", 1_000_000, False, False, 0, 0, (barcode,),
                )
            )  # fmt: skip
        desk.do(ImportProducts(derived_id(space, "bench job"), start // CHUNK, tuple(items)))
        if start % (CHUNK * 20) == 0:
            desk.sync()


def _rows(desk: Desk) -> int:
    tables = [spec.name for spec in SPECS.values() if spec.synced]
    with desk.read() as connection, connection.begin():
        return sum(int(connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0) for t in tables)  # noqa: S608


def _bare(desk: Desk) -> float:
    """Return the seconds of a bare bulk insert of 100,000 barcode rows into the same file."""

    def insert() -> float:
        with desk.runtime.profile.writer.begin() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("SELECT id, code, gtin, sku_id, quantity, unit FROM barcodes")
            values = cursor.fetchall()
            cursor.execute("CREATE TABLE bare (id BLOB PRIMARY KEY, code, gtin, sku_id, quantity, unit)")
            start = time.perf_counter()
            cursor.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?)", values)
            taken = seconds(start)
            cursor.execute("DROP TABLE bare")
        return taken * 100_000 / max(len(values), 1)

    return desk.runtime.writer.run(insert)
