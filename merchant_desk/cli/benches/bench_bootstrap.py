"""How long a new desk takes to hold 100,000 rows: by the server's snapshot, and by the feed."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text

from merchant_desk.cli import demo_shop
from merchant_desk.cli.benches.stage import seconds
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.desk import Desk
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import Barcode, ImportProducts, NewSku
from merchant_desk.models.tables import SPECS
from merchant_desk.server.demo.structure import MERCHANT_ID
from merchant_desk.server.process import DataOptions, opened_data, real_edge
from merchant_desk.server.services import ServerAddress, open_services
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.profile import enrol_profile, open_profile
from merchant_desk.sync.transport import HttpFetch, ServerApi

CHUNK = 400
RUNS = 3
BUDGET = 2.0


@dataclass(frozen=True)
class Arrived:
    """A new desk: seconds from its enrolment until it was ready, its rows, and a bare insert of so many."""

    seconds: float
    rows: int
    bare: float

    @property
    def per_100k(self) -> float:
        """Seconds for 100,000 rows."""
        return self.seconds * 100_000 / self.rows


def measure(short: bool) -> Sequence[Figure]:
    """Fill a server with products; then enrol desks and time each until it agrees with the server.

    `snapshot_cold` includes making the file; the desks after it find it ready, as an invited one does.
    """
    products = 2_500 if short else 31_000
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shop = demo_shop.prepare(folder / "server", 1 + 2 * RUNS)
        _fill(folder / "server", products)
        server = EmbeddedServer(folder / "server", ["--demo"])
        try:
            codes = iter([demo_shop.enrolment_code(secret, server.port) for secret in shop.secrets])
            cold, *warm = (
                _arrival(folder / f"snapshot{n}", next(codes), snapshots=True) for n in range(1 + RUNS)
            )
            fed = [_arrival(folder / f"feed{n}", next(codes), snapshots=False) for n in range(RUNS)]
        finally:
            server.close()
    budget = None if short else BUDGET
    return [
        _figure("bootstrap.snapshot_seconds", warm, budget),
        _figure("bootstrap.snapshot_cold_seconds", [cold], budget),
        _figure("bootstrap.feed_seconds", fed, budget),
    ]


def _figure(name: str, arrived: Sequence[Arrived], budget: float | None) -> Figure:
    limit = sorted(one.bare for one in arrived)[len(arrived) // 2]
    found = figure(name, [one.per_100k for one in arrived], "s", limit=limit, budget=budget)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return replace(found, n=arrived[0].rows, peer="bare bulk insert", machine=found.machine + load)


def _arrival(folder: Path, code: str, *, snapshots: bool) -> Arrived:
    start = time.perf_counter()
    with _enrolled(folder, code) as desk:
        desk.runtime.snapshots.wanted = snapshots
        desk.sync()
        taken = seconds(start)
        return Arrived(taken, _rows(desk), _bare(desk))


@contextlib.contextmanager
def _enrolled(folder: Path, code: str) -> Iterator[Desk]:
    """Enrol a desk that has pulled nothing yet."""
    parsed = parse_enrolment_code(code)
    profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
    fetch = HttpFetch(parsed.url, parsed.fingerprint)
    enrol_profile(profile, parsed, folder.name, ServerApi(fetch, "").enrol)
    fetch.close()
    with Desk(profile) as desk:
        yield desk


def _fill(folder: Path, count: int) -> None:
    """Let the server itself carry out the operations that bring `count` products with a barcode each."""
    options = DataOptions(folder, lambda request: None, None, demo=True)
    with opened_data(options) as (database, _):
        house = open_services(database, real_edge(), ServerAddress("127.0.0.1", 0)).house
        for start in range(0, count, CHUNK):
            items = tuple(_product(n) for n in range(start, min(start + CHUNK, count)))
            job = derived_id(MERCHANT_ID, "bench job")
            house.do(MERCHANT_ID, ImportProducts(job, start // CHUNK, items))


def _product(n: int) -> NewSku:
    digits = f"95299{n:07d}"
    code = f"{digits}{check_digit(digits)}"
    barcode = Barcode(code, f"0{code}", 1_000_000, "件")
    return NewSku(
        derived_id(MERCHANT_ID, "bench", code), f"BENCH-{n:06d}", f"测量商品 {n}", f"Measured {n}",
        "测量", "件", 1_000_000, False, False, 0, 0, (barcode,),
    )  # fmt: skip


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
