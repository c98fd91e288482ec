"""Floor 4: nothing is told of a scan before journal and disk have it; what a scan asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from merchant_desk.desk import Desk
from merchant_desk.stations.journal import PackCount, line_of, pack_counts
from merchant_desk.stations.scans import Scan
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, CARTON, LOTTED, RICE, Floor, Floors

SOON = "(01)09520000000011(17)251122(10)OLD"


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


@contextmanager
def traced(desk: Desk) -> Iterator[list[str]]:
    """Hear every statement of the writer's connection."""
    heard: list[str] = []
    with desk.runtime.profile.writer.connect() as connection:
        raw = connection.connection.driver_connection
    assert raw is not None
    raw.set_trace_callback(lambda sql: heard.append(sql.casefold()))
    try:
        yield heard
    finally:
        raw.set_trace_callback(None)


def commits(statements: list[str]) -> list[tuple[bool, bool]]:
    """Return of each transaction that wrote whether it entered the scan and whether it awaited the disk."""
    found, full, wrote, entered = [], True, False, False
    for sql in statements:
        if sql.startswith("pragma synchronous"):
            full = sql.endswith("full")
        elif sql.startswith(("insert", "update", "delete")):
            wrote, entered = True, entered or sql.startswith("insert into scan_journal")
        elif sql.startswith("commit") and wrote:
            found.append((entered, full))
            wrote = entered = False
    assert full, "no connection is left that does not wait for the disk"
    return found


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (RICE, "accepted"),
        ("NOBODY-KNOWS", "unknown_code"),
        (SOON, "short_dated"),
        (BOTTLE, "lot_needed"),
        ("PO-1", "expected_product"),
        ("MD:QTY:3", "next_quantity"),
        ("MD:MINUS", "minus_on"),
    ],
)
def test_a_scan_is_in_the_journal_first_and_on_the_disk_before_anything_is_told(
    receipt: Floor, code: str, told: str
) -> None:
    receipt.scan(RICE)
    with traced(receipt.desk) as statements:
        assert receipt.scan(code).code == told
    made = commits(statements)
    assert made[0][0], "the first thing that is written is the scan"
    assert made[-1][1], "the last thing before it is told is durable, and the log is synced in order"
    assert [full for _, full in made].count(False) <= 1


def test_a_scan_that_fails_half_way_is_on_the_disk(receipt: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(receipt.desk.runtime, "do_here", full)
    with traced(receipt.desk) as statements, pytest.raises(OSError, match="No space"):
        receipt.scan(RICE)
    assert commits(statements) == [(True, False), (False, True)]


def test_a_held_scan_waits_for_the_disk_itself(receipt: Floor) -> None:
    receipt.scan("PO-1")
    with traced(receipt.desk) as statements:
        assert receipt.scan(RICE).code == "held_back"
    assert commits(statements) == [(True, True)]


def test_the_journal_has_a_scan_before_it_is_resolved(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def look(*args: Any) -> Any:
        with receipt.desk.read() as connection, connection.begin():  # as another program would find it
            last = connection.exec_driver_sql("SELECT max(n) FROM scan_journal").scalar_one()
            line = line_of(connection, last)
        assert line is not None
        seen.append(line.raw)
        raise LookupError("enough")

    monkeypatch.setattr("merchant_desk.stations.gate.resolve", look)
    with pytest.raises(LookupError, match="enough"):
        receipt.scan(RICE)
    assert seen == [RICE.encode()]


def test_listeners_hear_of_a_scan_after_the_hands_do(receipt: Floor) -> None:
    order: list[str] = []
    writer = receipt.desk.runtime.writer
    stop = receipt.desk.runtime.listen(lambda changes: order.append("views"))

    scan = Scan(RICE.encode(), RICE, None, "wedge", receipt.desk.runtime.clock())
    future = writer.submit(lambda: receipt.session.take(scan))
    future.add_done_callback(lambda done: order.append("hands"))
    future.result()
    writer.run(lambda: None)
    stop()
    assert order == ["hands", "views"]


@pytest.mark.expects_log("afterwards_broke")
def test_what_breaks_afterwards_breaks_neither_job_nor_writer(receipt: Floor) -> None:
    writer = receipt.desk.runtime.writer
    told: list[str] = []

    def job() -> str:
        writer.afterwards(lambda: told.append(str(1 // 0)))
        writer.afterwards(lambda: told.append("after"))
        return "done"

    assert writer.run(job) == "done"
    assert writer.run(lambda: list(told)) == ["after"]
    writer.afterwards(lambda: told.append("at once"))
    assert told == ["after", "at once"]


def counted(here: Floor) -> list[PackCount]:
    """Return the packs of the open document as the journal's lines would have them."""
    head = here.session.head
    assert head is not None
    return here.desk.ask(lambda connection: pack_counts(connection, here.session.station, head.document_id))


def test_packs_are_what_the_recorded_scans_come_to(receipt: Floor) -> None:
    receipt.scan(LOTTED, RICE, RICE, "MD:QTY:2", RICE)
    receipt.scan(CARTON)
    receipt.do(lambda session: session.correct_last(3_000_000))
    receipt.scan("MD:UNDO", RICE, "MD:UNDO")
    receipt.scan("MD:MINUS", RICE, "MD:MINUS", "PO-1")
    head = receipt.session.head
    assert head is not None
    with receipt.desk.read() as connection, connection.begin():
        rows = connection.exec_driver_sql(
            "SELECT json_extract(outcome, '$.sku_id') AS sku, json_extract(outcome, '$.pack') AS pack,"
            " sum(json_extract(outcome, '$.quantity')) AS moved FROM scan_journal"
            " WHERE document_id = ? AND state = 'done' AND op_id IS NOT NULL GROUP BY sku, pack"
            " HAVING sku <> '' AND pack > 0 AND moved <> 0",
            (head.document_id.bytes,),
        ).all()
    expected = sorted((sku, pack, moved) for sku, pack, moved in rows)
    found = counted(receipt)
    assert sorted((str(one.sku_id), one.pack, one.quantity) for one in found) == expected
    assert {one.unit for one in found} <= {"瓶", "箱", "袋", "件"}
    assert len(found) >= 2


def test_a_scan_asks_a_number_of_questions_that_does_not_grow(receipt: Floor, shop: Shop) -> None:
    receipt.scan(RICE, RICE)
    with traced(receipt.desk) as first:
        receipt.scan(RICE)
    receipt.scan(*["NOBODY-KNOWS"] * 30, *[RICE] * 4)
    with traced(receipt.desk) as later:
        assert receipt.scan(RICE).code == "accepted"
    assert len(later) <= len(first) <= 40, "\n".join(first)
