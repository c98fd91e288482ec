"""Where a safety copy goes, who says so, and what a stick, a disk and a share may do to it."""

import errno
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.private_files import sync_folder
from merchant_desk.sync import safety_copies, safety_copy_folder
from merchant_desk.sync.key_faults import DemoUnprotected
from merchant_desk.sync.safety_copy_folder import MARK_FILE, copies_in
from merchant_desk.sync.safety_copy_health import copy_findings
from merchant_desk.sync.safety_copy_return import find_copy
from merchant_desk.sync.safety_copy_state import CopyFolderUnfit, CopyNotWritten
from tests.helpers.copied_desk import (
    RICE,
    code_of,
    contents,
    files_of,
    holds_all,
    left,
    op_ids,
    told,
    unsent,
    why,
)
from tests.helpers.shop import Shop
from tests.trouble.edges import SmallDisk, small_disk

PATIENCE = 10.0


pytestmark = pytest.mark.usefixtures("ring")


@pytest.fixture
def desk(copying_desk: Desk) -> Desk:
    return copying_desk


# ---------------------------------------------------------------- where, and by whom


def test_a_manager_names_a_folder_that_would_not_be_lost_too(
    shop: Shop, desk: Desk, stick: Path, tmp_path: Path
) -> None:
    inside = tmp_path / "desk" / "copies"
    inside.mkdir()
    with pytest.raises(CopyFolderUnfit):
        desk.name_copy_folder(inside)
    assert why(lambda: desk.name_copy_folder(tmp_path / "nowhere")) == "missing"
    (tmp_path / "file").write_text("")
    assert why(lambda: desk.name_copy_folder(tmp_path / "file")) == "no_folder"
    state = desk.copy_state
    assert state is not None
    assert (state.folder, state.same_disk) == (stick, True)
    shop.fetch.down = False
    desk.sign_in("worker", "sesame-sesame")
    with pytest.raises(Refusal) as refused:
        desk.name_copy_folder(stick)
    assert refused.value.code == "not_allowed"
    with pytest.raises(Refusal):
        desk.end_safety_copy()
    demo = shop.desk("manager")
    with pytest.raises(DemoUnprotected):
        demo.name_copy_folder(stick)
    assert demo.status.copy is None


@pytest.mark.expects_log("safety_copy_failed")
def test_a_stick_that_is_out_or_another_one_is_never_written_to(
    shop: Shop, desk: Desk, stick: Path, tmp_path: Path
) -> None:
    sheet = desk.receive()
    sheet.scan(RICE)
    drawer = stick.rename(tmp_path / "drawer")
    assert why(desk.copy_now) == "missing"
    stick.mkdir()  # the mount point that a pulled stick leaves
    assert why(desk.copy_now) == "missing"
    assert list(stick.iterdir()) == []
    (stick / "somebody's photos").mkdir()
    assert why(desk.copy_now) == "another"
    assert told(desk) == "another"
    (bad,) = copy_findings(desk.runtime)
    assert (bad.grade, bad.code) == ("bad", "copy_not_written")
    sheet.scan(RICE)
    shutil.rmtree(stick)
    drawer.rename(stick)
    desk.copy_now()
    assert told(desk) == ""
    assert holds_all(desk, stick, shop)
    (good,) = copy_findings(desk.runtime)
    assert good.grade == "good"
    assert dict(good.figures) | {"age_seconds": 0} == {
        "waiting": 3, "missing": 0, "damaged": 0, "age_seconds": 0
    }  # fmt: skip


def test_the_doctor_reads_the_copy_whole(shop: Shop, desk: Desk, stick: Path) -> None:
    sheet = desk.receive()
    sheet.scan(RICE)
    (note,) = copy_findings(desk.runtime)
    assert note.figures["missing"] == 2
    desk.copy_now()
    path = files_of(stick)[-1]
    path.write_bytes(path.read_bytes()[:-1])
    (bad,) = copy_findings(desk.runtime)
    assert (bad.grade, bad.figures["damaged"]) == ("bad", 1)
    desk.end_safety_copy()
    (none,) = copy_findings(desk.runtime)
    assert none.grade == "note"
    assert "--folder" in none.en


def test_a_desk_enrolled_again_takes_its_copy_along(shop: Shop, desk: Desk, stick: Path) -> None:
    sheet = desk.receive()
    sheet.scan(RICE)
    desk.copy_now()
    old = find_copy(stick).folder
    shop.fetch.down = False
    code = code_of(shop)
    shop.fetch.on_path = lambda path: setattr(shop.fetch, "down", path == "/enrol" or shop.fetch.down)
    desk.enrol_again(code.text)  # and the line is gone before anything is sent
    shop.fetch.on_path = lambda path: None
    assert len(unsent(desk)) == 2
    desk.copy_now()
    copies = find_copy(stick)
    assert copies.header.device_id == desk.identity.device_id
    assert not old.exists()
    assert holds_all(desk, stick, shop)


# ---------------------------------------------------------------- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", "1m") as made:
        yield made


@pytest.mark.expects_log("safety_copy_failed")
def test_a_stick_that_gets_full_or_read_only_keeps_what_it_has(
    shop: Shop, desk: Desk, disk: SmallDisk
) -> None:
    desk.name_copy_folder(disk.folder)
    sheet = desk.receive()
    sheet.scan(RICE)
    desk.copy_now()
    held = unsent(desk)
    state = desk.copy_state
    assert state is not None
    assert not state.same_disk
    disk.fill()
    for _ in range(3):
        sheet.scan(RICE)
    desk.copies._generation = None  # a whole copy is due, and there is no room for it
    assert why(desk.copy_now) == "full"
    assert op_ids(contents(find_copy(disk.folder), shop)) == held
    assert not list(disk.folder.rglob("*.new"))
    disk.make_room()
    desk.copy_now()
    assert holds_all(desk, disk.folder, shop)
    sheet.scan(RICE)
    disk.read_only(on=True)
    assert why(desk.copy_now) == "read_only"
    assert why(lambda: desk.name_copy_folder(disk.folder)) == "read_only"
    disk.read_only(on=False)
    desk.copy_now()
    assert holds_all(desk, disk.folder, shop)


@pytest.mark.expects_log("safety_copy_failed")
def test_a_share_that_cannot_sync_folders_will_do_and_a_failing_disk_will_not(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = {"sync": errno.EINVAL}

    def answer(folder: Path) -> None:
        sync_folder(folder)
        raise OSError(errors["sync"], "as the file system says")

    monkeypatch.setattr(safety_copy_folder, "sync_folder", answer)
    desk.receive().scan(RICE)
    desk.copy_now()
    assert holds_all(desk, stick, shop)
    errors["sync"] = errno.EIO
    desk.receive()
    assert why(desk.copy_now) == "EIO"


@pytest.mark.expects_log("safety_copy_failed")
def test_what_does_not_read_back_as_written_gets_no_name(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.copy_now()
    before = files_of(stick)

    def rot(file: object) -> None:
        path = next(stick.rglob("*.new"))
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    monkeypatch.setattr(safety_copy_folder, "_forget_cached", rot)
    desk.receive()
    assert why(desk.copy_now) == "differs"
    assert files_of(stick) == before
    assert (stick / MARK_FILE).exists()


@pytest.mark.expects_log("safety_copy_failed")
def test_a_share_that_hangs_holds_up_nobody(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), threading.Event()

    def hanging(folder: Path, mark_id: object) -> None:
        asked.set()
        answers.wait(PATIENCE)
        raise CopyNotWritten(folder, "missing")

    monkeypatch.setattr(safety_copies, "check_mark", hanging)
    monkeypatch.setattr(safety_copies, "SETTLE_SECONDS", 0.0)
    monkeypatch.setattr(safety_copies, "TURN_SECONDS", 0.05)
    monkeypatch.setattr(safety_copies, "CLOSE_SECONDS", 0.1)
    sheet = desk.receive()
    assert asked.wait(PATIENCE)
    assert sheet.scan(RICE).code == "accepted"
    assert why(desk.copy_now) == "late"
    assert told(desk) == "late"
    assert why(desk.end_safety_copy) == "late"
    begun = time.monotonic()
    left(shop, desk)
    assert time.monotonic() - begun < PATIENCE / 2
    answers.set()
    assert desk.copies._thread is not None
    desk.copies._thread.join(PATIENCE)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault) as failed:
        copies_in(tmp_path / "gone")
    assert failed.value.facts["why"] == "missing"
