"""The doctor of a desk that does not open, and of a server that is not backed up."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.sync.administration import BackupHealth
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.recovery import read_recovery
from merchant_desk.sync.server_health import backup_finding
from tests.server.running import ROOT, command
from tests.trouble.shopfloor import RealShop

PASSPHRASE = "correct horse battery"
HOUR = 3_600


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **environment}
    return subprocess.run(
        command(*words), cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, marks=pytest.mark.long, id="none"),
        pytest.param({"MERCHANT_DESK_PASSPHRASE": "wrong horse"}, id="wrong"),
    ],
)
def test_a_desk_that_does_not_open_is_a_finding(
    shop: RealShop, tmp_path: Path, given: dict[str, str]
) -> None:
    folder = tmp_path / "desk"
    done = run("enrol", shop.code(), "--profile", str(folder), MERCHANT_DESK_PASSPHRASE=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    LocalSettings(folder).decide({"scanner.port": "ttyACM7"}, None, 0)
    done = run("doctor", "--profile", str(folder), "--offline", "--json", MERCHANT_DESK_PASSPHRASE=PASSPHRASE)
    sound = {one["subject"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert "desk" not in sound
    assert str(read_recovery(folder).numbers[0]) in sound["recovery"]["en"]
    done = run("doctor", "--profile", str(folder), "--json", **given)
    assert done.returncode == 1
    found = {one["subject"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert found["desk"]["grade"] == "bad"
    assert "口令" in found["desk"]["zh"]
    assert "passphrase" in found["desk"]["en"]
    assert {"fonts", "scanner", "printers"} < set(found), "what can be seen without the key is told too"
    assert found["scanner"]["grade"] == "bad"
    assert "ttyACM7" in found["scanner"]["zh"]


def test_the_age_of_the_servers_copy_is_a_finding(shop: RealShop) -> None:
    desk = shop.desks[0]
    found = [one for one in examine(desk.runtime, desk.api) if one.subject == "backup"]
    assert len(found) == 1
    assert found[0].grade is Grade.NOTE, "a server of some seconds has made no copy yet"
    assert "还没有做过自动备份" in found[0].zh


@pytest.mark.parametrize(
    ("kept", "grade", "zh", "en"),
    [
        (None, Grade.NOTE, "PostgreSQL", "PostgreSQL"),
        (BackupHealth(1, 5 * HOUR, ""), Grade.GOOD, "5 小时前", "5 hours old"),
        (BackupHealth(1, 5 * HOUR, "disk_full"), Grade.NOTE, "上次失败", "last try failed"),
        (BackupHealth(1, 49 * HOUR, ""), Grade.BAD, "49 小时前.*通知管理员", "49 hours old"),
        (BackupHealth(1, 5 * HOUR, "backup_ahead"), Grade.NOTE, "日期在将来", "dated in the future"),
        (BackupHealth(None, None, "disk_full"), Grade.NOTE, "还没有做过", "not made an automatic copy"),
    ],
)
def test_how_old_a_copy_may_be(kept: BackupHealth | None, grade: Grade, zh: str, en: str) -> None:
    found = backup_finding(kept)
    assert found.grade is grade
    assert re.search(zh, found.zh)
    assert re.search(en, found.en)
