"""What an old image, a clone and an interrupted copy must not do to the copy that holds more; its papers."""

import shutil
import threading
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.stations.counter import Sheet
from merchant_desk.sync import safety_copies, safety_copy_folder, safety_copy_reading
from merchant_desk.sync.key_copies import make_own_paper
from merchant_desk.sync.profile import AlreadyEnrolled, open_profile
from merchant_desk.sync.safety_copy_folder import MARK_FILE, DeskCopies, copies_in, mark_folder
from merchant_desk.sync.safety_copy_return import (
    CopyDamaged,
    SeveralCopies,
    by_paper,
    find_copy,
    read_whole,
    take_over,
)
from merchant_desk.sync.safety_copy_state import LATE, CopyNotWritten, CopyState
from tests.helpers.copied_desk import (
    BEER,
    PAPER,
    RICE,
    code_of,
    contents,
    heir,
    left,
    op_ids,
    protected_desk,
    received,
    server_rice,
    started,
    unsent,
    why,
)
from tests.helpers.shop import Shop

PATIENCE = 10.0

pytestmark = [pytest.mark.expects_log("rebuild_needed"), pytest.mark.usefixtures("ring")]


@pytest.fixture
def desk(copying_desk: Desk) -> Desk:
    return copying_desk


def imaged(shop: Shop, desk: Desk, image: Path) -> Desk:
    """Close a desk, make an image of its disk, and start it again."""
    folder = desk.runtime.profile.folder
    left(shop, desk)
    shutil.copytree(folder, image)
    return started(shop, folder)


def kept(desk: Desk) -> Path | None:
    """Return which copy is told to hold more than this desk knows."""
    state = desk.status.copy
    assert state is not None
    return state.kept.folder if state.kept is not None else None


def test_an_old_image_leaves_the_newer_copy_and_says_so(
    shop: Shop, desk: Desk, tmp_path: Path, stick: Path
) -> None:
    received(desk, 1)
    desk = imaged(shop, desk, tmp_path / "image")
    received(desk, 5)
    waiting = unsent(desk)
    desk.copy_now()
    assert kept(desk) is None
    left(shop, desk)
    shutil.rmtree(tmp_path / "desk")  # the disk dies, and the image of yesterday is put back
    shutil.copytree(tmp_path / "image", tmp_path / "desk")
    desk = started(shop, tmp_path / "desk")
    desk.copy_now()
    newer = kept(desk)
    assert newer is not None
    own, aside = sorted(copies_in(stick), key=lambda one: one.folder.name)
    assert aside.folder == newer
    with pytest.raises(SeveralCopies) as several:
        find_copy(stick, own.header.desk_code)
    assert set(several.value.desks.split(", ")) == {own.folder.name, newer.name}
    assert find_copy(stick, newer.name) == aside
    assert op_ids(contents(own, shop)) == unsent(desk)
    assert op_ids(contents(find_copy(newer), shop)) == waiting
    desk.receive()
    desk.copy_now()
    assert kept(desk) == newer, "told as long as it lies there"
    left(shop, desk)
    shop.fetch.down = False
    heir(shop, find_copy(newer), tmp_path / "new")
    assert server_rice(shop) == 6
    desk = started(shop, tmp_path / "desk")
    shutil.rmtree(newer)
    desk.copy_now()
    assert kept(desk) is None


def test_a_clone_that_is_enrolled_again_leaves_the_others_copy(
    shop: Shop, desk: Desk, tmp_path: Path, stick: Path
) -> None:
    desk = imaged(shop, desk, tmp_path / "clone")
    sheet = desk.receive()
    assert sheet.scan(RICE).code == "accepted"
    assert sheet.scan(BEER).ask  # which lot? this scan waits, in the copy too
    desk.copy_now()
    waiting = unsent(desk)
    left(shop, desk)
    shop.fetch.down = False
    clone = started(shop, tmp_path / "clone")
    clone.sync()
    clone.enrol_again(code_of(shop).text, "clone")
    clone.copy_now()
    newer = kept(clone)
    assert newer is not None
    assert newer.name.endswith(desk.identity.device_id.hex)
    assert op_ids(contents(find_copy(newer), shop)) == waiting
    with pytest.MonkeyPatch.context() as patched:  # once it knows all of it, it may go
        patched.setattr("merchant_desk.sync.safety_copy_former.is_known", lambda *_: True)
        clone.copies._generation = None
        clone.copy_now()
    assert not newer.exists()
    assert kept(clone) is None


@pytest.mark.expects_log("safety_copy_failed")
def test_a_generation_that_was_not_finished_gives_what_is_newer_in_it(
    shop: Shop, desk: Desk, tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety_copy_reading, "PART_OPS", 2)
    sheet = desk.receive()
    for _ in range(2):
        sheet.scan(RICE)
    desk.copy_now()
    for _ in range(8):
        sheet.scan(RICE)
    desk.copies._generation = None  # the program was started anew
    written, calls = safety_copy_folder.write_part, iter(range(99))

    def failing(*words: object) -> int:
        if next(calls) == 4:
            raise CopyNotWritten(stick, "missing")
        return written(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(safety_copies, "write_part", failing)
    assert why(desk.copy_now) == "missing"
    copies = find_copy(stick)
    key = by_paper(copies, PAPER)(code_of(shop))
    with pytest.raises(CopyDamaged) as told:
        read_whole(copies, key)
    assert told.value.operations == 8
    assert len(op_ids(read_whole(copies, key, accept_damage=True))) == 8


def cloned_at_work(shop: Shop, folder: Path, stick: Path) -> tuple[Desk, Sheet, DeskCopies]:
    """Let a clone receive three pieces, of one of which it asks the lot, and copy that to a new stick."""
    stick.mkdir()
    clone = started(shop, folder)
    clone.name_copy_folder(stick)
    sheet = clone.receive()
    for code in (RICE, RICE, BEER):
        sheet.scan(code)
    clone.copy_now()
    return clone, sheet, find_copy(stick)


def test_another_copy_adds_what_the_first_had_not(
    shop: Shop, desk: Desk, tmp_path: Path, stick: Path
) -> None:
    """The code was used up, and a newer stick is found; then the one that a clone wrote, and the old one."""
    received(desk, 1)
    desk = imaged(shop, desk, tmp_path / "clone")
    sheet = desk.receive()
    assert sheet.scan(RICE).code == "accepted"
    assert sheet.scan(BEER).ask
    assert sheet.scan(RICE).code == "held_back"
    desk.copy_now()
    shutil.copytree(stick, tmp_path / "old stick")
    sheet.discard_held()
    assert sheet.acknowledge().code == "declined"
    for _ in range(3):
        assert sheet.scan(RICE).code == "accepted"
    assert sheet.scan(BEER).ask
    desk.copy_now()
    left(shop, desk)
    clone, there, others = cloned_at_work(shop, tmp_path / "clone", tmp_path / "other stick")
    left(shop, clone)
    shop.fetch.down = False
    profile = open_profile(tmp_path / "new", demo=False, ask_passphrase=lambda request: None)
    old = find_copy(tmp_path / "old stick")
    for copies in (old, find_copy(stick), others, old):
        take_over(profile, contents(copies, shop))
    profile.close()
    new = heir(shop, find_copy(stick), tmp_path / "new")
    assert server_rice(shop) == 1 + 4 + 2
    assert new.status.waiting == 0
    for document, held in ((sheet, 1), (there, 1)):
        again = new.reopen("receipts", document.document_id)
        assert len(again.station.held) == held, "the one whose lot is asked for"
        again.discard_held()
    other = protected_desk(shop, tmp_path / "other")
    with pytest.raises(AlreadyEnrolled):
        take_over(other.runtime.profile, contents(old, shop))


def test_a_program_that_ends_while_a_copy_is_made_makes_another(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety_copies, "SETTLE_SECONDS", 0.0)
    written, began, goes_on = safety_copy_folder.write_part, threading.Event(), threading.Event()

    def slow(*words: object) -> int:
        began.set()
        goes_on.wait(PATIENCE)
        return written(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(safety_copies, "write_part", slow)
    received(desk, 1)
    assert began.wait(PATIENCE)
    received(desk, 1)
    waiting = unsent(desk)
    threading.Timer(0.2, goes_on.set).start()
    left(shop, desk)
    assert op_ids(contents(find_copy(stick), shop)) == waiting


def test_a_share_that_hangs_from_the_start_is_told_too(shop: Shop, desk: Desk) -> None:
    now = 1_000 * LATE
    assert CopyState(Path("share"), since=now - LATE).trouble(now) is None
    late = CopyState(Path("share"), since=now - LATE - 1).trouble(now)
    assert isinstance(late, CopyNotWritten)
    assert late.why == "late"
    assert CopyState(Path("share"), now - 1, since=1).trouble(now) is None
    folder, before = desk.runtime.profile.folder, desk.runtime.clock()
    left(shop, desk)
    state = started(shop, folder).copy_state
    assert state is not None
    assert state.as_of == 0
    assert before <= state.since <= desk.runtime.clock()


def test_another_paper_opens_the_copy_from_the_next_moment_on(shop: Shop, desk: Desk, stick: Path) -> None:
    desk.receive()
    desk.copy_now()
    profile = desk.runtime.profile
    for _ in range(2):  # a second one takes the place of the first
        paper = make_own_paper(profile.folder, profile.vault, shop.world.chance.bytes, lambda _: None)
        desk.copy_now()
        copies = find_copy(stick)
        assert copies.header.papers == (PAPER.number, paper.number)
        assert by_paper(copies, paper)(code_of(shop)) == profile.vault.key
        assert len(list(copies.folder.iterdir())) == 1, "nothing is left that the former one opens"


@pytest.mark.expects_log("safety_copy_failed")
def test_a_damaged_mark_is_no_reason_to_make_another(shop: Shop, desk: Desk, stick: Path) -> None:
    mark = stick / MARK_FILE
    good = mark.read_bytes()
    for broken in (b"", good[:-5]):
        mark.write_bytes(broken)
        assert why(lambda: mark_folder(stick, shop.world.chance.new_id)) == "mark"
        assert why(desk.copy_now) == "mark"
        assert mark.read_bytes() == broken
    mark.write_bytes(good)
    desk.copy_now()


def test_desks_that_name_a_folder_at_once_mark_it_once(shop: Shop, tmp_path: Path) -> None:
    """Each would see no mark: whoever makes it first has made it for both."""
    folder = tmp_path / "share"
    folder.mkdir()
    ids: list[object] = []

    def second() -> object:
        if not ids:
            ids.append(None)
            ids.append(mark_folder(folder, shop.world.chance.new_id))
        return shop.world.chance.new_id()

    first = mark_folder(folder, second)  # type: ignore[arg-type]
    assert ids[1] == first
    assert [path.name for path in folder.iterdir()] == [MARK_FILE]
