import time
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.keyset_model import KEEP
from merchant_desk.ui.tables.row_model import CELL_ROLE, ID_ROLE, ROW_ROLE, SORT_ROLE, RowModel
from merchant_desk.ui.theme.look import Look


@dataclass(frozen=True)
class Row:
    id: int
    quantity: int = 0


COLUMNS = [
    Column[Row]("id", "sample.order", lambda row, _: Cell(f"no {row.id}", detail="x"), lambda row: row.id),
    Column[Row](
        "quantity",
        "sample.quantity",
        lambda row, say: Cell(say.quantity(row.quantity)),
        lambda row: row.quantity,
        figures=True,
    ),
]


def model_of(look: Look, *rows: Row) -> RowModel[Row]:
    model = RowModel(look, COLUMNS, lambda row: row.id)
    model.replace(rows)
    return model


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), unique_by=lambda pair: pair[0]),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), unique_by=lambda pair: pair[0]),
)
def test_any_rows_become_any_others_and_persistent_places_follow(
    look: Look, before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    model = model_of(look, *(Row(*pair) for pair in before))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    held = {i: QPersistentModelIndex(model.index(at, 0)) for at, (i, _) in enumerate(before)}
    resets = QSignalSpy(model.modelReset)
    model.replace([Row(*pair) for pair in after])
    assert [(row.id, row.quantity) for row in model.rows] == after
    kept = {i for i, _ in after}
    for i, place in held.items():
        assert place.isValid() is (i in kept)
        if place.isValid():
            assert place.data(ID_ROLE) == i
    assert resets.count() == 0
    tester.deleteLater()
    model.deleteLater()


def test_only_what_changed_is_repainted(look: Look) -> None:
    model = model_of(look, *(Row(i) for i in range(6)))
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.replace([Row(i, 1 if i in (1, 2, 5) else 0) for i in range(6)])
    assert changed == [(1, 2), (5, 5)]
    model.replace(list(model.rows))
    assert len(changed) == 2


def test_a_full_window_is_compared_within_a_frame(look: Look) -> None:
    rows = [Row(i) for i in range(KEEP)]
    model = model_of(look, *rows)
    taken = []
    for turn in range(5):
        after = [*rows[turn + 1 : 3_000], *rows[3_001:], Row(9_000 + turn)]
        began = time.perf_counter()
        model.replace(after)
        taken.append(time.perf_counter() - began)
    assert min(taken) <= 0.016


def test_two_rows_with_one_id_are_a_mistake(look: Look) -> None:
    with pytest.raises(ValueError, match="same id"):
        model_of(look, Row(1), Row(1, 2))


def test_roles(look: Look) -> None:
    model = model_of(look, Row(7, 1_500_000))
    index = model.index(0, 1)
    assert index.data() == "1.5"
    assert index.data(SORT_ROLE) == 1_500_000
    assert index.data(ID_ROLE) == 7
    assert index.data(ROW_ROLE) == Row(7, 1_500_000)
    assert index.data(CELL_ROLE) == Cell("1.5")
    assert index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 0).data() == "no 7 x"
    assert (model.position_of(7), model.position_of(8)) == (0, None)
    with pytest.raises(IndexError):
        model.row_at(model.index(5, 0))


def test_heads_speak_the_language(look: Look) -> None:
    model = model_of(look, Row(1))
    heads = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(2)]
    look.language.toggle()
    assert heads == ["订单", "数量"]
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Order"
    look.language.toggle()
