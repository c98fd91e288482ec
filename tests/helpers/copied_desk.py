"""Desks of a shop in one process whose keys are protected, so that they have safety copies; their heirs."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.desk_tables import scan_journal
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import EnrolRequest, decode_header
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies, ReadCopy
from merchant_desk.sync.safety_copy_return import by_paper, check_outlet, find_copy, read_whole, take_over
from merchant_desk.sync.safety_copy_state import CopyNotWritten
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.system_keyring import SystemKeyring
from tests.helpers.keyrings import FakeBackend
from tests.helpers.shop import PASSWORD, Shop

PAPER = RecoveryKey(bytes(range(20)))
"""The merchant's."""

RICE = "9520000000028"

BEER = "9520000000011"
"""Has lots."""


def use_keyring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """Give this machine a keyring, at the edge of the process."""
    backend = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    return backend


def code_of(shop: Shop) -> EnrolmentCode:
    """Return a new enrolment code of the shop's outlet."""
    world = shop.world
    secret = world.server.enrolment.invite(world.merchant_id, world.outlet, ("cost", "personal"))
    return EnrolmentCode("127.0.0.1", 1, world.outlet, bytes.fromhex(secret), tls=False)


def protected_desk(shop: Shop, folder: Path, login: str = "manager") -> Desk:
    """Enrol a desk under a key in the keyring, let it pull, and sign somebody in."""
    world, code = shop.world, code_of(shop)
    keys = DeviceKeys.make(world.chance.bytes)
    request = EnrolRequest(code.secret.hex(), folder.name, keys.verifying_key, keys.sealing_key, b"")
    answer = world.server.enrolment.enrol(request, world.server.epoch)
    identity = Identity(
        answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, folder.name, code.url, "",
        answer.token, keys.signing_seed, keys.agreement_seed, PAPER.public_key,
    )  # fmt: skip
    profile = open_profile(folder, demo=False, ask_passphrase=lambda request: None)
    with profile.writer.begin() as connection:
        write_value(connection.connection.cursor(), "identity", identity)
    return opened(shop, folder, Desk(profile, fetch=shop.fetch), login)


def opened(shop: Shop, folder: Path, desk: Desk | None = None, login: str = "manager") -> Desk:
    """Return a desk with somebody signed in; opened again unless it is given. It is closed with the shop."""
    if desk is None:
        desk = Desk(open_profile(folder, demo=False, ask_passphrase=lambda request: None), fetch=shop.fetch)
    desk.sync()
    desk.sign_in(login, PASSWORD)
    shop.desks.append(desk)
    return desk


def started(shop: Shop, folder: Path) -> Desk:
    """Start the program on a desk's folder, with whatever line there is, and sign somebody in."""
    desk = Desk(open_profile(folder, demo=False, ask_passphrase=lambda request: None), fetch=shop.fetch)
    shop.desks.append(desk)
    desk.sign_in("manager", PASSWORD)
    return desk


def offline(shop: Shop, folder: Path, stick: Path) -> Desk:
    """Return a desk that copies to a stick, with nothing unsent, and no line any more."""
    desk = protected_desk(shop, folder)
    desk.name_copy_folder(stick)
    shop.fetch.down = True
    return desk


def received(desk: Desk, pieces: int) -> None:
    """Receive rice and end the receipt."""
    sheet = desk.receive()
    for _ in range(pieces):
        assert sheet.scan(RICE).code == "accepted"
    sheet.finish()


def heir(
    shop: Shop, copies: DeskCopies, folder: Path, *, code: EnrolmentCode | None = None, damage: bool = False
) -> Desk:
    """Go on from a copy in a new folder, by the paper, over the shop's wire."""
    code = code or code_of(shop)
    copy = read_whole(copies, by_paper(copies, PAPER)(code), accept_damage=damage)
    check_outlet(copy, code)
    profile = open_profile(folder, demo=False, ask_passphrase=lambda request: None)
    take_over(profile, copy)
    desk = Desk(profile, fetch=shop.fetch)
    shop.desks.append(desk)
    desk.enrol_again(code.text, folder.name)
    desk.sign_in("manager", PASSWORD)
    return desk


def left(shop: Shop, desk: Desk) -> None:
    """Let a desk be gone: closed, and not the shop's any more."""
    desk.close()
    shop.desks.remove(desk)


def contents(copies: DeskCopies, shop: Shop) -> ReadCopy:
    """Return what a copy holds."""
    return read_whole(copies, by_paper(copies, PAPER)(code_of(shop)))


def op_ids(copy: ReadCopy) -> set[UUID]:
    """Return the operations of a copy that the server has not."""
    operations = (one for part in copy.parts for one in part.operations if not one.is_sent)
    return {decode_header(one.header).op_id for one in operations}


def scan_states(copy: ReadCopy) -> dict[int, str]:
    """Return how the journal's scans stand in a copy, by number."""
    names = [column.name for column in scan_journal.columns]
    rows = [dict(zip(names, row, strict=True)) for part in copy.parts for row in part.journal]
    return {row["n"]: row["state"] for row in rows}


def unsent(desk: Desk) -> set[UUID]:
    """Return the operations of a desk that the server has not answered."""
    with desk.read() as connection, connection.begin():
        sql = "SELECT op_id FROM outbox WHERE status IN ('pending', 'held', 'parked')"
        return {UUID(bytes=one) for one in connection.exec_driver_sql(sql).scalars()}


def server_rice(shop: Shop) -> int:
    """Return what the server's book has of rice, whole units."""
    with shop.world.server.engine.connect() as connection, connection.begin():
        sql = "SELECT coalesce(sum(quantity), 0) FROM ledger WHERE sku_id = ?"
        total = connection.exec_driver_sql(sql, (shop.rice.bytes,)).scalar()
    return int(total or 0) // 1_000_000


def log_of(shop: Shop, but: str = "") -> set[UUID]:
    """Return the operations that the server has but those of one kind; an id twice would be an error."""
    with shop.world.server.engine.connect() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT op_id FROM operations WHERE kind <> ?", (but,)).all()
    found = {UUID(bytes=row[0]) for row in rows}
    assert len(found) == len(rows)
    return found


def why(action: Callable[[], object]) -> str:
    """Return why a copy could not be written, as an action says."""
    with pytest.raises(CopyNotWritten) as failed:
        action()
    return failed.value.why


def told(desk: Desk) -> str:
    """Return why the status says that there is no copy; nothing if there is one."""
    state = desk.status.copy
    assert state is not None
    return str(state.fault.facts["why"]) if state.fault is not None else ""


def holds_all(desk: Desk, stick: Path, shop: Shop) -> bool:
    """Tell whether the only copy on a stick holds what a desk has not sent, and no more."""
    return op_ids(contents(find_copy(stick), shop)) == unsent(desk)


def files_of(stick: Path) -> list[Path]:
    """Return the files of the only copy on a stick."""
    return sorted(find_copy(stick).folder.iterdir())
