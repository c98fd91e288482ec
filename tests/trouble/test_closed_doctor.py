"""The doctor where a desk cannot be opened: every other examination runs, and says how it goes on."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.models.faults import AlreadyOpen, Corrupted, DiskFull, NotADatabase, WrongKey
from merchant_desk.models.migrate import NewerDatabase
from merchant_desk.sync import passphrase
from merchant_desk.sync.closed_health import Closed, examine_closed, way_out
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.sync.key_faults import KeyringUnavailable
from merchant_desk.sync.profile import DatabaseLost
from merchant_desk.sync.recovery import read_recovery
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.vault_record import VaultRecord, write_record
from tests.helpers.keyrings import FakeBackend
from tests.server.running import ROOT, command
from tests.trouble.shopfloor import RealShop

PASSPHRASE = "correct horse battery"
WITHOUT_DATABASE = {"desk", "restore", "files", "recovery", "copy", "server", "clock", "rights", "disk"}


@pytest.fixture
def desk(shop: RealShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A protected desk with a safety copy, closed; returns its folder."""
    for name, value in (("PASSPHRASE", PASSPHRASE), ("LOGIN", "manager"), ("PASSWORD", shop.password)):
        monkeypatch.setenv(f"MERCHANT_DESK_{name}", value)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name, least in (("TIME_COST", 1), ("MEMORY_KIB", 1_024), ("LANES", 1)):
        monkeypatch.setattr(passphrase, name, least)
    folder, stick = tmp_path / "desk", tmp_path / "stick"
    stick.mkdir()
    with Desk.enrol(folder, shop.code(), "front") as opened:
        opened.sign_in("manager", shop.password)
        opened.name_copy_folder(stick)
    return folder


def by_subject(found: list[Finding]) -> dict[str, Finding]:
    return {one.subject: one for one in found}


def test_a_damaged_database_leaves_all_else_to_be_seen(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "desk.db").write_bytes(b"no database at all" * 500)
    for left in desk.glob("desk.db-*"):
        left.unlink()
    before = {path.name: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    assert main(["doctor", "--profile", str(desk), "--json"]) == 1
    found = {one["subject"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(found) >= WITHOUT_DATABASE | {"fonts", "printers", "scanner"}
    assert found["desk"]["grade"] == "bad"
    assert found["copy"]["grade"] == "good"
    assert str(tmp_path / "stick") in found["copy"]["zh"]
    assert found["server"]["grade"] == found["clock"]["grade"] == "good"
    assert read_recovery(desk).numbers[0] in found["recovery"]["en"]
    assert main(["doctor", "--profile", str(desk), "--offline"]) == 1
    said = capsys.readouterr().out
    assert f"merchant-desk support-bundle FILE.zip --profile {desk}" in said
    bundle = tmp_path / "bundle.zip"
    assert main(["support-bundle", str(bundle), "--profile", str(desk), "--yes", "--offline"]) == 0
    with zipfile.ZipFile(bundle) as packed:
        subjects = {one["subject"] for one in json.loads(packed.read("findings.json"))}
    assert subjects >= WITHOUT_DATABASE - {"server"}
    after = {path.name: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before, "nothing was changed by looking"


@pytest.mark.parametrize("gone", [(), ("desk.db",), ("desk.db", "vault.json")])
def test_a_database_that_was_emptied_or_is_gone_is_a_desk_lost_not_a_new_one(
    desk: Path, shop: RealShop, tmp_path: Path, capsys: pytest.CaptureFixture[str], gone: tuple[str, ...]
) -> None:
    """SQLite takes an empty file for a new database: the desk was then told to enrol, over the evidence."""
    for name in ("desk.db-wal", "desk.db-shm"):
        (desk / name).write_bytes(b"what may still be read")
    (desk / "desk.db").write_bytes(b"")
    for name in gone:
        (desk / name).unlink()
    before = {path.name: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    for words in (
        ("export", "products", str(tmp_path / "o.csv"), "--profile", str(desk)),
        ("enrol", shop.code(), "--profile", str(desk)),
        ("doctor", "--profile", str(desk), "--offline"),
    ):
        assert main(list(words)) == 1
        done = capsys.readouterr()
        assert "可能已丢失" in done.err
        assert "empty or gone" in done.err
        assert "put the whole folder aside" in done.err
        assert "recover --copy" in done.err
    assert "放到一边" in done.out
    assert str(tmp_path / "stick") in done.out, "the doctor names the safety copy"
    after = {path.name: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    assert {name: after.get(name) for name in before} == before, "nothing was written over it"
    with pytest.raises(DatabaseLost) as lost:
        Desk.open(desk)
    assert Closed(desk, lost.value).is_damaged, "the window offers to put it aside"
    assert way_out(Closed(desk, lost.value), "") == "no_copy"


def test_a_second_window_is_no_damage(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Desk.open(desk):
        done = subprocess.run(
            command("doctor", "--offline", "--json", "--profile", str(desk)), cwd=ROOT,
            env={**os.environ}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
    found = {one["subject"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert found["desk"]["repair"] == "lock"
    assert "Nothing has to be restored" in found["restore"]["en"]
    assert found["files"]["grade"] == found["copy"]["grade"] == "good"


@pytest.mark.parametrize(
    ("fault", "copy", "way"),
    [
        (AlreadyOpen(Path("d"), 7), "", "open_elsewhere"),
        (NewerDatabase(2, 1), "/stick", "newer"),
        (KeyringUnavailable("locked", ""), "/stick", "lost_key"),
        (WrongKey(Path("d")), "", "no_copy"),
        (Corrupted(Path("d"), "page 7"), "/stick", "copy"),
        (NotADatabase(Path("d")), "", "no_copy"),
        (DiskFull(Path("d"), 0), "/stick", "mend_first"),
    ],
)
def test_every_fault_has_its_way(tmp_path: Path, fault: Any, copy: str, way: str) -> None:
    assert way_out(Closed(tmp_path, fault), copy) == way


def test_what_the_keyring_says_is_a_finding(tmp_path: Path) -> None:
    write_record(tmp_path, VaultRecord.of("a-profile", bytes(32), keyring=True))
    backend = FakeBackend()

    def keyring(**more: Any) -> Finding:
        asked = Closed(
            tmp_path, WrongKey(tmp_path), ask=False, keyring=SystemKeyring(lambda: backend, **more)
        )
        return by_subject(examine_closed(asked))["keyring"]

    assert "does not hold" in keyring().en
    backend.set_password("merchant-desk", "a-profile", "secret")
    assert keyring().grade is Grade.GOOD
    backend.priority = 0
    assert keyring().code == "keyring_unavailable"


def test_a_copy_that_is_not_there_and_one_of_another_desk(desk: Path, tmp_path: Path) -> None:
    closed = Closed(desk, Corrupted(desk / "desk.db", "page 7"), ask=False)
    own = next(one for one in (tmp_path / "stick").iterdir() if one.is_dir())
    shutil.rmtree(own)
    assert "another stick" in by_subject(examine_closed(closed))["copy"].en
    shutil.rmtree(tmp_path / "stick")
    assert by_subject(examine_closed(closed))["copy"].code == "file_unusable"


def test_files_that_are_gone_are_named(desk: Path) -> None:
    (desk / "desk.db").unlink()
    found = by_subject(examine_closed(Closed(desk, WrongKey(desk), ask=False)))
    assert (found["files"].grade, found["files"].figures["missing"]) == (Grade.BAD, 1)
    shutil.rmtree(desk)
    found = by_subject(examine_closed(Closed(desk, WrongKey(desk), ask=False)))
    assert found["files"].figures["missing"] == 2
    assert found["disk"].grade is Grade.GOOD
