from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QObject, Qt

from merchant_desk.ui.background import ImmediateRunner, Progress, Task
from merchant_desk.ui.tables import keyset_model
from merchant_desk.ui.tables.columns import Sort
from merchant_desk.ui.tables.keyset_model import KeysetModel, LoadState
from merchant_desk.ui.theme.look import Look
from tests.ui.tables.orders import Order, Orders


class HeldRunner:
    """Keeps work until it is let go, so that a test decides what arrives when."""

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] = []

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        self.held.append(lambda: done(work()))
        return Task(done, failed or (lambda error: None), owner, Progress())

    run_in_order = run

    def run_long(self, work: Any, done: Any, **rest: Any) -> Task:
        raise AssertionError("tables do no long work")

    def let_go(self) -> None:
        held, self.held = self.held, []
        for work in held:
            work()


def ids(model: KeysetModel[Order]) -> list[int]:
    return [row.id for row in model.rows]


def loaded(look: Look, orders: Orders, sort: Sort | None = None, window: int = 50) -> KeysetModel[Order]:
    model = orders.model(look, ImmediateRunner(), sort, window=window)
    model.load()
    return model


def test_the_first_window_and_then_more_by_key(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    assert ids(model) == list(range(50))
    assert (model.at_start, model.at_end, model.load_state) == (True, False, LoadState.READY)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert ids(model) == list(range(1_000))
    assert model.at_end


def test_the_end_is_reached_without_what_lies_between(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    before = orders.reads
    model.go_to_end()
    assert ids(model) == list(range(950, 1_000))
    assert (model.at_start, model.at_end, orders.reads - before) == (False, True, 1)
    model.need_above()
    assert ids(model) == list(range(900, 1_000))
    while not model.at_start:
        model.need_above()
    assert ids(model) == list(range(1_000))
    model.go_to_end()
    assert len(model.rows) == 1_000


@pytest.mark.parametrize(
    "sort", [Sort("total"), Sort("total", descending=True), Sort("number", descending=True)]
)
def test_every_order_is_walked_both_ways_without_gap_or_repeat(
    look: Look, orders: Orders, sort: Sort
) -> None:
    expected = sorted(
        (Order(*orders.made(i)) for i in range(1_000)),
        key=lambda row: orders.cursor_of(row, sort),
        reverse=sort.descending,
    )
    model = loaded(look, orders, sort, window=73)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert list(model.rows) == expected
    model.load()
    model.go_to_end()
    while not model.at_start:
        model.need_above()
    assert list(model.rows) == expected


def test_memory_stays_bounded_and_the_window_slides_back(
    look: Look, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset_model, "KEEP", 200)
    model = loaded(look, orders)
    for _ in range(10):
        model.fetchMore(QModelIndex())
    assert ids(model) == list(range(350, 550))
    model.refresh()
    assert ids(model) == list(range(350, 550))
    for _ in range(20):
        model.need_above()
    assert ids(model) == list(range(200))
    assert not model.at_end


def test_refresh_shows_the_difference(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    removed: list[tuple[int, int]] = []
    inserted: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _, first, last: removed.append((first, last)))
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    orders.execute("delete from orders where id = 10")
    orders.execute("insert into orders values (5000, 'SO-00000020-B', 1, 'paid')")
    orders.execute("update orders set status = 'shipped' where id = 3")
    model.refresh()
    assert removed == [(10, 10)]
    assert inserted == [(20, 20)]
    assert model.rows[3].status == "shipped"
    assert ids(model) == [*range(10), *range(11, 21), 5_000, *range(21, 50)]


def test_a_row_that_appears_at_the_end_is_seen(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    model.go_to_end()
    orders.execute("insert into orders values (5000, 'SO-99999999', 1, 'paid')")
    model.refresh()
    assert ids(model)[-1] == 5_000


def test_search_and_order_start_from_the_top(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    model.search("0099")
    assert ids(model) == [99, *range(990, 1_000)]
    assert model.count is not None
    assert (model.count.rows, model.count.exact) == (11, True)
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert ids(model) == [*range(999, 989, -1), 99]
    model.sort(2, Qt.SortOrder.AscendingOrder)
    assert model.sort_order == Sort("number", descending=True)


def test_what_arrives_too_late_is_not_shown(look: Look, orders: Orders) -> None:
    runner = HeldRunner()
    model = orders.model(look, runner, window=50)
    model.load()
    model.search("0099")
    runner.held.reverse()
    runner.let_go()
    assert ids(model) == [99, *range(990, 1_000)]
    assert model.count is not None
    assert model.count.rows == 11


def test_changes_that_come_while_reading_are_read_once_more(look: Look, orders: Orders) -> None:
    runner = HeldRunner()
    model = orders.model(look, runner, window=50)
    model.load()
    before = orders.reads
    for _ in range(30):
        model.refresh()
    runner.let_go()
    orders.execute("update orders set status = 'late' where id = 0")
    runner.let_go()
    runner.let_go()
    assert orders.reads - before == 2
    assert model.rows[0].status == "late"


def test_a_failure_keeps_the_rows_and_can_be_tried_again(look: Look, orders: Orders) -> None:
    model = loaded(look, orders)
    states: list[LoadState] = []
    model.state_changed.connect(lambda: states.append(model.load_state))
    orders.fault = OSError("disk")
    model.refresh()
    assert (states, str(model.error), len(model.rows)) == ([LoadState.FAILED], "disk", 50)
    orders.fault = None
    model.refresh()
    assert (model.load_state, model.error) == (LoadState.READY, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.sampled_from(["more", "above", "end", "start", "refresh", "delete", "insert", "change"]),
        max_size=25,
    ),
    st.data(),
)
def test_whatever_is_done_the_rows_are_a_piece_of_the_query(
    look: Look, tmp_path_factory: pytest.TempPathFactory, steps: list[str], data: st.DataObject
) -> None:
    orders = Orders(tmp_path_factory.mktemp("walk") / "orders.sqlite", 120)
    model = loaded(look, orders, Sort("total"), window=20)
    for step in steps:
        at = data.draw(st.integers(0, 150))
        match step:
            case "more":
                model.fetchMore(QModelIndex())
            case "above":
                model.need_above()
            case "end":
                model.go_to_end()
            case "start":
                model.go_to_start()
            case "delete":
                orders.execute("delete from orders where id = ?", at)
            case "insert":
                orders.execute(
                    "insert or ignore into orders values (?, ?, ?, 'new')", at, f"N-{at}", at * 613
                )
            case "change":
                orders.execute("update orders set total = ? where id = ?", at * 17, at)
            case _:
                model.refresh()
    model.refresh()
    database = orders.connect()
    whole = [
        Order(*row)
        for row in database.execute("select id, number, total, status from orders order by total, id")
    ]
    database.close()
    rows = list(model.rows)
    if rows:
        first = whole.index(rows[0])
        assert rows == whole[first : first + len(rows)]
        assert model.at_end is (first + len(rows) == len(whole))
        assert not model.at_start or first == 0
    model.deleteLater()
