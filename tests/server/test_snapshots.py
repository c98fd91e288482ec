"""Is a snapshot what the feed would have brought, for this desk alone, and fetched without a loss?"""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from merchant_desk.domain.products import AddProduct
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models import desk_tables
from merchant_desk.models.columns import Scope, Side
from merchant_desk.models.encrypted import integrity, open_engine
from merchant_desk.models.faults import WrongKey
from merchant_desk.models.migrate import prepare
from merchant_desk.models.statements import SYSTEM
from merchant_desk.models.tables import SPECS
from merchant_desk.server.snapshots import FRESH_ROWS
from merchant_desk.sync.administration import (
    SNAPSHOT_KEY_HEADER,
    SNAPSHOT_SCHEMA_HEADER,
    SNAPSHOT_SEQ_HEADER,
    SNAPSHOT_USE,
    InviteRequest,
)
from merchant_desk.sync.sealing import SealBroken, unseal
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.web import WebDesk, WebWorld, problem, web_world

Rows = dict[str, list[tuple[Any, ...]]]


def key_of(answer: httpx.Response, desk: WebDesk) -> bytes:
    """Open the sealed key of a snapshot, as its desk does."""
    tag = answer.headers["ETag"].strip('"')
    box = base64.b64decode(answer.headers[SNAPSHOT_KEY_HEADER])
    return unseal(box, desk.keys.agreement_key, use=SNAPSHOT_USE + tag.encode())


def fetched(desk: WebDesk, path: Path) -> tuple[bytes, int]:
    """Fetch a snapshot; return its key and the feed number that it is as of."""
    answer = desk.get("/snapshot")
    assert answer.status_code == 200, problem(answer)
    path.write_bytes(answer.content)
    return key_of(answer, desk), int(answer.headers[SNAPSHOT_SEQ_HEADER])


def rows_of(path: Path, key: bytes) -> Rows:
    """Return every row of the trade's tables, totals of nothing left out."""
    engine = open_engine(path, key, role="writer")
    try:
        assert integrity(engine) == ()
        prepare(engine, Side.DESK, path)
        found: Rows = {}
        with engine.connect() as connection:
            for name, spec in SPECS.items():
                lines = connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().all()
                if spec.scope is Scope.DERIVED:
                    sums = [c.name for c in spec.columns if c.kind == "int"]
                    lines = [line for line in lines if any(line[one] for one in sums)]
                names = sorted((*spec.names, *(SYSTEM if spec.synced else ())))
                found[name] = sorted(tuple(repr(line[c]) for c in names) for line in lines)
        return found
    finally:
        engine.dispose()


def work(world: WebWorld, count: int) -> None:
    """Let the server have some history: goods, movements up and down, things that changed later."""
    sku = rice(world)
    up, down = adjust(world, sku, 5), adjust(world, sku, -5)
    world.services.house.do(world.merchant.id, AddProduct(sku), *([up, down, up] * count))


def test_a_snapshot_is_what_the_feed_brings(world: WebWorld, tmp_path: Path) -> None:
    work(world, 20)
    desk = world.desk(groups=("cost",))
    pulled = real_desk(world, desk, tmp_path)
    pulled.db.dispose()
    key, seq = fetched(desk, tmp_path / "snapshot.db")
    assert seq == pulled.engine.position.cursor
    snapshot, feed = rows_of(tmp_path / "snapshot.db", key), rows_of(pulled.path, pulled.key or b"")
    assert {name: len(rows) for name, rows in snapshot.items()} == {n: len(r) for n, r in feed.items()}
    assert snapshot == feed
    assert len(snapshot["ledger"]) == 60
    assert len(snapshot["stock_balances"]) == 1


def test_it_has_all_tables_and_indexes_of_a_desk(world: WebWorld, tmp_path: Path) -> None:
    key, _ = fetched(world.desk(), tmp_path / "snapshot.db")
    plain = tmp_path / "plain.db"
    made = open_engine(plain, key, role="writer")
    prepare(made, Side.DESK, plain)
    engine = open_engine(tmp_path / "snapshot.db", key, role="writer")
    schema = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    with made.connect() as expected, engine.connect() as found:
        assert found.exec_driver_sql(schema).all() == expected.exec_driver_sql(schema).all()
        version = "SELECT version_num FROM alembic_version"
        assert found.exec_driver_sql(version).all() == expected.exec_driver_sql(version).all()
    assert len(desk_tables.metadata.tables) > 20
    made.dispose()
    engine.dispose()


def test_another_outlets_rows_and_groups_are_not_in_it(world: WebWorld, tmp_path: Path) -> None:
    work(world, 2)
    foreign = world.found("白水商行", "BS")
    elsewhere = world.desk(outlet=world.add_outlet("XX"))
    here = world.desk()
    key, _ = fetched(elsewhere, tmp_path / "elsewhere.db")
    rows = rows_of(tmp_path / "elsewhere.db", key)
    assert rows["ledger"] == rows["stock_balances"] == rows["sku_costs"] == []
    assert len(rows["skus"]) == 1
    assert len(rows["merchants"]) == 1
    key, _ = fetched(here, tmp_path / "here.db")
    rows = rows_of(tmp_path / "here.db", key)
    assert len(rows["ledger"]) == 6
    assert repr(foreign.id.bytes) not in repr(rows)


def test_only_its_own_desk_opens_it(world: WebWorld, tmp_path: Path) -> None:
    mine, other = world.desk(), world.desk()
    answer = mine.get("/snapshot")
    theirs = other.get("/snapshot")
    assert answer.headers["ETag"] == theirs.headers["ETag"]
    assert answer.content == theirs.content
    assert key_of(answer, mine) == key_of(theirs, other)
    with pytest.raises(SealBroken):
        key_of(answer, other)
    path = tmp_path / "snapshot.db"
    path.write_bytes(answer.content)
    with pytest.raises(WrongKey):
        open_engine(path, bytes(32), role="writer")
    assert answer.headers[SNAPSHOT_SCHEMA_HEADER] == str(world.services.state.schema)


def test_fetching_goes_on_where_it_was_cut(world: WebWorld) -> None:
    work(world, 5)
    desk = world.desk()
    whole = desk.get("/snapshot")
    size = len(whole.content)
    assert whole.headers["Accept-Ranges"] == "bytes"
    first = whole.content[: size // 3]
    rest = desk.get("/snapshot", Range=f"bytes={len(first)}-", **{"If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert first + rest.content == whole.content
    assert key_of(rest, desk) == key_of(whole, desk)
    none = desk.get("/snapshot", Range=f"bytes={size}-", **{"If-Range": whole.headers["ETag"]})
    assert none.status_code == 416
    other = desk.get("/snapshot", Range="bytes=100-", **{"If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)


def test_a_cut_fetch_goes_on_though_a_newer_one_was_built(world: WebWorld) -> None:
    desk = world.desk()
    old = desk.get("/snapshot")
    for _ in range(2):
        work(world, FRESH_ROWS // 3 + 1)
        new = desk.get("/snapshot")
        assert new.headers["ETag"] != old.headers["ETag"]
        rest = desk.get("/snapshot", Range="bytes=5000-", **{"If-Range": old.headers["ETag"]})
        assert (rest.status_code, rest.content) == (206, old.content[5000:])
        old = new
    folder = world.services.snapshots._folder  # type: ignore[union-attr]
    assert len(list(folder.iterdir())) == 2


def test_a_tag_of_another_scope_gives_ones_own(world: WebWorld) -> None:
    mine, elsewhere = world.desk(), world.desk(outlet=world.add_outlet("XX"))
    theirs = elsewhere.get("/snapshot")
    answer = mine.get("/snapshot", Range="bytes=0-", **{"If-Range": theirs.headers["ETag"]})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != theirs.headers["ETag"]


def test_desks_that_come_together_wait_for_one_build(world: WebWorld) -> None:
    work(world, 30)
    desks = [world.desk() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda desk: desk.get("/snapshot"), desks))
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_an_invited_desk_finds_it_ready(world: WebWorld) -> None:
    snapshots = world.services.snapshots
    assert snapshots is not None
    world.services.invite(world.merchant.id, InviteRequest(world.merchant.outlet, ("cost",)))
    assert snapshots.has_wishes()
    world.loop.run(world.app.state.upkeep.build_ahead())
    assert not snapshots.has_wishes()
    (ready,) = snapshots._folder.iterdir()
    answer = world.desk(groups=("cost",)).get("/snapshot")
    assert answer.headers["ETag"].strip('"') == ready.stem


def test_what_came_since_is_pulled(world: WebWorld, tmp_path: Path) -> None:
    work(world, 3)
    desk = world.desk()
    _, seq = fetched(desk, tmp_path / "old.db")
    sku = rice(world)
    other = world.desk()
    world.services.house.do(world.merchant.id, AddProduct(sku))
    key, again = fetched(other, tmp_path / "same.db")
    assert again == seq
    assert str(sku.sku_id.bytes) not in str(rows_of(tmp_path / "same.db", key)["skus"])
    rows = [row for op in other.pull("", seq, 2_000).ops for row in op.rows]
    assert ("skus", sku.sku_id) in {(row.table, row.id) for row in rows}


@pytest.mark.expects_log("storage_trouble")
def test_a_full_disk_leaves_no_half_snapshot(
    embedded: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(embedded, 200)
    desk = embedded.desk()
    from merchant_desk.server import snapshot_build

    connection = snapshot_build._bulk_connection

    @contextmanager
    def small(path: Path, key: bytes) -> Iterator[Any]:
        with connection(path, key) as target:
            target.execute("pragma max_page_count = 150")
            yield target

    with monkeypatch.context() as patch:
        patch.setattr(snapshot_build, "_bulk_connection", small)
        answer = desk.get("/snapshot")
        assert (answer.status_code, problem(answer).code) == (503, "disk_full")
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert desk.get("/snapshot").status_code == 200


def test_files_of_an_earlier_process_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    folder.mkdir()
    (folder / "old.snapshot").write_bytes(b"useless")
    with web_world(tmp_path) as world:
        assert list(folder.iterdir()) == []
        world.desk().get("/snapshot")
        assert len(list(folder.iterdir())) == 1
    assert list(folder.iterdir()) == []


def test_a_server_without_room_for_them_says_so(tmp_path: Path) -> None:
    with web_world(tmp_path, snapshot_folder=None) as world:
        answer = world.desk().get("/snapshot")
        assert (answer.status_code, problem(answer).code) == (409, "no_snapshots")


def test_the_work_of_others_goes_on_while_one_is_built(
    embedded: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build reads one snapshot of the database; pushes and pulls are answered meanwhile."""
    from merchant_desk.server import snapshot_build

    work(embedded, 20)
    desk, busy = embedded.desk(), embedded.desk()
    fill = snapshot_build._add_totals
    seen: list[int] = []

    def slow(*given: Any) -> None:
        at = embedded.merchant
        sku = rice(embedded)
        moved = AdjustStock(
            at.outlet, at.warehouse, at.shelves[0], sku.sku_id, None, "sellable", 1, "opening", ""
        )
        embedded.services.house.do(at.id, AddProduct(sku), moved)
        seen.append(busy.pull("", 0, 20_000).until)
        fill(*given)

    monkeypatch.setattr(snapshot_build, "_add_totals", slow)
    answer = desk.get("/snapshot")
    assert answer.status_code == 200
    assert seen[0] > int(answer.headers[SNAPSHOT_SEQ_HEADER])
