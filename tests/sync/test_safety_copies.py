"""The safety copy as it is kept: by itself, whole, and a little at a time."""

import errno
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.stations.counter import Sheet
from merchant_desk.sync import safety_copies, safety_copy_folder
from merchant_desk.sync.safety_copy_folder import parts_of
from merchant_desk.sync.safety_copy_return import find_copy
from merchant_desk.sync.safety_copy_state import CopyNotWritten
from tests.helpers.copied_desk import (
    RICE,
    contents,
    files_of,
    holds_all,
    left,
    op_ids,
    opened,
    protected_desk,
    scan_states,
    unsent,
    use_keyring,
)
from tests.helpers.lone_desk import examples
from tests.helpers.shop import Shop

PATIENCE = 10.0


pytestmark = pytest.mark.usefixtures("ring")


@pytest.fixture
def desk(copying_desk: Desk) -> Desk:
    return copying_desk


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# ---------------------------------------------------------------- by itself


def test_a_document_that_ends_is_copied_without_anybody_asking(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety_copies, "SETTLE_SECONDS", 0.05)
    sheet = desk.receive()
    for _ in range(3):
        sheet.scan(RICE)
    sheet.finish()
    until(lambda: holds_all(desk, stick, shop))
    state = desk.status.copy
    assert state is not None
    until(lambda: desk.status.copy is not None and desk.status.copy.unsent == 5)
    assert desk.runtime.clock() - state.as_of < 60_000_000
    assert state.trouble(desk.runtime.clock()) is None


def test_a_desk_that_closes_while_a_copy_begins_closes(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document ends on another thread at the same moment."""
    starting, start = threading.Event(), threading.Thread.start

    def slow(thread: threading.Thread) -> None:
        if thread.name == "desk-copies":
            starting.set()
            time.sleep(0.3)
        start(thread)

    copies = safety_copies.SafetyCopies(desk.runtime)
    monkeypatch.setattr(threading.Thread, "start", slow)
    ends = threading.Thread(target=copies.start)
    ends.start()
    assert starting.wait(PATIENCE)
    copies.close()
    ends.join(PATIENCE)
    assert copies._thread is None or not copies._thread.is_alive()


def test_what_is_no_document_is_copied_within_five_minutes(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert safety_copies.EVERY_SECONDS + 30 < 300
    monkeypatch.setattr(safety_copies, "EVERY_SECONDS", 0.1)
    desk.copies.start()  # looks at the clock anew
    sheet = desk.receive()
    until(lambda: holds_all(desk, stick, shop))
    sheet.scan(RICE)
    assert not holds_all(desk, stick, shop) or len(unsent(desk)) == 2
    until(lambda: holds_all(desk, stick, shop))


def test_the_program_ends_with_a_copy_and_goes_on_with_it(
    shop: Shop, desk: Desk, stick: Path, tmp_path: Path
) -> None:
    sheet = desk.receive()
    sheet.scan(RICE)
    waiting = unsent(desk)
    left(shop, desk)
    assert op_ids(contents(find_copy(stick), shop)) == waiting
    shop.fetch.down = False
    again = opened(shop, tmp_path / "desk")
    assert again.copy_state is not None
    assert again.copy_state.folder == stick
    again.reopen("receipts", sheet.document_id).scan(RICE)
    shop.fetch.down = True
    again.copy_now()
    assert holds_all(again, stick, shop)
    again.end_safety_copy()
    left(shop, again)
    shop.fetch.down = False
    assert opened(shop, tmp_path / "desk").copy_state is None


# ---------------------------------------------------------------- small, and whole


def test_only_what_is_new_is_written_and_a_whole_copy_now_and_then(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety_copies, "MOST_PARTS", 4)
    sheet = desk.receive()
    sizes = []
    for n in range(1, 8):
        sheet.scan(RICE)
        desk.copy_now()
        sizes.append(len(files_of(stick)))
        assert holds_all(desk, stick, shop)
        assert set(scan_states(contents(find_copy(stick), shop))) == set(range(1, n + 1))
    assert max(sizes) == 4
    assert 1 in sizes
    desk.copy_now()
    assert len(files_of(stick)) == sizes[-1], "nothing new, nothing written"
    shop.fetch.down = False
    desk.sync()
    desk.copy_now()
    assert len(files_of(stick)) == 1
    assert op_ids(contents(find_copy(stick), shop)) == set()


def test_a_large_outbox_is_written_in_parts_and_then_a_little_at_a_time(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from merchant_desk.sync import safety_copy_reading

    monkeypatch.setattr(safety_copy_reading, "PART_OPS", 10)
    sheet = desk.receive()
    for _ in range(34):
        sheet.scan(RICE)
    desk.copies._generation = None  # as after a start
    desk.copy_now()
    files = files_of(stick)
    assert len(files) == 4
    assert len(contents(find_copy(stick), shop).parts[0].operations) == 10
    before = {path: path.stat().st_mtime_ns for path in files}
    sheet.scan(RICE)
    desk.copy_now()
    assert len(files_of(stick)) == 5
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert holds_all(desk, stick, shop)


@pytest.mark.expects_log("safety_copy_failed")
def test_a_new_generation_that_was_never_finished_costs_nothing(
    shop: Shop, desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails while a large copy is written anew: the old one counts, and is replaced later."""
    from merchant_desk.sync import safety_copy_reading

    monkeypatch.setattr(safety_copy_reading, "PART_OPS", 2)
    sheet = desk.receive()
    for _ in range(5):
        sheet.scan(RICE)
    desk.copy_now()
    held = unsent(desk)
    desk.copies._generation = None
    written = safety_copy_folder.write_part
    calls = iter([None, None, OSError(errno.EIO, "pulled out")])

    def failing(*words: object) -> int:
        error = next(calls, None)
        if error is not None:
            raise CopyNotWritten(stick, "missing") from error
        return written(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(safety_copies, "write_part", failing)
    with pytest.raises(CopyNotWritten):
        desk.copy_now()
    assert len(parts_of(find_copy(stick).folder)) == 2
    assert op_ids(contents(find_copy(stick), shop)) == held
    desk.copy_now()
    assert len(parts_of(find_copy(stick).folder)) == 1
    assert holds_all(desk, stick, shop)


def done(desk: Desk, sheet: Sheet, deed: str) -> Sheet:
    """Do one thing at a receipt; return the receipt that is open afterwards."""
    match deed:
        case "scan" | "unknown" | "beer":
            sheet.scan({"scan": RICE, "unknown": "9529999999995", "beer": "9520000000011"}[deed])
        case "discard":
            sheet.discard_held()
        case "finish":
            with suppress(Refusal):  # a question is open
                sheet.finish()
                return desk.receive()
        case "copy":
            desk.copy_now()
        case "sync":
            desk.sync()
        case "start":
            desk.copies._generation = None
    return sheet


@examples(4)
@given(
    st.lists(
        st.sampled_from(["scan", "unknown", "beer", "discard", "finish", "copy", "sync", "start"]),
        max_size=14,
    )
)
def test_whatever_happens_between_copies_the_last_one_holds_what_waits(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    stick = folder / "stick"
    stick.mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch, closing(Shop(folder)) as shop:
        use_keyring(monkeypatch)
        monkeypatch.setattr(safety_copies, "MOST_PARTS", 3)
        desk = protected_desk(shop, folder / "desk")
        desk.name_copy_folder(stick)
        sheet = desk.receive()
        for deed in [*deeds, "copy"]:
            sheet = done(desk, sheet, deed)
        copy = contents(find_copy(stick), shop)
        with desk.read() as connection, connection.begin():
            sql = "SELECT n, state FROM scan_journal WHERE state IN ('new', 'held_back') OR document_id = ?"
            rows = connection.exec_driver_sql(sql, (sheet.document_id.bytes,)).all()
        states = scan_states(copy)
        assert unsent(desk) <= op_ids(copy)
        assert {n: state for n, state in rows}.items() <= states.items()  # noqa: C416 - rows, not pairs
        waiting = {n for n, state in rows if state in ("new", "held_back")}
        assert {n for n, state in states.items() if state in ("new", "held_back")} == waiting
