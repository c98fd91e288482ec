"""Does each repair mend a profile that is really damaged, lose nothing, and do nothing when asked twice?"""

import argparse
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli import doctor as cli
from merchant_desk.cli.words import sentences
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.support.lock_holders import HolderNotEnded, free_lock
from merchant_desk.support.repairs import REPAIRS, Mended, NoSuchRepair, Patient, mend, repair
from merchant_desk.sync import health
from merchant_desk.sync.findings import Finding, Grade, NoSteps
from merchant_desk.sync.health import EXAMINATIONS, examine
from merchant_desk.sync.profile_health import disk_findings, rights_findings
from tests.server.running import ROOT, run
from tests.support.conftest import change, close, damage, folder_of
from tests.trouble.shopfloor import Floor, RealShop, differences, on_hand

Opened = Callable[[Path], Desk]

HOLDER = """
import signal, sys, time
from merchant_desk.models.profile_lock import ProfileLock
from pathlib import Path
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
lock = ProfileLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def doctor(folder: Path, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run the doctor as the command line does; returns its code, its lines, and its complaint."""
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    said, code = io.StringIO(), 1
    complaint = ""
    with contextlib.redirect_stdout(said):
        try:
            code = cli.run(parser.parse_args(["--profile", str(folder), "--json", *words]))
        except Fault as fault:
            complaint = " ".join(sentences(fault))
    return code, [json.loads(line) for line in said.getvalue().splitlines()], complaint


def found(desk: Desk, subject: str) -> Finding:
    return next(one for one in examine(desk.runtime) if one.subject == subject)


def do(name: str, desk: Desk, code: str = "") -> Mended:
    return mend(repair(name), Patient(desk.runtime.profile.folder, desk, code), NoSteps())


def test_every_repair_has_words_in_both_languages_and_every_finding_names_one_that_there_is() -> None:
    for one in REPAIRS.values():
        assert one.title("zh_CN") != one.title("en")
        assert bool(one.question("zh_CN")) is bool(one.question("en")) is one.asks
    assert {one.name for one in REPAIRS.values() if not one.asks} == {
        "recount",
        "compare",
        "rights",
        "folder",
    }
    with pytest.raises(NoSuchRepair, match="recount"):
        repair("miracle")


def test_balances_that_differ_are_recounted_once(stopped: Floor, shop: RealShop, opened: Opened) -> None:
    folder = folder_of(stopped)
    change(folder, "UPDATE stock_balances SET on_hand = on_hand + 7000000")
    code, lines, _ = doctor(folder, "--offline")
    ledger = next(one for one in lines if one["subject"] == "ledger")
    assert (code, ledger["grade"], ledger["repair"], ledger["figures"]) == (
        1,
        "bad",
        "recount",
        {"balances": 1},
    )
    printed = run("doctor", "--profile", str(folder), "--json", "--repair", "recount")
    assert printed.returncode == 0, printed.stderr
    code, done = printed.returncode, json.loads(printed.stdout)
    assert (code, done["changed"], done["well"], done["figures"]) == (0, True, True, {"totals": 1})
    code, (again,), _ = doctor(folder, "--repair", "recount")
    assert (code, again["changed"], again["well"]) == (0, False, True)
    desk = opened(folder)
    assert found(desk, "ledger").grade is Grade.GOOD
    assert on_hand(desk, stopped.sku_id) == stopped.saved == 45


def test_indexes_that_lost_rows_are_made_again(stopped: Floor, opened: Opened) -> None:
    folder = folder_of(stopped)
    index = "ix_outbox_status"
    change(
        folder,
        "CREATE TABLE kept AS SELECT sql FROM sqlite_master WHERE name = 'ix_outbox_status'",
        f"DROP INDEX {index}",
        f"CREATE INDEX {index} ON outbox (status, device_seq) WHERE device_seq < 0",
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = (SELECT sql FROM kept) WHERE name = '{index}'",
        "PRAGMA writable_schema = OFF",
        "DROP TABLE kept",
    )
    _, lines, _ = doctor(folder, "--offline")
    database = next(one for one in lines if one["subject"] == "database")
    assert (database["grade"], database["repair"]) == ("bad", "database"), database
    code, _, said = doctor(folder, "--repair", "database")
    assert code == 1
    assert "--yes" in said
    assert "没有改变" in said
    code, (done,), _ = doctor(folder, "--repair", "database", "--yes")
    assert (code, done["changed"], done["well"], done["figures"]["after"]) == (0, True, True, 0)
    desk = opened(folder)
    assert found(desk, "database").grade is Grade.GOOD
    assert do("database", desk).changed is False
    assert desk.runtime.status.waiting == 5
    desk.sync()
    assert on_hand(desk, stopped.sku_id) == stopped.saved


@pytest.mark.expects_log("rest_disturbed")
def test_a_damaged_page_is_cured_by_a_rebuild_and_unsent_work_is_kept(
    stopped: Floor, shop: RealShop, opened: Opened
) -> None:
    folder = folder_of(stopped)
    damage(folder, "ledger")
    desk = opened(folder)
    finding = found(desk, "database")
    assert (finding.grade, finding.repair) == (Grade.BAD, "rebuild")
    assert do("database", desk).well is False, "no index can cure that"
    done = do("rebuild", desk)
    assert (done.changed, done.well, done.figures) == (True, True, {"waiting": 5})
    assert found(desk, "database").grade is Grade.GOOD
    assert on_hand(desk, stopped.sku_id) == stopped.saved
    assert do("rebuild", desk).well, "again is harmless"
    desk.sync()
    assert desk.runtime.status.waiting == 0
    assert on_hand(desk, stopped.sku_id) == stopped.saved
    assert differences(shop.data, [desk]) == ()


class Cut(NoSteps):
    """Gives up after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    @property
    def cancelled(self) -> bool:  # type: ignore[override]
        self.looks -= 1
        return self.looks < 0


def test_a_rebuild_may_be_stopped_and_what_it_left_cleared(stopped: Floor, opened: Opened) -> None:
    folder = folder_of(stopped)
    desk = opened(folder)
    desk.runtime.snapshots.wanted = False
    patient = Patient(folder, desk)
    for looks in range(4):
        done = mend(repair("rebuild"), patient, Cut(looks))
        assert (done.changed, done.well) == (False, False)
        assert on_hand(desk, stopped.sku_id) == stopped.saved
        if (folder / "desk.db.rebuild").exists():
            break
    finding = found(desk, "draft")
    assert (finding.grade, finding.repair) == (Grade.NOTE, "draft")
    assert do("draft", desk).changed
    assert found(desk, "draft").grade is Grade.GOOD
    assert do("draft", desk).changed is False
    assert do("rebuild", desk).well
    assert on_hand(desk, stopped.sku_id) == stopped.saved


def test_scans_go_on_while_everything_is_repaired_at_once(
    shop: RealShop, stopped: Floor, opened: Opened
) -> None:
    desk = opened(folder_of(stopped))
    sheet = desk.reopen("receipts", stopped.sheet.document_id)
    floor = Floor(desk, stopped.sku_id, stopped.code, sheet, stopped.saved)
    failed: list[BaseException] = []

    def mend_it(name: str) -> None:
        try:
            do(name, desk)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    names = ("recount", "database", "rebuild", "compare", "rebuild", "draft", "recount")
    threads = [threading.Thread(target=mend_it, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        floor.scan()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    told = [error for error in failed if getattr(error, "code", "") not in ("not_compared", "database_busy")]
    assert told == []
    desk.sync()
    assert floor.on_hand() == floor.saved > 45
    assert differences(shop.data, [desk]) == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows: access comes from the folder above")
def test_files_that_others_could_read_are_closed_to_them(stopped: Floor) -> None:
    folder = folder_of(stopped)
    assert next(rights_findings(folder)).grade is Grade.GOOD
    spoilt = ("desk.db", "desk.log")
    (folder / "desk.log").touch()
    for name in spoilt:
        (folder / name).chmod(0o644)
    _, lines, _ = doctor(folder, "--offline")
    rights = next(one for one in lines if one["subject"] == "rights")
    assert (rights["grade"], rights["repair"]) == ("bad", "rights")
    assert [name for name in spoilt if name not in rights["en"]] == [], rights["en"]
    code, (done,), _ = doctor(folder, "--repair", "rights")
    assert (code, done["changed"]) == (0, True)
    assert done["figures"]["files"] >= len(spoilt)
    assert next(rights_findings(folder)).grade is Grade.GOOD
    assert doctor(folder, "--repair", "rights")[1][0]["changed"] is False


def test_a_stuck_desk_is_enrolled_again_by_its_repair(stopped: Floor, shop: RealShop, opened: Opened) -> None:
    folder = folder_of(stopped)
    old = stopped.desk.identity.code
    code, _, said = doctor(folder, "--repair", "enrol", "--yes")
    assert code == 1
    assert "--code" in said
    code, (done,), _ = doctor(folder, "--repair", "enrol", "--yes", "--code", shop.code())
    assert (code, done["changed"], done["well"]) == (0, True, True)
    desk = opened(folder)
    assert desk.identity.code != old
    desk.sync()
    assert (desk.runtime.status.waiting, on_hand(desk, stopped.sku_id)) == (0, stopped.saved)
    assert differences(shop.data, [desk]) == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells whose process it is")
@pytest.mark.parametrize("kind", ["hearing", "deaf", "stopped"])
def test_a_hung_program_of_ours_gives_the_profile_free(
    stopped: Floor, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(stopped)
    monkeypatch.setattr("merchant_desk.support.lock_holders.ASKED_SECONDS", 0.5)
    program = folder.parent / "merchant-desk"
    program.write_text(HOLDER, "utf-8")
    command = [sys.executable, str(program), str(folder), kind]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        if kind == "stopped":
            holder.send_signal(signal.SIGSTOP)
            code, lines, _ = doctor(folder)
            assert code == 1
            assert (lines[0]["subject"], lines[0]["repair"]) == ("desk", "lock")
        assert free_lock(folder, NoSteps()) is True
        assert holder.wait(10) in (-signal.SIGTERM, -signal.SIGKILL)
    assert free_lock(folder, NoSteps()) is False, "again finds nothing to do"
    ProfileLock(folder).release()


def test_anothers_program_is_not_ended(tmp_path: Path) -> None:
    script = (
        "import fcntl, os, sys, time\n"
        "handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX)\n"
        "os.write(handle, str(os.getpid()).encode())\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    folder = tmp_path / "merchant-desk"
    folder.mkdir()
    command = [sys.executable, "-c", script, str(folder / "profile.lock"), "merchant_desk"]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(HolderNotEnded) as told:
            free_lock(folder, NoSteps())
        assert told.value.pid == holder.pid
        assert holder.poll() is None
        holder.kill()
    with ProfileLock(tmp_path), pytest.raises(HolderNotEnded):
        free_lock(tmp_path, NoSteps())


def test_little_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for little, none, grade in ((0, 0, Grade.GOOD), (1 << 60, 0, Grade.NOTE), (1 << 60, 1 << 59, Grade.BAD)):
        monkeypatch.setattr("merchant_desk.sync.profile_health.LITTLE_ROOM", little)
        monkeypatch.setattr("merchant_desk.sync.profile_health.NO_ROOM", none)
        (one,) = disk_findings(tmp_path)
        assert one.grade is grade
    (gone,) = disk_findings(tmp_path / "gone")
    assert (gone.grade, gone.code) == (Grade.BAD, "file_unusable")


@pytest.mark.expects_log("not_examined")
def test_a_mistake_of_ours_ends_one_examination_and_not_the_others(
    stopped: Floor, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> Iterator[Finding]:
        raise ValueError("王小明")

    desk = opened(folder_of(stopped))
    monkeypatch.setattr(health, "EXAMINATIONS", {"ledger": broken, "disk": EXAMINATIONS["disk"]})
    ledger, disk, _ = examine(desk.runtime)
    assert (ledger.grade, ledger.code, disk.subject) == (Grade.NOTE, "not_examined", "disk")
    assert "已记入日志" in ledger.zh
    assert "王小明" not in ledger.zh + ledger.en


def test_an_examination_tells_how_far_it_is_and_can_be_stopped(
    stopped: Floor, shop: RealShop, opened: Opened
) -> None:
    desk = opened(folder_of(stopped))

    class Watching(NoSteps):
        seen: list[tuple[int, int]] = []  # noqa: RUF012 - one test's
        cancelled = False

        def report(self, done: int, total: int) -> None:
            self.seen.append((done, total))
            self.cancelled = len(self.seen) == 3

    steps = Watching()
    assert {one.subject for one in examine(desk.runtime, desk.api, steps)} == {"database", "ledger", "outbox"}
    total = len(EXAMINATIONS) + 3
    assert steps.seen == [(0, total), (1, total), (2, total)]
    close(shop, desk)
