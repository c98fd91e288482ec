"""Buyers' keys over the real application: sealed both ways, and for desks of the group only."""

from uuid import UUID

import pytest

from merchant_desk.sync.personal import new_buyer
from merchant_desk.sync.personal_keys import (
    TO_DESK,
    TO_SERVER,
    BuyerKey,
    KeysAnswer,
    KeysRequest,
    pack_keys,
    read_keys,
)
from merchant_desk.sync.protocol import decode
from merchant_desk.sync.sealing import SealBroken, unseal
from tests.server.test_erasures import LI
from tests.server.web import WebDesk, WebWorld, problem


def buyer(world: WebWorld) -> tuple[UUID, bytes]:
    """Let the server know a buyer whose key it lacks."""
    new = new_buyer(world.chance.new_id(), "B1", "", LI, world.chance.bytes)
    world.services.house.do(world.merchant.id, new.operation)
    return new.operation.buyer_id, new.key


def give(world: WebWorld, desk: WebDesk, *keys: BuyerKey, use: bytes = TO_SERVER) -> KeysRequest:
    box = pack_keys(keys, world.services.state.public_seal_key, use=use + desk.enrolled.device_id.bytes)
    return KeysRequest(given=box)


def test_a_key_goes_up_from_one_desk_and_down_to_another(world: WebWorld) -> None:
    maker, other = world.desk(), world.desk(groups=("personal",))
    buyer_id, key = buyer(world)
    unknown = world.chance.new_id()
    request = give(world, maker, BuyerKey(buyer_id, key), BuyerKey(unknown, key))
    answer = maker.post("/buyer-keys", request)
    assert answer.status_code == 200, problem(answer)
    assert key not in request.given
    assert decode(answer.content, KeysAnswer) == KeysAnswer((buyer_id,), b"")
    answer = other.post("/buyer-keys", KeysRequest(wanted=(buyer_id, unknown)))
    box = decode(answer.content, KeysAnswer).box
    assert key not in answer.content
    private, use = other.keys.agreement_key, TO_DESK + other.enrolled.device_id.bytes
    assert read_keys(unseal(box, private, use=use)) == [BuyerKey(buyer_id, key)]
    with pytest.raises(SealBroken):
        unseal(box, maker.keys.agreement_key, use=use)


def test_a_desk_without_the_group_gets_none(world: WebWorld) -> None:
    desk = world.desk()
    buyer_id, _ = buyer(world)
    answer = desk.post("/buyer-keys", KeysRequest(wanted=(buyer_id,)))
    assert (answer.status_code, problem(answer).code) == (403, "not_allowed")


def test_a_box_of_another_desk_is_not_read(world: WebWorld) -> None:
    desk, other = world.desk(), world.desk()
    buyer_id, key = buyer(world)
    answer = desk.post("/buyer-keys", give(world, other, BuyerKey(buyer_id, key)))
    assert (answer.status_code, problem(answer).code) == (409, "unreadable_key")
    answer = desk.post("/buyer-keys", give(world, desk, BuyerKey(buyer_id, key), use=TO_DESK))
    assert (answer.status_code, problem(answer).code) == (409, "unreadable_key")


def test_too_many_at_once_are_refused(world: WebWorld) -> None:
    desk = world.desk(groups=("personal",))
    wanted = tuple(UUID(int=n) for n in range(2_001))
    answer = desk.post("/buyer-keys", KeysRequest(wanted=wanted))
    assert (answer.status_code, problem(answer).code) == (409, "too_many_rows")
