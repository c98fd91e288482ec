"""A desk's disk is gone: from the safety copy of its outbox a new desk goes on, nothing lost, nothing twice."""

import shutil
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_return import by_paper, find_copy
from merchant_desk.sync.system_keyring import SystemKeyring
from tests.helpers.keyrings import FakeBackend
from tests.trouble.shopfloor import Floor, RealShop, at_work, patiently


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The keyring of this machine, at the edge of the process."""
    backend = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    return backend


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def copying(shop: RealShop, folder: Path, stick: Path) -> Floor:
    """Return the floor of a protected desk whose work is copied; it has synced, and works offline from now."""
    code = shop.code()
    desk = patiently(lambda: Desk.enrol(folder, code, "前台"))
    desk.sign_in("manager", shop.password)
    desk.name_copy_folder(stick)
    floor = at_work(desk)
    floor.scan(2)
    desk.sync()
    return floor


def paper_of(shop: RealShop) -> RecoveryKey:
    return RecoveryKey.parse(str(shop.server.ready["founded"]["recovery_key"]))


@pytest.mark.expects_log("rebuild_needed")
def test_a_new_desk_goes_on_from_the_copy(shop: RealShop, tmp_path: Path, stick: Path) -> None:
    floor = copying(shop, tmp_path / "desk", stick)
    floor.scan(3)
    state = floor.desk.copy_now()
    assert state is not None
    assert state.unsent == 3
    floor.desk.close()
    shutil.rmtree(tmp_path / "desk")
    copies = find_copy(stick)
    with Desk.go_on_from(
        copies, by_paper(copies, paper_of(shop)), tmp_path / "new", shop.code(), "前台 2"
    ) as new:
        new.sign_in("manager", shop.password)
        assert new.status.waiting == 0
        floor.desk = new
        assert floor.on_hand() == 5
        floor.sheet = new.reopen("receipts", floor.sheet.document_id)
        assert floor.sheet.station is not None
        floor.scan()
        assert new.sync().waiting == 0
    keeper = shop.desks[0]
    keeper.sync()
    assert sum(row.on_hand for row in keeper.stock(floor.sku_id)) == 6_000_000
