"""Does the server's doctor find what is wrong with its data, and nothing where all is well?"""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from merchant_desk.domain.products import AddProduct
from merchant_desk.models.server_tables import counters, device_heads, feed, metadata, operations
from merchant_desk.server.examining import examine_server
from merchant_desk.server.restored import renew
from merchant_desk.sync.findings import Grade
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.web import WebWorld

Break = Callable[[Connection], object]


def grades(world: WebWorld, folder: Path) -> dict[str, Grade]:
    return {one.subject: one.grade for one in examine_server(world.services, folder)}


def test_a_sound_server_has_nothing_bad(world: WebWorld, tmp_path: Path) -> None:
    world.desk()
    found = grades(world, tmp_path)
    assert Grade.BAD not in found.values(), found
    named = {"schema", "totals", "feed", "outcomes", "chains", "waiting", "clock", "backup", "disk"}
    assert named <= set(found)


def _hole(connection: Connection) -> None:
    last = connection.scalar(select(func.max(feed.c.seq)))
    connection.execute(delete(feed).where(feed.c.seq == last - 1))


def _lost_operation(connection: Connection) -> None:
    connection.execute(delete(operations).where(operations.c.device_seq == 1))


def _broken_chain(connection: Connection) -> None:
    connection.execute(update(device_heads).where(device_heads.c.head > 0).values(chain=bytes(32)))


def _wrong_total(connection: Connection) -> None:
    table = metadata.tables["line_totals"]
    numbers = {column.name: 7 for column in table.columns if not column.nullable}
    ids = {"merchant_id": connection.scalar(select(counters.c.merchant_id)), "id": UUID(int=7)}
    connection.execute(insert(table).values({**numbers, **ids}))


def _beyond(connection: Connection) -> None:
    connection.execute(update(counters).values(seq=counters.c.seq - 1))


@pytest.mark.parametrize(
    ("breaks", "subject"),
    [
        (_hole, "feed"),
        (_beyond, "feed"),
        (_lost_operation, "outcomes"),
        (_broken_chain, "chains"),
        (_wrong_total, "totals"),
    ],
)
def test_what_is_broken_is_found(world: WebWorld, tmp_path: Path, breaks: Break, subject: str) -> None:
    with world.services.database.writer.begin() as connection:
        breaks(connection)
    assert grades(world, tmp_path)[subject] is Grade.BAD


def test_a_clock_that_went_back_is_told(world: WebWorld, tmp_path: Path) -> None:
    ahead = world.services.edge.clock() + 3_600_000_000
    with world.services.database.writer.begin() as connection:
        connection.execute(update(device_heads).values(last_contact=ahead))
    assert grades(world, tmp_path)["clock"] is Grade.BAD


def test_a_full_disk_is_told(embedded: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10, used=9, free=1))
    assert grades(embedded, tmp_path)["disk"] is Grade.BAD


def _worked(world: WebWorld, folder: Path) -> UUID:
    """Let a desk do four operations and return which device it is."""
    made = world.desk()
    desk, sku = real_desk(world, made, folder), rice(world)
    world.services.house.do(world.merchant.id, AddProduct(sku))
    desk.sync()
    for _ in range(4):
        desk.engine.do(adjust(world, sku, 1), world.merchant.worker)
    desk.sync()
    return made.enrolled.device_id


def _lose(world: WebWorld, device_id: UUID, seq: int) -> None:
    with world.services.database.writer.begin() as connection:
        lost = delete(operations).where(operations.c.device_id == device_id, operations.c.device_seq == seq)
        assert connection.execute(lost).rowcount == 1


def _note(world: WebWorld, device_id: UUID, **values: object) -> None:
    devices = metadata.tables["devices"]
    with world.services.database.writer.begin() as connection:
        connection.execute(update(devices).where(devices.c.id == device_id).values(**values))


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_hole_in_the_chain_of_a_desk_that_was_never_another_is_told(
    world: WebWorld, tmp_path: Path, seq: int
) -> None:
    device_id = _worked(world, tmp_path)
    assert grades(world, tmp_path)["chains"] is Grade.GOOD
    _lose(world, device_id, seq)
    assert grades(world, tmp_path)["chains"] is Grade.BAD


@pytest.mark.parametrize("seq", [2, 4])
def test_what_is_filed_under_another_name_of_the_desk_is_no_hole(
    world: WebWorld, tmp_path: Path, seq: int
) -> None:
    device_id, other = _worked(world, tmp_path), world.desk().enrolled.device_id
    _lose(world, device_id, seq)
    for was, now in ((device_id, other), (other, device_id)):
        _note(world, now, former_id=was)
        assert grades(world, tmp_path)["chains"] is Grade.GOOD
        _note(world, now, former_id=None)
        assert grades(world, tmp_path)["chains"] is Grade.BAD


def test_a_restore_may_have_lost_what_a_desk_was(world: WebWorld, tmp_path: Path) -> None:
    before = world.desk().enrolled.device_id
    with world.services.database.writer.begin() as connection:
        renew(connection, world.chance.new_id)
    after = _worked(world, tmp_path)
    _lose(world, after, 2)
    assert grades(world, tmp_path)["chains"] is Grade.GOOD
    with world.services.database.writer.begin() as connection:
        connection.execute(update(device_heads).where(device_heads.c.device_id == before).values(head=1))
    assert grades(world, tmp_path)["chains"] is Grade.BAD
