"""Can a desk's data be opened again from paper and from the server, and by nothing else?"""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from merchant_desk.models import private_files
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.faults import WrongKey
from merchant_desk.sync.recovery import (
    NothingToRestore,
    RecoveryKey,
    WrongRecoveryKey,
    keep_copy_folder,
    keep_sealed_key,
    number_of,
    open_database_key,
    read_recovery,
    reseal_database_key,
    restore_from_paper,
    seal_database_key,
)
from merchant_desk.sync.sealing import SealBroken
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.typed_code import CodeKind, CodeMistyped, CodeUnreadable, WrongKindOfCode, write_code

KEY = bytes(range(32))
PAPER = RecoveryKey(bytes(range(20)))
SERVER = DeviceKeys(bytes(range(32)), bytes(range(32)))
PROFILE = "0123456789abcdef"


def test_a_lost_vault_and_a_typed_paper_open_the_database_again(tmp_path: Path) -> None:
    key = os.urandom(32)
    engine = open_engine(tmp_path / "desk.db", key, role="writer")
    with engine.begin() as connection:
        connection.execute(text("create table kept (word text)"))
        connection.execute(text("insert into kept values ('货到了')"))
    engine.dispose()
    keep_sealed_key(tmp_path, key, PAPER.public_key, profile_id=PROFILE)
    del key

    typed = RecoveryKey.parse(PAPER.text.lower().replace("-", " "))
    engine = open_engine(tmp_path / "desk.db", restore_from_paper(tmp_path, typed), role="reader")
    with engine.connect() as connection:
        assert connection.execute(text("select word from kept")).scalar_one() == "货到了"
    engine.dispose()
    with pytest.raises(WrongKey):
        open_engine(tmp_path / "desk.db", typed.secret + bytes(12), role="reader")


def test_a_paper_is_kept_while_the_copies_thread_writes_down_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper that was printed must open the desk, whatever is kept beside it at the same moment."""
    writing, gate, broke = threading.Event(), threading.Event(), list[OSError]()
    sync = private_files.sync_to_disk

    def slow(handle: int) -> None:
        if not writing.is_set():
            writing.set()
            gate.wait(5)
        sync(handle)

    def paper() -> None:
        try:
            keep_sealed_key(tmp_path, KEY, PAPER.public_key, profile_id=PROFILE, own=True)
        except OSError as error:
            broke.append(error)

    monkeypatch.setattr(private_files, "sync_to_disk", slow)
    first = threading.Thread(target=paper)
    second = threading.Thread(
        target=keep_copy_folder, args=(tmp_path, "/stick"), kwargs={"profile_id": PROFILE}
    )
    first.start()
    assert writing.wait(5)
    second.start()
    second.join(0.2)
    gate.set()
    first.join()
    second.join()
    assert broke == []
    assert restore_from_paper(tmp_path, PAPER) == KEY
    assert read_recovery(tmp_path).copy_folder == "/stick"


def test_the_server_hands_the_key_to_a_desk_that_asks_anew() -> None:
    kept = seal_database_key(KEY, SERVER.sealing_key, profile_id=PROFILE)
    asking = DeviceKeys.make(os.urandom)
    sent = reseal_database_key(kept, SERVER.agreement_key, asking.sealing_key, profile_id=PROFILE)
    assert KEY not in sent
    assert open_database_key(sent, asking.agreement_key, profile_id=PROFILE) == KEY
    with pytest.raises(SealBroken):
        open_database_key(sent, SERVER.agreement_key, profile_id=PROFILE)
    with pytest.raises(SealBroken):
        open_database_key(sent, asking.agreement_key, profile_id="another")


def test_one_paper_serves_every_desk_and_sealing_needs_its_public_half_only(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keep_sealed_key(tmp_path / name, name.encode() * 32, PAPER.public_key, profile_id=name)
    assert [restore_from_paper(tmp_path / name, PAPER)[:1] for name in ("a", "b")] == [b"a", b"b"]
    (tmp_path / "a" / "recovery.json").write_bytes((tmp_path / "b" / "recovery.json").read_bytes())
    assert restore_from_paper(tmp_path / "a", PAPER) == b"b" * 32  # the vault's record finds that out


def test_another_paper_is_told_apart_by_its_number(tmp_path: Path) -> None:
    keep_sealed_key(tmp_path, KEY, PAPER.public_key, profile_id=PROFILE)
    other = RecoveryKey(bytes(20))
    with pytest.raises(WrongRecoveryKey) as wrong:
        restore_from_paper(tmp_path, other)
    assert wrong.value.facts == {"asked": PAPER.number, "given": other.number}
    assert PAPER.number == number_of(PAPER.public_key) != other.number
    assert len(PAPER.number) == 9


def test_no_copy_or_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(NothingToRestore):
        restore_from_paper(tmp_path, PAPER)
    path = tmp_path / "recovery.json"
    path.write_text("{")
    with pytest.raises(NothingToRestore):
        restore_from_paper(tmp_path, PAPER)
    keep_sealed_key(tmp_path, KEY, PAPER.public_key, profile_id=PROFILE)
    path.write_text(path.read_text().replace(PROFILE, PROFILE[::-1]))
    with pytest.raises(SealBroken):
        restore_from_paper(tmp_path, PAPER)


def test_the_copy_shows_neither_key_nor_secret(tmp_path: Path) -> None:
    keep_sealed_key(tmp_path, KEY, PAPER.public_key, profile_id=PROFILE)
    content = (tmp_path / "recovery.json").read_bytes()
    for secret in (KEY.hex(), PAPER.secret.hex(), PAPER.text):
        assert secret.encode() not in content
    assert PAPER.secret.hex() not in repr(PAPER)


def test_a_paper_printed_today_derives_the_same_key_in_years() -> None:
    assert PAPER.text == "R0D00J-0820CD-20A1GP-7104GS-M2RC14-M70Y4P-0H2894-TXRDXV-X47"
    assert PAPER.public_key.hex() == "c576c885481db0753a5cc03d17f33d684872af001d59182234804256fedede48"


def test_slips_of_the_typing_finger() -> None:
    with pytest.raises(CodeMistyped) as mistyped:
        RecoveryKey.parse(PAPER.text[:14] + "ZZ" + PAPER.text[16:])
    assert mistyped.value.group == 3
    with pytest.raises(WrongKindOfCode):
        RecoveryKey.parse(write_code(CodeKind.ENROLMENT, bytes(20)))
    with pytest.raises(CodeUnreadable):
        RecoveryKey.parse(write_code(CodeKind.RECOVERY, bytes(16)))
    assert RecoveryKey.make(lambda length: b"\x03" * length) == RecoveryKey(b"\x03" * 20)
