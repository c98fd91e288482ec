"""A desk whose key is gone: by paper and by its server it is opened again, with all that it had not sent."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.key_copies import (
    NoDatabaseHere,
    make_own_paper,
    recover_from_paper,
    recover_from_server,
)
from merchant_desk.sync.key_faults import DemoUnprotected, KeyDoesNotFit, KeyMissing, KeyringUnavailable
from merchant_desk.sync.recovery import NothingToRestore, RecoveryKey, WrongRecoveryKey, read_recovery
from merchant_desk.sync.system_keyring import SystemKeyring
from tests.helpers.keyrings import FakeBackend, Person
from tests.trouble.shopfloor import Floor, RealShop, at_work, patiently, real_shop
from tests.trouble.words import told


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The keyring of this machine, at the edge of the process."""
    backend = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    return backend


def working(shop: RealShop, folder: Path) -> Floor:
    """A protected desk with work that the server has, and two scans that it has not."""
    code = shop.code()
    desk = patiently(lambda: Desk.enrol(folder, code, "前台"))
    desk.sign_in("manager", shop.password)
    floor = at_work(desk)
    desk.sync()
    floor.scan(2)
    desk.close()
    return floor


def arrives(shop: RealShop, folder: Path, floor: Floor) -> None:
    """Open the desk as it now opens, send, and find every piece at another desk, once."""
    with Desk.open(folder) as desk:
        desk.sign_in("manager", shop.password)
        assert desk.status.waiting == 2
        floor.desk = desk
        assert floor.on_hand() == floor.saved == 2
        floor.sheet = desk.reopen("receipts", floor.sheet.document_id)
        floor.scan()
        assert desk.sync().waiting == 0
    keeper = shop.desks[0]
    keeper.sync()
    assert sum(row.on_hand for row in keeper.stock(floor.sku_id)) == 3_000_000


def paper_of(shop: RealShop) -> RecoveryKey:
    return RecoveryKey.parse(str(shop.server.ready["founded"]["recovery_key"]))


def content(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name != "profile.lock"}


def lose_the_keyring_entry(folder: Path, ring: FakeBackend) -> type[Fault]:
    ring.entries.clear()
    return KeyringUnavailable


def lose_the_vault(folder: Path, ring: FakeBackend) -> type[Fault]:
    (folder / "vault.json").unlink()
    return KeyMissing


LOSSES: list[Callable[[Path, FakeBackend], type[Fault]]] = [lose_the_keyring_entry, lose_the_vault]


@pytest.mark.parametrize("lose", LOSSES)
def test_the_merchants_paper_opens_a_desk_again(
    shop: RealShop, ring: FakeBackend, tmp_path: Path, lose: Callable[[Path, FakeBackend], type[Fault]]
) -> None:
    floor = working(shop, tmp_path / "desk")
    fault = lose(tmp_path / "desk", ring)
    with pytest.raises(fault):
        Desk.open(tmp_path / "desk")
    recover_from_paper(tmp_path / "desk", paper_of(shop), Person())
    arrives(shop, tmp_path / "desk", floor)


@pytest.mark.parametrize("lose", LOSSES)
def test_the_server_opens_a_desk_again(
    shop: RealShop, ring: FakeBackend, tmp_path: Path, lose: Callable[[Path, FakeBackend], type[Fault]]
) -> None:
    floor = working(shop, tmp_path / "desk")
    lose(tmp_path / "desk", ring)
    before = content(tmp_path / "desk")
    with pytest.raises(Refusal) as refused:
        recover_from_server(tmp_path / "desk", "manager", "wrong", Person())
    assert refused.value.code == "sign_in_failed"
    assert content(tmp_path / "desk") == before
    recover_from_server(tmp_path / "desk", "manager", shop.password, Person())
    arrives(shop, tmp_path / "desk", floor)


def test_what_lies_beside_the_database_tells_where_to_ask_and_no_secret(
    shop: RealShop, ring: FakeBackend, tmp_path: Path
) -> None:
    working(shop, tmp_path)
    record = read_recovery(tmp_path)
    with Desk.open(tmp_path) as desk:
        identity, key = desk.identity, desk.runtime.profile.vault.key
    assert record.home is not None
    assert (record.home.merchant_id, record.home.device_id) == (identity.merchant_id, identity.device_id)
    assert record.home.server_url == shop.server.url
    assert record.numbers == (paper_of(shop).number,)
    written = (tmp_path / "recovery.json").read_text("utf-8")
    for secret in (key.hex(), identity.token, identity.signing_seed.hex(), identity.agreement_seed.hex()):
        assert secret not in written
    (tmp_path / "recovery.json").unlink()
    Desk.open(tmp_path).close()
    assert read_recovery(tmp_path).numbers == record.numbers, "the next opening makes it again"


def test_a_desk_has_a_paper_of_its_own_and_a_new_one_voids_the_old(
    shop: RealShop, ring: FakeBackend, tmp_path: Path
) -> None:
    floor = working(shop, tmp_path / "desk")
    folder = tmp_path / "desk"
    with Desk.open(folder) as desk:
        vault = desk.runtime.profile.vault
        old, new = (make_own_paper(folder, vault, os.urandom, lambda _: None) for _ in range(2))

        def no_printer(_: RecoveryKey) -> None:
            raise PermissionError("the folder cannot be written")

        with pytest.raises(PermissionError):
            make_own_paper(folder, vault, os.urandom, no_printer)
    lose_the_keyring_entry(folder, ring)
    with pytest.raises(WrongRecoveryKey):
        recover_from_paper(folder, old, Person())
    recover_from_paper(folder, new, Person())
    arrives(shop, folder, floor)


def test_a_demo_has_nothing_to_recover(shop: RealShop) -> None:
    keeper = shop.desks[0].runtime.profile
    assert not (keeper.folder / "recovery.json").exists()
    with pytest.raises(DemoUnprotected) as refused:
        make_own_paper(keeper.folder, keeper.vault, os.urandom, lambda _: None)
    told(refused.value)


def test_another_paper_another_desk_and_a_server_without_the_key_change_nothing(
    ring: FakeBackend, tmp_path: Path
) -> None:
    with real_shop(tmp_path) as shop:
        shop.desk(tmp_path / "keeper")
        _nothing_changes(shop, ring, tmp_path)


def _nothing_changes(shop: RealShop, ring: FakeBackend, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        working(shop, folder)
    ring.entries.clear()
    before = content(first)

    def refused(work: Callable[[], Any], kind: type[Exception], zh: str, en: str) -> None:
        with pytest.raises(kind) as met:
            work()
        told(met.value).says(zh, en)

    other = RecoveryKey.make(os.urandom)
    refused(
        lambda: recover_from_paper(first, other, Person()),
        WrongRecoveryKey, f"另一张恢复密钥.*{paper_of(shop).number}", f"another recovery key.*{other.number}",
    )  # fmt: skip
    assert content(first) == before
    (first / "recovery.json").write_bytes((second / "recovery.json").read_bytes())
    for work in (
        lambda: recover_from_paper(first, paper_of(shop), Person()),
        lambda: recover_from_server(first, "manager", shop.password, Person()),
    ):
        refused(work, KeyDoesNotFit, "不属于.*什么都没有改变", "not that of the profile.*Nothing was changed")
    _server_without_the_key(shop, first, second)
    (first / "recovery.json").write_bytes(before["recovery.json"])
    assert content(first) == before
    refused(
        lambda: recover_from_paper(tmp_path, other, Person()),
        NoDatabaseHere, "没有.*数据库", "no database",
    )  # fmt: skip
    (first / "recovery.json").unlink()
    refused(lambda: recover_from_paper(first, other, Person()), NothingToRestore, "服务器恢复", "the server")


def _server_without_the_key(shop: RealShop, first: Path, second: Path) -> None:
    strange = read_recovery(second)
    assert strange.home is not None
    keeper = shop.desks[0].identity  # a demo: the server was never given its key
    text = (second / "recovery.json").read_text("utf-8")
    (first / "recovery.json").write_text(
        text.replace(str(strange.home.device_id), str(keeper.device_id)), "utf-8"
    )
    with pytest.raises(Refusal) as none:
        recover_from_server(first, "manager", shop.password, Person())
    assert none.value.code == "no_sealed_key"
    told(none.value)
