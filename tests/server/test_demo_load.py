"""The demo merchant in a real database: rows through handlers and feed, and books that agree by plain SQL."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, text

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import StockKey
from merchant_desk.models import server_tables
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.store import Store
from merchant_desk.server.demo import load
from merchant_desk.server.demo.buyers import BUYERS, buyers, persons
from merchant_desk.server.demo.dates import moment, number
from merchant_desk.server.demo.load import (
    DemoMerchant,
    demo_merchant,
    demo_operations,
    is_demo_loaded,
    load_demo,
)
from merchant_desk.server.demo.structure import (
    DEMO_PASSWORD,
    MANAGER,
    MERCHANT_ID,
    OUTLETS,
    PEOPLE,
    RIVER,
    TOWN,
    assortment,
    homes,
)
from merchant_desk.server.people import People
from merchant_desk.sync.personal import open_details
from tests.helpers.world import KEY, Chance, Server

DAY = date(2026, 11, 21)
TODAY = number(DAY)


def with_tables(engine: Engine, seed: int) -> Server:
    """Return a server whose database has its tables and nothing in them."""
    server_tables.metadata.create_all(engine)
    return Server(engine, Chance(seed))


class Loaded:
    """A server with the demo merchant, and plain SQL on its database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.server = with_tables(engine, 1)
        start, worked = time.perf_counter(), time.process_time()
        self.demo: DemoMerchant = load_demo(self.server.store, self.server.house, day=DAY)
        self.seconds, self.work = time.perf_counter() - start, time.process_time() - worked

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query; ids are given and come as the database keeps them."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]

    def one(self, sql: str, **values: Any) -> Any:
        """Return a query's only value."""
        ((value,),) = self.rows(sql, **values)
        return value


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    path: Path = tmp_path_factory.mktemp("demo") / "server.db"
    engine = open_engine(path, KEY, role="writer")
    demo_operations(DAY)
    yield Loaded(engine)
    engine.dispose()


DISAGREEMENTS = {
    "balances": """SELECT count(*) FROM (SELECT stock_key, sum(quantity) AS moved FROM ledger
        GROUP BY stock_key) l LEFT JOIN stock_balances b ON b.id = l.stock_key
        WHERE coalesce(b.on_hand, 0) <> l.moved""",
    "balances without a ledger": """SELECT count(*) FROM stock_balances b WHERE on_hand <> 0 AND NOT EXISTS
        (SELECT 1 FROM ledger l WHERE l.stock_key = b.id)""",
    "on hand": """SELECT count(*) FROM availability a WHERE on_hand <> (SELECT coalesce(sum(quantity), 0)
        FROM ledger l WHERE l.availability_id = a.id)""",
    "reserved": """SELECT count(*) FROM availability a WHERE reserved <> (SELECT coalesce(sum(quantity), 0)
        FROM reservations r WHERE r.availability_id = a.id)""",
    "expected": """SELECT count(*) FROM availability a WHERE expected <> (SELECT coalesce(sum(quantity), 0)
        FROM expectations e WHERE e.availability_id = a.id)""",
    "warehouses": """SELECT count(*) FROM availability a WHERE on_hand <> (SELECT coalesce(sum(on_hand), 0)
        FROM stock_balances b WHERE b.warehouse_id = a.warehouse_id AND b.sku_id = a.sku_id)""",
    "reserved of open orders": """SELECT count(*) FROM order_lines l JOIN orders o ON o.id = l.order_id
        LEFT JOIN line_totals t ON t.id = l.id WHERE coalesce(t.reserved, 0) <>
        CASE WHEN o.status IN ('accepted', 'picking') THEN l.quantity ELSE 0 END""",
    "shipped lines": """SELECT count(*) FROM shipments s JOIN order_lines l ON l.order_id = s.order_id
        LEFT JOIN line_totals t ON t.id = l.id WHERE s.status = 'shipped'
        AND coalesce(t.done, 0) <> l.quantity""",
    "sold goods of completed orders": """SELECT count(*) FROM (SELECT o.id, sum(l.quantity) AS ordered
        FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'completed' AND NOT EXISTS
        (SELECT 1 FROM shipments s WHERE s.order_id = o.id) GROUP BY o.id) w LEFT JOIN
        (SELECT document_id, -sum(quantity) AS sold FROM ledger WHERE kind = 'sale' GROUP BY document_id) g
        ON g.document_id = w.id WHERE coalesce(g.sold, 0) <> w.ordered""",
    "totals": """SELECT count(*) FROM orders o WHERE goods <> (SELECT sum(amount) FROM order_lines l
        WHERE l.order_id = o.id) OR total <> goods + freight - discount OR refunded > total
        OR refunded <> (SELECT coalesce(sum(amount), 0) FROM refunds r WHERE r.order_id = o.id)""",
    "staging": """SELECT count(*) FROM stock_balances b JOIN locations p ON p.id = b.location_id
        WHERE p.kind = 'staging' AND b.on_hand <> 0 AND NOT EXISTS (SELECT 1 FROM shipments s
        WHERE s.status = 'open' AND s.warehouse_id = b.warehouse_id)""",
    "counts": """SELECT count(*) FROM count_lines c WHERE variance <> 0 AND variance <> (SELECT sum(quantity)
        FROM ledger l WHERE l.document_id = c.count_id AND l.stock_key = c.stock_key)""",
}


@pytest.mark.parametrize("what", DISAGREEMENTS)
def test_the_books_agree_by_plain_sql(loaded: Loaded, what: str) -> None:
    assert loaded.one(DISAGREEMENTS[what]) == 0


def test_the_ledger_is_what_the_story_says_stands_on_the_shelves(loaded: Loaded) -> None:
    stored = {
        UUID(bytes=id): on_hand for id, on_hand in loaded.rows("SELECT id, on_hand FROM stock_balances")
    }
    told, lots = 0, loaded.demo.story.shelves
    for outlet in OUTLETS:
        for article in assortment(outlet):
            shelf = outlet.location_id(homes(outlet)[article.index])
            for lot in lots.lots(outlet, article):
                key = StockKey(shelf, article.sku_id, lot_id(article.sku_id, lot.code) if lot.code else None)
                assert stored.pop(key.id, 0) == lot.free + lot.promised, (outlet.name, article.sku, lot)
                told += 1
    assert told > 1_800
    kept = [UUID(bytes=id) for (id,) in loaded.rows("SELECT id FROM locations WHERE kind = 'staging'")]
    staged = loaded.rows("SELECT id, location_id FROM stock_balances WHERE on_hand <> 0")
    elsewhere = {UUID(bytes=id) for id, place in staged if UUID(bytes=place) in kept}
    assert {id for id, on_hand in stored.items() if on_hand} == elsewhere


def test_it_loads_in_seconds(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    count = sum(loaded.demo.operations.values())
    rows = loaded.one("SELECT count(*) FROM feed")
    with capsys.disabled():
        print(  # noqa: T201 - a figure to be read in every run
            f"\ndemo merchant: {count} operations, {rows} rows in {loaded.seconds:.1f} s"
            f" ({loaded.work:.1f} s of one core; budget 6 s)"
        )
    assert loaded.seconds < 60


def test_every_row_went_through_the_log_and_the_feed(loaded: Loaded) -> None:
    told = sum(loaded.demo.operations.values())
    assert loaded.rows("SELECT status, count(*) FROM operations GROUP BY status") == [("applied", told)]
    for table in ("orders", "ledger", "reservations", "skus", "buyers", "visits", "receipts"):
        stored = loaded.one(f"SELECT count(*) FROM {table}")
        fed = loaded.one("SELECT count(DISTINCT row_id) FROM feed WHERE table_name = :table", table=table)
        assert fed == stored > 0, table
    assert loaded.one("SELECT count(*) FROM feed WHERE seq > (SELECT seq FROM counters)") == 0


def test_statuses_are_those_of_a_busy_morning(loaded: Loaded) -> None:
    counts = dict(loaded.rows("SELECT status, count(*) FROM orders GROUP BY status"))
    assert set(counts) == {
        "review", "accepted", "picking", "on_hold", "shipped", "completed", "cancelled", "refused",
    }  # fmt: skip
    assert counts["completed"] > 3_500
    assert counts["accepted"] >= 30
    assert counts["review"] >= 5
    assert counts["picking"] == 2
    waiting = loaded.one(
        "SELECT count(*) FROM orders WHERE status = 'accepted' AND outlet_id = :outlet",
        outlet=TOWN.outlet_id.bytes,
    )
    assert waiting >= 25
    assert loaded.one("SELECT count(*) FROM shipments WHERE status = 'open'") == 2


def test_deliveries_are_open_closed_short_overdue_and_drafted(loaded: Loaded) -> None:
    sql = "SELECT status, due_day, count(*) FROM purchase_orders GROUP BY status, due_day"
    due = {(status, day): count for status, day, count in loaded.rows(sql)}
    assert due["sent", TODAY] >= 3
    assert sum(n for (status, day), n in due.items() if status == "sent" and day < TODAY) >= 1
    assert sum(n for (status, day), n in due.items() if status == "sent" and day > TODAY) >= 1
    assert sum(n for (status, _), n in due.items() if status == "draft") == 1
    assert sum(n for (status, _), n in due.items() if status == "closed") > 60
    shift = loaded.demo.shift.delivery.order_id
    assert loaded.rows(
        "SELECT status, due_day, outlet_id FROM purchase_orders WHERE id = :id", id=shift.bytes
    ) == [("sent", TODAY, TOWN.outlet_id.bytes)]
    short = "SELECT count(*) FROM expectations e JOIN purchase_lines l ON l.id = e.line_id"
    assert loaded.one(f"{short} JOIN purchase_orders o ON o.id = l.order_id WHERE o.status = 'draft'") == 0


def test_what_waits_for_a_person_arose_by_itself(loaded: Loaded) -> None:
    tasks = dict(loaded.rows("SELECT code, count(*) FROM tasks GROUP BY code"))
    assert set(tasks) == {"over_delivered", "stock_negative"}
    assert tasks["stock_negative"] == 1
    assert 1 <= tasks["over_delivered"] <= 25
    below = loaded.rows("SELECT outlet_id, on_hand FROM stock_balances WHERE on_hand < 0")
    assert below == [(RIVER.outlet_id.bytes, -2 * MICRO)]
    assert loaded.one("SELECT count(*) FROM unknown_codes WHERE status = 'open'") == 2
    assert loaded.one("SELECT count(*) FROM counts WHERE status = 'closed'") == len(OUTLETS)
    assert loaded.one("SELECT sum(variance) FROM count_lines") < 0


def test_some_lots_expire_soon_and_some_have(loaded: Loaded) -> None:
    sql = """SELECT count(*) FROM stock_balances b JOIN lots l ON l.id = b.lot_id
        WHERE b.on_hand > 0 AND l.expiry BETWEEN :first AND :last"""
    assert loaded.one(sql, first=20000101, last=TODAY - 1) >= 1
    assert loaded.one(sql, first=TODAY, last=20261221) >= 3
    missing = """SELECT count(*) FROM ledger l LEFT JOIN lots o ON o.id = l.lot_id
        WHERE l.lot_id IS NOT NULL AND o.id IS NULL"""
    assert loaded.one(missing) == 0


def test_movements_have_their_own_times(loaded: Loaded) -> None:
    first, last = loaded.rows("SELECT min(time), max(time) FROM ledger")[0]
    assert first == moment(loaded.demo.story.first_day, 5 * 3600)
    assert last <= moment(DAY, 0)
    days = loaded.one("SELECT count(DISTINCT time / 86400000000) FROM ledger")
    assert days >= 60
    kinds = dict(loaded.rows("SELECT kind, count(*) FROM ledger GROUP BY kind"))
    assert set(kinds) == {"receipt", "sale", "pick", "ship", "adjust", "count"}


def test_personal_data_is_sealed_under_each_buyers_key(loaded: Loaded) -> None:
    assert loaded.one("SELECT count(*) FROM buyers") == BUYERS
    secrets = {UUID(bytes=id): sealed for id, sealed in loaded.rows("SELECT id, sealed FROM buyer_secrets")}
    buyer = buyers(loaded.demo.seed)[0][7]
    keys = {UUID(bytes=id): bytes(key) for id, key in loaded.rows("SELECT id, key FROM buyer_keys")}
    opened = open_details(buyer.buyer_id, bytes(secrets[buyer.buyer_id]), keys[buyer.buyer_id])
    assert opened == persons(loaded.demo.seed)[buyer.buyer_id]
    assert opened.phone.endswith(buyer.tail)
    assert "青石县" in opened.address
    assert len(set(keys.values())) == BUYERS
    assert all("青石县".encode() not in bytes(one) for one in secrets.values())
    assert (
        loaded.one("SELECT count(*) FROM feed WHERE table_name = 'buyer_secrets' AND grp <> 'personal'") == 0
    )


def test_loading_twice_is_refused_and_writes_nothing(loaded: Loaded) -> None:
    before = loaded.one("SELECT count(*) FROM operations")
    assert is_demo_loaded(loaded.server.store)
    with pytest.raises(Refusal, match="merchant_exists"):
        load_demo(loaded.server.store, loaded.server.house, day=DAY)
    assert loaded.one("SELECT count(*) FROM operations") == before


def cut(monkeypatch: pytest.MonkeyPatch, *, most: int, again: bool) -> None:
    """Make the story end after so many operations, with the founding again at its end if asked for."""
    bodies, times = demo_operations(DAY)
    demo = demo_merchant(DAY)
    bodies = [*bodies[:most], *(bodies[:1] if again else ())]
    monkeypatch.setattr(load, "_told", lambda day, seed: (demo, (bodies, times[: len(bodies)])))


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(tmp_path / "server.db", KEY, role="writer")
    server = with_tables(engine, 2)
    cut(monkeypatch, most=900, again=True)
    with pytest.raises(Refusal, match="merchant_exists"):
        load_demo(server.store, server.house, day=DAY)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM operations")) == 0
        assert connection.scalar(text("SELECT count(*) FROM merchants")) == 0
    engine.dispose()


def test_everybody_signs_in_with_the_documented_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(tmp_path / "server.db", KEY, role="writer")
    server = with_tables(engine, 3)
    reading = open_engine(tmp_path / "server.db", KEY, role="reader")
    readers = Store(reading, Side.SERVER)
    people = People(server.store, readers, server.chance.clock, server.chance.bytes, bytes(32))
    cut(monkeypatch, most=300, again=False)
    load_demo(server.store, server.house, people, day=DAY)
    manager = people.vouch(MERCHANT_ID, MANAGER.login, DEMO_PASSWORD, "people")
    assert manager == MANAGER.person_id
    for person in PEOPLE[1:]:
        assert people.person(MERCHANT_ID, person.badge)["id"] == person.person_id
        with pytest.raises(Refusal, match="not_allowed"):
            people.vouch(MERCHANT_ID, person.login, person.password, "people")
        with pytest.raises(Refusal, match="sign_in_failed"):
            people.vouch(MERCHANT_ID, person.login, "something else", "people")
    reading.dispose()
    engine.dispose()


@pytest.mark.long
def test_it_loads_into_postgresql_too(server_url: str) -> None:
    engine = create_engine(server_url)
    try:
        loaded = Loaded(engine)
        for what in ("balances", "on hand", "reserved", "expected", "totals"):
            assert loaded.one(DISAGREEMENTS[what]) == 0, what
    finally:
        engine.dispose()
