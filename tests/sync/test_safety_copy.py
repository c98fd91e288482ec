"""Going on from a safety copy: an old one, half a receipt, another merchant's, a damaged one, two desks'."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.open_work import own_open_document
from merchant_desk.sync.key_copies import make_own_paper
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.recovery import RecoveryKey, WrongRecoveryKey
from merchant_desk.sync.safety_copy_folder import copies_in
from merchant_desk.sync.safety_copy_return import (
    CopyDamaged,
    CopyEmpty,
    NoCopyHere,
    SeveralCopies,
    by_paper,
    find_copy,
    read_whole,
    take_over,
)
from merchant_desk.sync.transport import DeskUnknown
from merchant_desk.sync.troubles import OtherMerchant
from tests.helpers.copied_desk import (
    BEER,
    PAPER,
    RICE,
    code_of,
    contents,
    heir,
    left,
    log_of,
    offline,
    op_ids,
    opened,
    protected_desk,
    received,
    scan_states,
    server_rice,
    unsent,
)
from tests.helpers.shop import Shop

pytestmark = [pytest.mark.expects_log("rebuild_needed"), pytest.mark.usefixtures("ring")]


def test_a_copy_older_than_what_was_sent_doubles_nothing(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    received(desk, 2)
    desk.copy_now()
    copied = op_ids(contents(find_copy(stick), shop))
    assert copied == unsent(desk)
    shop.fetch.down = False
    received(desk, 3)
    desk.sync()  # the server has all of it, and more than the copy
    before = log_of(shop, "enrol_device")
    assert copied < before
    left(shop, desk)  # as it dies the copy is older than what was sent
    copies = find_copy(stick)
    new = heir(shop, copies, tmp_path / "new")
    assert server_rice(shop) == 5
    assert set(log_of(shop, "enrol_device")) == set(before), "offered again, and known"
    assert sum(row.on_hand for row in new.stock(shop.rice)) == 5 * MICRO
    assert new.status.waiting == 0


def test_half_a_receipt_goes_on_with_all_that_the_journal_knew(
    shop: Shop, tmp_path: Path, stick: Path
) -> None:
    desk = protected_desk(shop, tmp_path / "desk")
    desk.name_copy_folder(stick)
    sheet = desk.receive("PO-1")
    assert sheet.scan(RICE).code == "accepted"
    desk.sync()  # the receipt is known to the server, its next scans are not
    shop.fetch.down = True
    assert sheet.scan(RICE).code == "accepted"
    assert sheet.scan(BEER).ask, "which lot?"
    assert sheet.scan(RICE).code == "held_back"
    assert sheet.scan(RICE).code == "held_back"
    desk.copy_now()
    left(shop, desk)
    shop.fetch.down = False
    new = heir(shop, find_copy(stick), tmp_path / "new")
    again = new.reopen("receipts", sheet.document_id)
    assert len(again.station.held) == 3
    again.discard_held()
    assert again.scan(RICE).code == "accepted"
    new.sync()
    assert server_rice(shop) == 3


def test_a_document_begun_at_the_dead_desk_is_the_new_ones_own(
    shop: Shop, tmp_path: Path, stick: Path
) -> None:
    desk = protected_desk(shop, tmp_path / "desk")
    desk.name_copy_folder(stick)
    sheet = desk.receive("PO-1")
    sheet.scan(RICE)
    desk.sync()
    desk.copy_now()
    left(shop, desk)
    new = heir(shop, find_copy(stick), tmp_path / "new")
    with new.read() as connection, connection.begin():
        begun = own_open_document(connection, "receipts", shop.purchase)
    assert begun == sheet.document_id, "taken up, not begun twice"


def test_keys_of_buyers_that_the_server_has_not_come_too(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    details = BuyerDetails("王小明", "13800000000", "青石路 1 号")
    buyer_id = desk.add_buyer("B-1", details)
    desk.copy_now()
    left(shop, desk)
    shop.fetch.down = False
    new = heir(shop, find_copy(stick), tmp_path / "new")
    assert new.buyer_details(buyer_id) == details
    other = protected_desk(shop, tmp_path / "other")
    assert other.buyer_details(buyer_id) == details, "the server was given the key"


def test_the_old_disk_that_turns_up_again_doubles_nothing(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    received(desk, 2)
    desk.copy_now()
    desk.end_safety_copy()
    received(desk, 4)  # not in the copy
    left(shop, desk)
    shop.fetch.down = False
    new = heir(shop, find_copy(stick), tmp_path / "new")
    assert server_rice(shop) == 2
    received(new, 1)
    new.sync()
    old = opened(shop, tmp_path / "desk")
    assert old.status.fault is None
    assert old.status.waiting == 0
    received(old, 1)
    old.sync()
    new.sync()
    assert server_rice(shop) == 8
    for one in (old, new):
        assert sum(row.on_hand for row in one.stock(shop.rice)) == 8 * MICRO


def test_a_count_that_was_half_sent_knows_its_own_sales(shop: Shop, tmp_path: Path, stick: Path) -> None:
    """What the server has of the old device, after the copy too, is this desk's own work."""
    shop.stock(shop.rice, 50)
    desk = protected_desk(shop, tmp_path / "desk")
    desk.name_copy_folder(stick)
    count = desk.count("A-01", blind=False)
    count.scan(RICE)
    desk.copy_now()
    count.scan(RICE)
    desk.sync()  # the second scan is at the server, and in no copy
    left(shop, desk)
    new = heir(shop, find_copy(stick), tmp_path / "new")
    again = new.reopen("counts", count.document_id)
    again.scan(RICE)
    again.finish()
    new.sync()
    with new.read() as connection, connection.begin():
        codes = connection.exec_driver_sql("SELECT code FROM tasks").scalars().all()
        counted = connection.exec_driver_sql("SELECT sum(counted) FROM count_lines").scalar()
    assert counted == 3 * MICRO
    assert "counted_by_two_desks" not in codes


def test_a_copy_waits_for_its_enrolment_and_can_be_taken_over_again(
    shop: Shop, tmp_path: Path, stick: Path
) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    received(desk, 2)
    desk.copy_now()
    left(shop, desk)
    shop.fetch.down = False
    copies, folder = find_copy(stick), tmp_path / "new"
    profile = open_profile(folder, demo=False, ask_passphrase=lambda request: None)
    take_over(profile, contents(copies, shop))
    with_identity = Desk(profile, fetch=shop.fetch)
    with pytest.raises(DeskUnknown):
        with_identity.sync()  # the power failed before it was enrolled: it sends nothing
    with_identity.close()
    assert server_rice(shop) == 0
    new = heir(shop, copies, folder)
    assert server_rice(shop) == 2
    assert new.status.fault is None


# ---------------------------------------------------------------- what cannot be gone on from


def fault_of(action: Callable[[], object]) -> Fault:
    with pytest.raises(Fault) as raised:
        action()
    return raised.value


def test_only_the_right_paper_code_and_folder_will_do(shop: Shop, tmp_path: Path, stick: Path) -> None:
    assert isinstance(fault_of(lambda: find_copy(stick)), NoCopyHere)
    desk = offline(shop, tmp_path / "desk", stick)
    received(desk, 1)
    desk.copy_now()
    own = make_own_paper(
        desk.runtime.profile.folder, desk.runtime.profile.vault, shop.world.chance.bytes, lambda _: None
    )
    received(desk, 1)
    desk.copy_now()
    copies, code = find_copy(stick), code_of(shop)
    other = RecoveryKey(bytes(20))
    wrong = fault_of(lambda: by_paper(copies, other)(code))
    assert isinstance(wrong, WrongRecoveryKey)
    assert (wrong.asked.split(", "), wrong.given) == ([PAPER.number, own.number], other.number)
    elsewhere = replace(code, outlet_id=UUID(int=7))
    assert isinstance(fault_of(lambda: heir(shop, copies, tmp_path / "no", code=elsewhere)), OtherMerchant)
    assert not (tmp_path / "no").exists()
    key = by_paper(copies, own)(code)
    assert key == desk.runtime.profile.vault.key, "the desk's own paper opens its copy too"
    assert isinstance(fault_of(lambda: read_whole(copies, bytes(32))), CopyEmpty)


def test_two_desks_share_a_folder(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desks = [offline(shop, tmp_path / "one", stick)]
    shop.fetch.down = False
    desks.append(offline(shop, tmp_path / "two", stick))
    for pieces, desk in enumerate(desks, 1):
        received(desk, pieces)
        desk.copy_now()
    codes = sorted(desk.identity.code for desk in desks)
    several = fault_of(lambda: find_copy(stick))
    assert isinstance(several, SeveralCopies)
    assert sorted(several.desks.split(", ")) == codes
    copies = find_copy(stick, desks[1].identity.code)
    for desk in desks:
        left(shop, desk)
    shop.fetch.down = False
    heir(shop, copies, tmp_path / "new")
    assert server_rice(shop) == 2


@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_a_damaged_copy_says_so_and_gives_what_it_has(
    shop: Shop, tmp_path: Path, stick: Path, how: str
) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    for _ in range(3):
        received(desk, 1)
        desk.copy_now()
    left(shop, desk)
    copies = find_copy(stick)
    parts = sorted(copies.folder.iterdir())
    assert len(parts) == 4
    data = parts[2].read_bytes()
    if how == "gone":
        parts[2].unlink()
    else:
        parts[2].write_bytes(data[:-9] if how == "cut" else data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
    shop.fetch.down = False
    damaged = fault_of(lambda: contents(copies, shop))
    assert isinstance(damaged, CopyDamaged)
    assert damaged.parts == "0003"
    assert damaged.operations == 6
    heir(shop, copies, tmp_path / "new", damage=True)
    assert server_rice(shop) == 2


def test_the_finder_of_a_stick_reads_nothing(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desk = offline(shop, tmp_path / "counter by the door", stick)
    sheet = desk.receive("PO-1")
    sheet.scan(RICE)
    desk.add_buyer("BUYER-77", BuyerDetails("王小明", "13800000000", "青石路 1 号"))
    desk.copy_now()
    identity, vault = desk.identity, desk.runtime.profile.vault
    secrets = [
        RICE,
        "BUYER-77",
        "王小明",
        "13800000000",
        "青石供销社",
        "counter by the door",
        "PO-1",
        "receive",
    ]
    secrets += ["127.0.0.1", identity.token, identity.token.upper()]
    hidden = [one.encode() for one in secrets]
    hidden += [vault.key, identity.signing_seed, identity.agreement_seed, sheet.document_id.bytes]
    hidden += [bytes.fromhex(identity.token), identity.outlet_id.bytes, desk.person.id.bytes]
    files = [path for path in stick.rglob("*") if path.is_file()]
    assert len(files) > 2
    for path in files:
        data = path.read_bytes()
        assert [one for one in hidden if one in data] == []
        assert not any(one.decode("utf-8", "ignore") in str(path) for one in hidden[:8])
    assert [one.header.desk_code for one in copies_in(stick)] == [identity.code]
    assert scan_states(contents(find_copy(stick), shop)) == {1: "done"}


def test_a_desk_that_was_retired_after_its_death_is_gone_on_from_all_the_same(
    shop: Shop, tmp_path: Path, stick: Path
) -> None:
    desk = offline(shop, tmp_path / "desk", stick)
    received(desk, 2)
    desk.copy_now()
    old = desk.identity.device_id
    left(shop, desk)
    shop.world.server.house.do(shop.world.merchant_id, RetireDevice(old, "lost"))
    shop.fetch.down = False
    new = heir(shop, find_copy(stick), tmp_path / "new")
    assert server_rice(shop) == 2
    assert new.status.waiting == 0


def test_a_server_that_was_restored_meanwhile_hears_of_all_again(
    shop: Shop, tmp_path: Path, stick: Path
) -> None:
    desk = protected_desk(shop, tmp_path / "desk")
    desk.name_copy_folder(stick)
    sheet = desk.receive()
    sheet.scan(RICE)
    desk.sync()
    shop.fetch.down = True
    sheet.scan(RICE)
    desk.copy_now()
    left(shop, desk)
    shop.world.server.epoch = shop.world.chance.new_id()
    shop.fetch.version = msgspec.structs.replace(shop.fetch.version, epoch=shop.world.server.epoch)
    shop.fetch.down = False
    new = heir(shop, find_copy(stick), tmp_path / "new")
    assert new.status.fault is None
    assert new.status.waiting == 0
    assert server_rice(shop) == 2
    assert sum(row.on_hand for row in new.stock(shop.rice)) == 2 * MICRO
