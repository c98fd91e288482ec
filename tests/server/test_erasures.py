"""A backup from before an erasure is put back: does it bring nobody back?"""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from merchant_desk.domain.buyers import BuyerDetails, EraseBuyer
from merchant_desk.models.server_tables import metadata
from merchant_desk.server.backup import back_up, restore_embedded
from merchant_desk.server.database import ServerDatabase, open_embedded
from merchant_desk.server.personal import keep_keys
from merchant_desk.server.services import ServerAddress, open_services
from merchant_desk.server.state import read_values
from merchant_desk.sync.personal import new_buyer
from merchant_desk.sync.personal_keys import BuyerKey
from tests.helpers.personal import pages_with
from tests.helpers.world import KEY
from tests.server.test_backup import edge_of, put_back, source_of
from tests.server.web import WebWorld, web_world

LI = BuyerDetails("李小明", "10000002041", "青石县白水乡东沟村 7 号")


def add_buyer(world: WebWorld, code: str) -> tuple[UUID, bytes]:
    """Take note of a buyer as the server does; returns id and key."""
    new = new_buyer(world.chance.new_id(), code, "金卡", LI, world.chance.bytes)
    buyer_id, services = new.operation.buyer_id, world.services
    services.house.do(world.merchant.id, new.operation)
    with services.store.engine.begin() as connection:
        keep_keys(services.store, connection, world.merchant.id, [BuyerKey(buyer_id, new.key)])
    return buyer_id, new.key


def keys_in(database: ServerDatabase) -> dict[UUID, bytes]:
    table = metadata.tables["buyer_keys"]
    with database.reader.connect() as connection, connection.begin():
        return {row.id: bytes(row.key) for row in connection.execute(select(table))}


def erased_in(database: ServerDatabase) -> dict[UUID, bool]:
    table = metadata.tables["buyers"]
    with database.reader.connect() as connection, connection.begin():
        return {row.id: row.erased_at is not None for row in connection.execute(select(table))}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_erased_since_is_erased_again(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("server_url") if kind == "postgresql" else None
    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path, url) as world:
        gone, gone_key = add_buyer(world, "B1")
        stays, stays_key = add_buyer(world, "B2")
        assert keys_in(world.services.database) == {gone: gone_key, stays: stays_key}
        back_up(source_of(world), copy, world.chance.clock, "1")
        world.services.house.do(world.merchant.id, EraseBuyer(gone))
        later, _ = add_buyer(world, "B3")
        world.services.house.do(world.merchant.id, EraseBuyer(later))
        assert keys_in(world.services.database) == {stays: stays_key}
        chance = world.chance
    folder = tmp_path if kind == "sqlite" else tmp_path / "kept"
    with put_back(kind, copy, folder, url or "", chance) as (database, _):
        assert keys_in(database) == {stays: stays_key}
        assert erased_in(database) == {gone: False, stays: False}
        open_again(database, edge_of(chance))
        assert keys_in(database) == {stays: stays_key}
        assert erased_in(database) == {gone: True, stays: False}
        with database.reader.connect() as connection, connection.begin():
            assert "erase_again" not in read_values(connection)
        head = count(database, "feed")
        open_again(database, edge_of(chance))
        assert count(database, "feed") == head


def test_a_second_restore_before_a_start_forgets_nothing(tmp_path: Path) -> None:
    copy, path = tmp_path / "copy.mdbackup", tmp_path / "server.db"
    with web_world(tmp_path) as world:
        gone, _ = add_buyer(world, "B1")
        back_up(source_of(world), copy, world.chance.clock, "1")
        world.services.house.do(world.merchant.id, EraseBuyer(gone))
        chance = world.chance
    for _ in range(2):
        chance.now += 2_000_000
        restore_embedded(copy, path, KEY, edge_of(chance))
    database = open_embedded(path, KEY)
    try:
        assert keys_in(database) == {}
        open_again(database, edge_of(chance))
        assert erased_in(database) == {gone: True}
    finally:
        database.close()


def test_a_destroyed_key_is_nowhere_in_the_servers_file_nor_its_log(embedded: WebWorld) -> None:
    path = embedded.services.database.path
    assert path is not None
    gone, key = add_buyer(embedded, "B1")
    for n in range(3):
        add_buyer(embedded, f"C{n}")
    assert pages_with(path, KEY, key) != []
    embedded.services.house.do(embedded.merchant.id, EraseBuyer(gone))
    assert pages_with(path, KEY, key) != []
    embedded.loop.run(embedded.app.state.upkeep.cut_log())
    assert pages_with(path, KEY, key) == []
    assert pages_with(path, KEY, LI.phone.encode()) == []


def open_again(database: ServerDatabase, edge: object) -> None:
    """Start a server's parts on a database, as the program does."""
    start: Callable[..., object] = open_services
    start(database, edge, ServerAddress("127.0.0.1", 1))


def count(database: ServerDatabase, table: str) -> int:
    with database.reader.connect() as connection, connection.begin():
        return len(connection.execute(select(metadata.tables[table])).all())
