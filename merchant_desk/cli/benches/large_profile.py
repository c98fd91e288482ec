"""A desk that holds a large merchant: rows as the feed would have brought them, written in bulk.

Identity, people, places and the goods that are scanned are the demo merchant's and known to its server;
the rest is ballast that only this desk has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.stock import StockKey, availability_id
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.list_indexes import make_next_index
from merchant_desk.models.search import SearchIndex
from merchant_desk.models.sort_keys import sort_key
from merchant_desk.models.store import Store
from merchant_desk.server.demo.structure import MANAGER, TOWN
from merchant_desk.sync.profile import open_profile

SPACE = UUID(int=0xBE7C)
GOODS = ("大米", "菜籽油", "啤酒", "抽纸", "酱油", "面粉", "白糖", "食盐", "洗衣粉", "牙膏", "电池", "肥料")
FIRST_SEQ = 1 << 40
"""Numbers of ballast operations, far from those of real ones."""

MINUTE_US = 60_000_000

LEDGER = """
    WITH RECURSIVE counted (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM counted WHERE i + 1 < :rows)
    INSERT INTO ledger (id, outlet_id, op_id, device_id, device_seq, person_id, time, time_bound, kind,
        document_id, line_id, tally_id, stock_key, availability_id, warehouse_id, location_id, sku_id, lot_id,
        serial, status, owner_id, quantity, reverses_id, reason, feed_seq, feed_hash)
    SELECT randomblob(16), :outlet, randomblob(16), :device, :first + i, :person,
        :until - (:rows - i) * :minute, 0, 'receipt', :device, NULL, NULL, p.stock_key, p.availability_id,
        :warehouse, p.location_id, p.sku_id, NULL, '', 'sellable', NULL, :quantity, NULL, '', 1, 1
    FROM counted JOIN ballast p ON p.n = i % :skus
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the merchant is."""

    skus: int = 100_000
    ledger: int = 1_000_000


FULL = Size()
SHORT = Size(2_000, 20_000)


def enlarge(folder: Path, size: Size, until: int) -> None:
    """Write ballast into the profile of a demo desk that nobody has open; `until` is now, microseconds UTC.

    Search index and list indexes are made as well: a desk that grew to this size has long had them.
    """
    profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
    try:
        store = profile.store
        skus = [derived_id(SPACE, "sku", str(i)) for i in range(size.skus)]
        with profile.writer.begin() as connection:
            _insert(store, connection, "skus", _skus(skus))
            _insert(store, connection, "barcodes", _barcodes(skus))
            _insert(store, connection, "stock_balances", _balances(skus, size))
            _insert(store, connection, "availability", _availability(skus, size))
            _ledger(connection, skus, size, until)
        with profile.writer.begin() as connection:
            while make_next_index(connection):
                pass
        index = SearchIndex(profile.writer)
        index.prepare()
        while index.step():
            pass
        checkpoint(profile.writer, "TRUNCATE")
    finally:
        profile.close()


def _insert(store: Store, connection: Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    statements = store.statements[table]
    synced = {"feed_seq": 1, "feed_hash": 1, "job_id": None} if "feed_seq" in statements.columns else {}
    cursor = connection.connection.cursor()
    cursor.executemany(statements.insert, [statements.row_values(None, row | synced) for row in rows])


def _place(i: int) -> UUID:
    shelves = TOWN.shelves
    return TOWN.location_id(shelves[i % len(shelves)])


def _skus(skus: list[UUID]) -> Iterator[dict[str, Any]]:
    for i, id in enumerate(skus):
        name = f"{GOODS[i % len(GOODS)]} {i % 997}g {i}"
        yield {
            "id": id, "sku": f"BN-{i:06d}", "sku_key": f"bn-{i:06d}", "name": name, "name_en": f"Goods {i}",
            "sort_key": sort_key(name), "category": "粮油", "base_unit": "件", "price": 5 * MICRO,
            "track_lot": 0, "track_expiry": 0, "track_serial": 0, "shelf_life_days": 0, "min_days_left": 0,
            "supplier_id": None, "draft": 0, "archived": 0,
        }  # fmt: skip


def _barcodes(skus: list[UUID]) -> Iterator[dict[str, Any]]:
    for i, sku in enumerate(skus):
        body = f"9528{i:08d}"
        code = f"{body}{check_digit(body)}"
        yield {
            "id": derived_id(SPACE, "code", code), "code": code, "gtin": f"0{code}", "sku_id": sku,
            "quantity": MICRO, "unit": "件",
        }  # fmt: skip


def _held(i: int, size: Size) -> int:
    """Return the sum of a product's ledger rows, 10^-6 base units."""
    whole, rest = divmod(size.ledger, size.skus)
    return (whole + (i < rest)) * MICRO


def _balances(skus: list[UUID], size: Size) -> Iterator[dict[str, Any]]:
    for i, sku in enumerate(skus):
        place = _place(i)
        yield {
            "id": StockKey(place, sku).id, "outlet_id": TOWN.outlet_id, "warehouse_id": TOWN.warehouse_id,
            "location_id": place, "sku_id": sku, "lot_id": None, "serial": "", "status": "sellable",
            "owner_id": None, "on_hand": _held(i, size),
        }  # fmt: skip


def _availability(skus: list[UUID], size: Size) -> Iterator[dict[str, Any]]:
    for i, sku in enumerate(skus):
        yield {
            "id": availability_id(TOWN.warehouse_id, sku), "outlet_id": TOWN.outlet_id,
            "warehouse_id": TOWN.warehouse_id, "sku_id": sku, "on_hand": _held(i, size), "reserved": 0,
            "expected": 0,
        }  # fmt: skip


def _ledger(connection: Connection, skus: list[UUID], size: Size, until: int) -> None:
    """Write the movements, round by round over all products."""
    cursor = connection.connection.cursor()
    cursor.execute(
        "CREATE TEMP TABLE ballast (n INTEGER PRIMARY KEY, sku_id, location_id, stock_key, availability_id)"
    )
    cursor.executemany(
        "INSERT INTO ballast VALUES (?, ?, ?, ?, ?)",
        [
            (
                i, sku.bytes, _place(i).bytes, StockKey(_place(i), sku).id.bytes,
                availability_id(TOWN.warehouse_id, sku).bytes,
            )
            for i, sku in enumerate(skus)
        ],
    )  # fmt: skip
    cursor.execute(
        LEDGER,
        {
            "rows": size.ledger, "skus": size.skus, "first": FIRST_SEQ, "until": until, "minute": MINUTE_US,
            "outlet": TOWN.outlet_id.bytes, "warehouse": TOWN.warehouse_id.bytes,
            "device": derived_id(SPACE, "device").bytes, "person": MANAGER.person_id.bytes, "quantity": MICRO,
        },
    )  # fmt: skip
    cursor.execute("DROP TABLE ballast")
