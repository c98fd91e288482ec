"""Buyers: known by a code and the end of a number; everything else about them is sealed."""

from pathlib import Path

import pytest

from merchant_desk.domain.buyers import AddBuyer, check_buyer
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
    assert rows_of(world, "buyers") == [{"id": buyer.buyer_id, "code": "B1", "tail": "2041", "level": "金卡"}]
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
