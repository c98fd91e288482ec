"""How long a code takes to become its meaning, on 818,846 real codes (or as many made ones)."""

import csv
import gzip
import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, insert

from merchant_desk.cli.figures import Figure, figure, percentile
from merchant_desk.domain.codes import gtin14
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.ids import derived_id
from merchant_desk.models import desk_tables
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.stations.resolver import resolve

KEY = bytes(range(32))
TODAY = 20261121
SPACE = UUID(int=1)
CHUNK = 20_000


def measure(short: bool) -> Sequence[Figure]:
    """Fill a desk's catalogue with the codes, resolve a sample of them, and look them up barely."""
    codes = _codes(20_000 if short else 818_846)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        writer = open_engine(path, KEY, role="writer")
        desk_tables.metadata.create_all(writer)
        _fill(writer, codes)
        checkpoint(writer, "TRUNCATE")
        reader = open_engine(path, KEY, role="reader")
        sample = random.Random(7).sample(codes, min(20_000, len(codes)))  # noqa: S311 - a sample, no secret
        ours = _resolve(reader, sample)
        bare = _look_up(reader, sample)
        reader.dispose()
        writer.dispose()
    n = len(sample)
    limit99, limit50 = percentile(bare, 0.99), percentile(bare, 0.5)
    return [
        replace(figure("resolver.p50", [percentile(ours, 0.5)], "ms", limit=limit50), n=n),
        replace(figure("resolver.p99", [percentile(ours, 0.99)], "ms", limit=limit99, budget=1.0), n=n),
    ]


def _codes(count: int) -> list[str]:
    """Return real codes where they are at hand, else made ones of the same kind."""
    data = Path(os.environ.get("MERCHANT_DESK_DATA", "../shared/data"))
    path = data / "off_2019-06_code_name.csv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            next(rows)
            return [row[0] for _, row in zip(range(count), rows, strict=False)]
    return [f"{n:012d}{check_digit(f'{n:012d}')}" for n in range(952_000_000_000, 952_000_000_000 + count)]


def _fill(writer: Engine, codes: Sequence[str]) -> None:
    for start in range(0, len(codes), CHUNK):
        part = list(dict.fromkeys(codes[start : start + CHUNK]))
        skus = [_sku(code) for code in part]
        barcodes = [
            {
                "id": derived_id(SPACE, "code", code),
                "code": code,
                "gtin": gtin14(code),
                "sku_id": sku["id"],
                "quantity": 1_000_000,
                "unit": "",
            }
            for code, sku in zip(part, skus, strict=True)
        ]
        with writer.begin() as connection:
            connection.execute(insert(desk_tables.metadata.tables["skus"]).prefix_with("OR IGNORE"), skus)
            connection.execute(
                insert(desk_tables.metadata.tables["barcodes"]).prefix_with("OR IGNORE"), barcodes
            )


def _sku(code: str) -> dict[str, object]:
    numbers = dict.fromkeys(
        ("price", "track_lot", "track_expiry", "track_serial", "shelf_life_days", "min_days_left"), 0
    )
    texts = {"sku": code, "sku_key": code, "name": code, "name_en": "", "sort_key": code, "category": ""}
    return {
        "id": derived_id(SPACE, "sku", code),
        **texts,
        **numbers,
        "base_unit": "",
        "supplier_id": None,
        "draft": 0,
        "archived": 0,
    }


def _resolve(reader: Engine, sample: Sequence[str]) -> list[float]:
    times = []
    with reader.connect() as connection, connection.begin():
        for code in sample:
            start = time.perf_counter()
            meaning = resolve(connection, code, None, TODAY)
            times.append((time.perf_counter() - start) * 1_000)
            if not meaning.products:
                raise LookupError(f"{code} was filled in and is not found")
    return times


def _look_up(reader: Engine, sample: Sequence[str]) -> list[float]:
    times = []
    with reader.connect() as connection, connection.begin():
        cursor = connection.connection.cursor()
        for code in sample:
            start = time.perf_counter()
            cursor.execute("SELECT sku_id FROM barcodes WHERE code = ?", [code])
            cursor.fetchall()
            times.append((time.perf_counter() - start) * 1_000)
    return times
