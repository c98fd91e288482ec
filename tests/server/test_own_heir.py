"""A shop goes on at another computer, from a copy of its server: what comes along, what is refused."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from merchant_desk.cli.own_heir import Heir
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.server.backup_file import BackupDamaged, BackupForeign
from merchant_desk.sync.own_server import is_founded_here
from merchant_desk.sync.recovery import RecoveryKey, WrongRecoveryKey
from merchant_desk.sync.taking_over import (
    MOVING,
    NothingToTakeOver,
    OpenedAlready,
    ShopHere,
    TakeOver,
    read_begun,
)
from tests.server.own_shop import PASSWORD, Shop, check_equal, told


def test_a_dead_computers_shop_goes_on_from_copy_and_safety_copy(shop: Shop) -> None:
    with shop.at_work() as desk:
        stick = shop.home / "stick"
        stick.mkdir()
        desk.name_copy_folder(stick)
        copy = shop.back_up()
        desk.count("01-OUT")
        desk.sync()  # the server has it, its copy does not
        with Desk.open(shop.second, ask_passphrase=told) as second:
            second.sign_in("manager", PASSWORD)
            second.count("01-OUT")
            second.sync()
        desk.work_offline(True)
        desk.count("01-IN")
        desk.copies.copy_now()
    heir = shop.heir()
    older = copy.rename(stick / copy.name)
    shutil.copy(older, copy := stick / "deeper.mdbackup")
    around = heir.look(stick)
    assert {one.path for one in around.copies} == {older, copy}
    safety = around.safety
    wish = TakeOver(copy, shop.paper, safety[0], "manager", PASSWORD)
    with closing(heir):
        made, said = heir.take_over(wish, "en")
        with made:
            assert read_begun(shop.home / "new") is None
            person = made.signed_in
            assert person is not None
            assert said.desks == ("02 second",)
            made.sync()
            assert made.status.waiting == 0
            with Desk.open(shop.second, ask_passphrase=told) as second:
                assert second.move_to(said.code).restored
                second.sync()
                assert second.status.waiting == 0
            made.sync()
            numbers = made.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM counts").scalar())
            assert numbers == 5
    check_equal(shop.home / "new" / "server", shop.home / "new", shop.second)


def test_what_cannot_be_taken_over_says_why_and_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    copy = shop.back_up()
    data = copy.read_bytes()
    cut, spoilt = tmp_path / "cut.mdbackup", tmp_path / "spoilt.mdbackup"
    cut.write_bytes(data[:-7])
    spoilt.write_bytes(data[:5_000] + bytes([data[5_000] ^ 1]) + data[5_001:])
    (tmp_path / "empty").mkdir()
    heir = shop.heir()
    other = RecoveryKey.make(lambda n: bytes(range(n)))
    tries: list[tuple[TakeOver, type[Fault]]] = [
        (TakeOver(copy, other), WrongRecoveryKey),
        (TakeOver(cut, shop.paper), BackupForeign),
        (TakeOver(spoilt, shop.paper), BackupDamaged),
    ]
    with closing(heir):
        for wish, kind in tries:
            with pytest.raises(kind):
                heir.take_over(wish, "en")
            left = {one.name for one in (shop.home / "new").iterdir()}
            assert left <= {"vault.json", "lock", ".lock", "profile.lock"}, left
        with pytest.raises(NothingToTakeOver):
            heir.look(tmp_path / "empty")
        with pytest.raises(BackupForeign):
            heir.look(cut)
    at_old = Heir(shop.profile, told, courier=False)
    with closing(at_old), pytest.raises(ShopHere):
        at_old.take_over(TakeOver(copy, shop.paper), "en")
    assert is_founded_here(shop.profile)


def test_a_moving_file_is_opened_once_unless_somebody_says_so(shop: Shop) -> None:
    copy = shop.back_up(f"{MOVING}1.mdbackup")
    for name, anyway in (("new", False), ("third", True)):
        with closing(shop.heir(name)) as heir:
            if anyway:
                with pytest.raises(OpenedAlready):
                    heir.take_over(TakeOver(copy, shop.paper), "en")
            made, _ = heir.take_over(TakeOver(copy, shop.paper, anyway=anyway), "en")
            made.close()
