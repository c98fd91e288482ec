"""Buyers: known by a code and the end of a number; everything else about them is sealed."""

from pathlib import Path

import pytest

from merchant_desk.domain.buyers import AddBuyer, EraseBuyer, check_buyer, tail_of
from merchant_desk.domain.refusals import Refusal
from tests.handlers.rows import rows_of
from tests.helpers.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def add(world: World, code: str, tail: str = "2041", sealed: bytes = b"sealed") -> AddBuyer:
    buyer = AddBuyer(world.chance.new_id(), code, tail, "金卡", sealed)
    world.server.house.do(world.merchant_id, buyer)
    return buyer


def test_a_buyer_and_what_is_sealed_stand_in_two_tables(world: World) -> None:
    buyer = add(world, "B1")
    own = {"id": buyer.buyer_id, "code": "B1", "code_key": "b1", "tail": "2041", "level": "金卡"}
    row = {**own, "erased_at": None, "job_id": None}
    assert rows_of(world, "buyers") == [row]
    assert rows_of(world, "buyer_secrets") == [{"id": buyer.buyer_id, "sealed": b"sealed"}]
    world.server.engine.dispose()


def test_a_buyer_of_whom_nothing_is_known_has_no_secret(world: World) -> None:
    add(world, "B1", tail="", sealed=b"")
    assert len(rows_of(world, "buyers")) == 1
    assert rows_of(world, "buyer_secrets") == []
    world.server.engine.dispose()


def test_a_code_is_given_once(world: World) -> None:
    add(world, "B1")
    with pytest.raises(Refusal, match="buyer_code_taken"):
        add(world, "B1")
    assert len(rows_of(world, "buyers")) == 1
    world.server.engine.dispose()


def test_an_erased_buyer_keeps_code_and_level_only(world: World) -> None:
    buyer, other = add(world, "B1"), add(world, "B2")
    with world.server.engine.begin() as connection:
        unit = world.server.store.unit_on(connection, world.merchant_id)
        for one in (buyer, other):
            unit.insert("buyer_keys", {"id": one.buyer_id, "key": b"key", "shared": 1})
        unit.flush()
    world.server.house.do(world.merchant_id, EraseBuyer(buyer.buyer_id))
    row = next(row for row in rows_of(world, "buyers") if row["code"] == "B1")
    assert (row["tail"], row["level"], row["erased_at"] is not None) == ("", "金卡", True)
    assert {row["id"]: row["sealed"] for row in rows_of(world, "buyer_secrets")} == {
        buyer.buyer_id: b"",
        other.buyer_id: b"sealed",
    }
    assert [row["id"] for row in rows_of(world, "buyer_keys")] == [other.buyer_id]
    with pytest.raises(Refusal, match="buyer_erased"):
        world.server.house.do(world.merchant_id, EraseBuyer(buyer.buyer_id))
    with pytest.raises(Refusal, match="not_here"):
        world.server.house.do(world.merchant_id, EraseBuyer(world.chance.new_id()))
    world.server.engine.dispose()


def test_an_id_is_given_once(world: World) -> None:
    buyer = add(world, "B1")
    with pytest.raises(Refusal, match="id_taken"):
        world.server.house.do(world.merchant_id, AddBuyer(buyer.buyer_id, "B2", "", "", b"other"))
    world.server.engine.dispose()


@pytest.mark.parametrize(
    ("phone", "tail"), [("100-0000-2041", "2041"), ("+86 10000002041", "2041"), ("2041", ""), ("", "")]
)
def test_the_end_of_a_number_is_never_all_of_it(phone: str, tail: str) -> None:
    assert tail_of(phone) == tail


def test_only_desks_granted_the_group_hold_what_is_sealed(world: World) -> None:
    add(world, "B1")
    desk = world.desk()
    with desk.db.connect() as connection, connection.begin():
        assert connection.exec_driver_sql("SELECT count(*) FROM buyers").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM buyer_secrets").scalar() == 0
    desk.db.dispose()
    world.server.engine.dispose()


@pytest.mark.parametrize(
    ("code", "tail", "refused"),
    [
        (" ", "2041", "code_missing"),
        ("B1", "13800002041", "buyer_tail"),
        ("B1", "20 1", "buyer_tail"),
        ("B1", "２０４１", "buyer_tail"),
    ],
)
def test_nothing_personal_slips_into_the_open(code: str, tail: str, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        check_buyer(code, tail)
