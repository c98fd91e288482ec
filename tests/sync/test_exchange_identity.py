"""Is a copied desk found out, told in words, and its work sent once under a new identity?"""

import shutil
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.health import broken_at
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.status import Link
from merchant_desk.sync.transport import DeskUnknown, Unreachable
from merchant_desk.sync.troubles import ForkedDesk, OtherMerchant
from tests.helpers.lone_desk import (
    Backups,
    LoneDesk,
    adjust,
    assert_agrees,
    enrol,
    examples,
    images,
    log_of,
    order,
    receipt,
)
from tests.helpers.shop import PASSWORD, Shop

pytestmark = pytest.mark.expects_log("desk_stuck|rebuild_needed")


def copy_of(desk: LoneDesk, name: str) -> Path:
    """Copy a desk's folder while nobody has it open."""
    desk.close()
    folder = Path(shutil.copytree(desk.folder, desk.folder.with_name(name)))
    desk.open()
    return folder


def put_back(desk: LoneDesk, folder: Path) -> None:
    """Let an old copy take the place of the desk's folder."""
    desk.close()
    shutil.rmtree(desk.folder)
    shutil.copytree(folder, desk.folder)
    desk.open()


def assert_own_chain(desk: LoneDesk) -> None:
    """Numbers of this device are 1, 2, 3... and each operation follows the one before."""
    numbers = [row[0] for row in desk.outbox("device_seq") if row[0] > 0]
    assert numbers == list(range(1, len(numbers) + 1))
    with desk.profile.reader.connect() as connection, connection.begin():
        assert broken_at(connection) is None
    headers = [decode_header(row[1]) for row in desk.outbox("device_seq, header") if row[0] > 0]
    assert {header.device_id for header in headers} <= {desk.engine.identity.device_id}


def test_an_old_copy_is_found_out_and_enrolled_again(shop: Shop, desk: LoneDesk) -> None:
    first = [desk.do(body) for body in receipt(shop, "RC-1")]
    desk.sync()
    copy = copy_of(desk, "copy")
    lost_sight_of = [desk.do(adjust(shop, n)) for n in (1, 2)]
    desk.sync()
    former = desk.engine.identity
    put_back(desk, copy)
    new = [desk.do(body) for body in receipt(shop, "RC-2")]
    shown = images(desk.engine.store, shop, ["ledger", "receipts"])

    for _ in range(2):
        fault = desk.run().fault
        assert isinstance(fault, ForkedDesk)
        desk.restart()
        assert "登记代码" in fault.sentence("zh")
        assert "enrol again" in fault.sentence("en")
    assert not set(new) & set(log_of(shop))
    assert shown.items() <= images(desk.engine.store, shop, ["ledger", "receipts"]).items()

    desk.enrol_again()
    assert desk.engine.identity.device_id != former.device_id
    assert desk.engine.identity.code != former.code
    assert_own_chain(desk)
    assert images(desk.engine.store, shop, ["receipts"]).keys() == {
        key for key in shown if key[0] == "receipts"
    }
    desk.sync()
    assert {log_of(shop)[op_id] for op_id in (*first, *lost_sight_of, *new)} == {"applied"}
    assert desk.op_ids() == [*first, *new]
    assert_agrees(desk)
    assert_own_chain(desk)


def test_an_old_copy_is_found_out_before_it_does_anything(shop: Shop, desk: LoneDesk) -> None:
    copy = copy_of(desk, "copy")
    desk.do(adjust(shop))
    desk.sync()
    put_back(desk, copy)
    assert isinstance(desk.run().fault, ForkedDesk)
    desk.enrol_again()
    desk.do(adjust(shop))
    desk.sync()
    assert_agrees(desk)


def test_two_clones_both_get_their_work_through(shop: Shop, desk: LoneDesk) -> None:
    shop.stock(shop.rice, 9)
    desk.sync()
    twin = LoneDesk(shop, copy_of(desk, "twin")).open()
    ours = [desk.do(body) for body in (*receipt(shop, "RC-1"), *order(shop, "SO-1"))]
    theirs = [twin.do(body) for body in (*receipt(shop, "RC-2"), *order(shop, "SO-2"), adjust(shop))]
    desk.sync()
    assert isinstance(twin.run().fault, ForkedDesk)
    twin.enrol_again()
    twin.sync()
    desk.sync()
    twin.sync()
    assert {log_of(shop)[op_id] for op_id in (*ours, *theirs)} == {"applied"}
    assert_agrees(desk)
    assert_agrees(twin)
    twin.close()


def test_what_the_original_sent_of_the_copys_waiting_work_is_not_done_twice(
    shop: Shop, desk: LoneDesk
) -> None:
    waiting = [desk.do(adjust(shop, n)) for n in (1, 2, 3)]
    copy = copy_of(desk, "copy")
    desk.sync()
    desk.do(adjust(shop, 4))
    desk.sync()
    put_back(desk, copy)
    new = desk.do(adjust(shop, 5))
    assert isinstance(desk.run().fault, ForkedDesk)
    desk.enrol_again()
    desk.sync()
    assert desk.op_ids() == [*waiting, new]
    with shop.world.server.engine.begin() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar()
    assert count == 5
    assert_agrees(desk)


def test_history_stays_through_several_identities(shop: Shop, desk: LoneDesk) -> None:
    done: list[UUID] = []
    for n in range(3):
        copy = copy_of(desk, f"copy{n}")
        desk.do(adjust(shop))
        desk.sync()
        put_back(desk, copy)
        done.append(desk.do(adjust(shop, n + 2)))
        assert isinstance(desk.run().fault, ForkedDesk)
        desk.enrol_again()
        done.append(desk.do(adjust(shop, n + 5)))
        desk.sync()
        assert_own_chain(desk)
    assert desk.op_ids() == done
    assert_agrees(desk)


def test_a_device_that_the_restored_server_never_had_offers_everything_again(
    shop: Shop, desk: LoneDesk
) -> None:
    other = enrol(shop, "other")
    backups = Backups(shop)
    copy = backups.make()
    late = enrol(shop, "late")
    ours = [late.do(body) for body in (*receipt(shop, "RC-1"), adjust(shop))]
    late.sync()
    theirs = [other.do(body) for body in (*receipt(shop, "RC-2"), order(shop, "SO-1")[0])]
    refused = late.do(order(shop, "SO-1")[0])
    other.sync()
    late.sync()
    assert log_of(shop)[refused] == "refused"
    backups.restore(copy)
    unsent = late.do(adjust(shop, 7))
    with pytest.raises(DeskUnknown) as told:
        late.run()
    assert "重新登记" in told.value.sentence("zh")
    late.enrol_again()
    assert late.run().fault is None
    late.sync()
    log = log_of(shop)
    assert [log[op_id] for op_id in (*ours, unsent)] == ["applied"] * 6
    assert_own_chain(late)
    other.run()
    other.sync()
    # Who comes first with a number has it: that was the other before, and is this desk now.
    assert (log[refused], log_of(shop)[theirs[-1]]) == ("applied", "refused")
    assert {log_of(shop)[op_id] for op_id in theirs[:-1]} == {"applied"}
    late.sync()
    assert_agrees(late)
    assert_agrees(other)
    late.close()
    other.close()


def test_an_enrolment_that_fails_changes_nothing(shop: Shop, desk: LoneDesk) -> None:
    copy = copy_of(desk, "copy")
    desk.do(adjust(shop))
    desk.sync()
    put_back(desk, copy)
    desk.do(adjust(shop))
    desk.run()
    before = desk.outbox("device_seq, op_id, header, status")

    def lost(place: str) -> None:
        raise Unreachable("interrupted", place)

    shop.fetch.trouble = lost
    with pytest.raises(Unreachable):
        desk.enrol_again()
    shop.fetch.trouble = lambda place: None
    assert desk.outbox("device_seq, op_id, header, status") == before
    assert isinstance(desk.run().fault, ForkedDesk)
    desk.enrol_again()
    desk.sync()
    assert_agrees(desk)


# ---------------------------------------------------------------- properties

WORK = st.sampled_from(["adjust", "receipt", "order", "sync", "restart"])


def work(shop: Shop, desk: LoneDesk, kind: str, done: list[UUID]) -> None:
    """Do something at a desk; what it acknowledges goes into `done`."""
    number = f"{shop.world.chance.count}"
    if kind == "sync":
        desk.run()
    elif kind == "restart":
        desk.restart()
    else:
        bodies: dict[str, list[object]] = {
            "adjust": [adjust(shop)],
            "receipt": receipt(shop, f"RC-{number}", 1),
            "order": order(shop, f"SO-{number}"),
        }
        done += [desk.do(body) for body in bodies[kind]]


@examples(8)
@given(st.lists(WORK, max_size=4), st.lists(WORK, max_size=5), st.lists(WORK, max_size=4))
def test_whatever_a_copy_and_its_original_do(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], original: list[str], copied: list[str]
) -> None:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.stock(shop.rice, 50)
    desk = enrol(shop)
    done: list[UUID] = []
    for kind in before:
        work(shop, desk, kind, done)
    twin = LoneDesk(shop, copy_of(desk, "twin")).open()
    for kind in original:
        work(shop, desk, kind, done)
    for kind in copied:
        work(shop, twin, kind, done)
    for one in (desk, twin, desk, twin):
        if one.run().fault is not None:
            one.enrol_again()
            one.run()
        assert_own_chain(one)
    desk.sync()
    twin.sync()
    assert set(done) <= {op_id for op_id, status in log_of(shop).items() if status in ("applied", "refused")}
    assert_agrees(desk)
    assert_agrees(twin)
    for one in (desk, twin):
        one.close()
    shop.close()


# ---------------------------------------------------------------- at the facade


def opened(shop: Shop, folder: Path) -> Desk:
    desk = Desk(open_profile(folder, demo=True, ask_passphrase=lambda request: None), fetch=shop.fetch)
    desk.sign_in("manager", PASSWORD)
    return desk


def test_the_facade_tells_and_enrols_again(shop: Shop) -> None:
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    shop.desks.clear()
    copy = shutil.copytree(folder, folder.with_name("copy"))
    desk = opened(shop, folder)
    desk.do(adjust(shop))
    desk.sync()
    desk.close()
    desk = opened(shop, copy)
    done = desk.do(adjust(shop, 3))
    with pytest.raises(ForkedDesk):
        desk.sync()
    status = desk.runtime.status
    assert (status.link, status.waiting) == (Link.ONLINE, 1)
    assert isinstance(status.fault, ForkedDesk)

    world = shop.world
    foreign = EnrolmentCode("127.0.0.1", 1, world.chance.new_id(), bytes(10), tls=False)
    with pytest.raises(OtherMerchant):
        desk.enrol_again(foreign.text)
    secret = world.server.enrolment.invite(world.merchant_id, world.outlet, ("cost",))
    code = EnrolmentCode("127.0.0.1", 1, world.outlet, bytes.fromhex(secret), tls=False)
    status = desk.enrol_again(code.text)
    assert (status.link, status.waiting, status.fault) == (Link.ONLINE, 0, None)
    assert log_of(shop)[done.op_id] == "applied"
    assert desk.identity.device_id == desk.runtime.engine.identity.device_id
    desk.close()
