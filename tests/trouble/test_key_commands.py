"""The command line of keys: recover and key, with a real server and real vaults."""

import os
import subprocess
from pathlib import Path

from merchant_desk.cli.recovery_paper import read_paper
from merchant_desk.desk import Desk
from merchant_desk.sync.recovery import RecoveryKey, read_recovery
from tests.helpers.keyrings import Person
from tests.server.running import ROOT, command, running
from tests.trouble.shopfloor import INIT, RealShop
from tests.trouble.words import failed

OLD, NEW = "correct horse battery", "staple of the new year"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def cli(*words: str, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **NO_KEYRING, **environment}
    return subprocess.run(
        command(*words), cwd=ROOT, input=stdin, env=env,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_forgotten_passphrase_on_the_command_line(shop: RealShop, tmp_path: Path) -> None:
    folder, sheet = tmp_path / "desk", tmp_path / "sheet.html"
    code = shop.code()
    done = cli(
        "enrol", code, "--profile", str(folder), "--recovery-sheet", str(sheet), "--json",
        MERCHANT_DESK_PASSPHRASE=OLD,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sheet.stat().st_mode & 0o777 == 0o600
    done = cli("recover", "--profile", str(folder), "--paper", str(sheet), MERCHANT_DESK_PASSPHRASE=OLD)
    failed(
        done,
        "没有改变.*设置 MERCHANT_DESK_NEW_PASSPHRASE",
        "Nothing was changed.*set MERCHANT_DESK_NEW_PASSPHRASE",
    )
    assert "MERCHANT_DESK_NEW_PASSPHRASE" in cli("recover", "--help").stdout
    new = {"MERCHANT_DESK_NEW_PASSPHRASE": NEW}
    done = cli("recover", "--profile", str(folder), "--paper", str(sheet), **new)
    assert done.returncode == 0, done.stderr
    assert "已恢复工作台" in done.stdout
    assert cli("key", "--profile", str(folder), MERCHANT_DESK_PASSPHRASE=OLD).returncode == 1
    done = cli("key", "--profile", str(folder), "--json", MERCHANT_DESK_PASSPHRASE=NEW)
    assert '"vaults": ["passphrase"]' in done.stdout, done.stderr
    printed = str(shop.server.ready["founded"]["recovery_key"])
    done = cli(
        "recover", "--profile", str(folder), "--paper", "-", stdin=printed.lower(),
        MERCHANT_DESK_NEW_PASSPHRASE=OLD,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    asked = {"MERCHANT_DESK_PASSWORD": shop.password, **new}
    done = cli("recover", "--profile", str(folder), "--login", "manager", **asked)
    assert done.returncode == 0, done.stderr
    with Desk.open(folder, ask_passphrase=Person(NEW)) as desk:
        assert desk.status.waiting == 0


def test_a_paper_that_cannot_be_written_is_found_before_the_code_is_used(
    shop: RealShop, tmp_path: Path
) -> None:
    folder, code = tmp_path / "desk", shop.code()
    words = ("enrol", code, "--profile", str(folder))
    nowhere = tmp_path / "no-such-stick" / "sheet.html"
    done = cli(*words, "--recovery-sheet", str(nowhere), MERCHANT_DESK_PASSPHRASE=OLD)
    failed(done, "no-such-stick", "no-such-stick")
    assert not folder.exists()
    assert cli(*words, MERCHANT_DESK_PASSPHRASE=OLD).returncode == 0


def test_key_changes_the_passphrase_moves_to_the_keyring_and_prints(shop: RealShop, tmp_path: Path) -> None:
    folder, code = tmp_path / "desk", shop.code()
    profile = ("--profile", str(folder))
    assert cli("enrol", code, *profile, MERCHANT_DESK_PASSPHRASE=OLD).returncode == 0
    done = cli(
        "key", *profile, "--passphrase", MERCHANT_DESK_PASSPHRASE=OLD, MERCHANT_DESK_NEW_PASSPHRASE=NEW
    )
    assert done.returncode == 0, done.stderr
    sheet = tmp_path / "sheet.txt"
    done = cli("key", *profile, "--recovery-sheet", str(sheet), MERCHANT_DESK_PASSPHRASE=NEW)
    assert done.returncode == 0, done.stderr
    numbers = read_recovery(folder).numbers
    assert len(numbers) == 2
    assert numbers[1] in sheet.read_text("utf-8")
    done = cli("key", *profile, "--to-keyring", MERCHANT_DESK_PASSPHRASE=NEW)
    assert done.returncode == 1
    assert "没有可用的系统密钥环" in done.stderr
    (tmp_path / "ring").mkdir()
    kept = {
        "PYTHON_KEYRING_BACKEND": "tests.trouble.edges.KeptKeyring",
        "KEPT_KEYRING": str(tmp_path / "ring"),
    }
    done = cli("key", *profile, "--to-keyring", MERCHANT_DESK_PASSPHRASE=NEW, **kept)
    assert done.returncode == 0, done.stderr
    done = cli("key", *profile, **kept)
    assert "系统密钥环" in done.stdout, done.stderr


def test_a_server_whose_vault_is_lost_opens_by_the_merchants_paper(tmp_path: Path) -> None:
    data, sheet = tmp_path / "server", tmp_path / "paper.html"
    old = {**NO_KEYRING, "MERCHANT_DESK_PASSPHRASE": OLD}
    words: tuple[str, ...] = (*INIT, "--plain-http", "--recovery-sheet", str(sheet))
    secret = tmp_path / "password"
    secret.write_text("qingshi-manager\n", "utf-8")
    words += ("--manager-password-file", str(secret))
    with running(data, *words, env=old, demo=False) as server:
        paper = read_paper(str(sheet))
        assert set(server.ready["founded"]).isdisjoint({"recovery_key", "password"}), "both are in files"
        epoch = server.ready["epoch"]
        assert server.stop() == 0
    assert paper.text in sheet.read_text("utf-8")
    assert read_recovery(data).numbers == (paper.number,)
    copy, other = tmp_path / "copy.mdbackup", tmp_path / "other"
    assert cli("backup", "--data-dir", str(data), "--to", str(copy), **old).returncode == 0
    restoring = ("restore", str(copy), "--data-dir", str(other))
    failed(
        cli(*restoring, **old), f"--recovery-key-file.*{paper.number}", f"{paper.number}.*--recovery-key-file"
    )
    assert list(other.glob("server.db*")) == []
    done = cli(*restoring, "--recovery-key-file", str(sheet), **old)
    assert done.returncode == 0, done.stderr
    assert "已恢复" in done.stdout
    (data / "vault.json").unlink()
    before = (data / "server.db").read_bytes()
    strange = RecoveryKey(bytes(20)).text
    done = cli("recover", "--data-dir", str(data), "--paper", "-", stdin=strange)
    failed(done, f"另一张恢复密钥.*{paper.number}", "another recovery key")
    failed(cli("recover", "--data-dir", str(tmp_path), "--paper", str(sheet)), "没有数据库", "no database")
    new = {"MERCHANT_DESK_NEW_PASSPHRASE": NEW}
    done = cli("recover", "--data-dir", str(data), "--paper", str(sheet), **new)
    assert done.returncode == 0, done.stderr
    assert (data / "server.db").read_bytes() == before
    again = {**NO_KEYRING, "MERCHANT_DESK_PASSPHRASE": NEW}
    with running(data, "--plain-http", env=again, demo=False) as server:
        assert server.ready["epoch"] == epoch


def test_a_desk_enrolled_again_is_sealed_again(shop: RealShop, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    passphrase = {"MERCHANT_DESK_PASSPHRASE": OLD}
    assert cli("enrol", shop.code(), "--profile", str(folder), **passphrase).returncode == 0
    before = read_recovery(folder).home
    done = cli("enrol", shop.code(), "--profile", str(folder), "--yes", **passphrase)
    assert done.returncode == 0, done.stderr
    after = read_recovery(folder).home
    assert before is not None
    assert after is not None
    assert after.device_id != before.device_id
    asked = {"MERCHANT_DESK_PASSWORD": shop.password, "MERCHANT_DESK_NEW_PASSPHRASE": NEW}
    done = cli("recover", "--profile", str(folder), "--login", "manager", **asked)
    assert done.returncode == 0, done.stderr
    with Desk.open(folder, ask_passphrase=Person(NEW)) as desk:
        assert desk.identity.device_id == after.device_id
        assert desk.sync().fault is None
