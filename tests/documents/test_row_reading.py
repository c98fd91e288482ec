"""Do all files that are gathered before they are judged end at the same number of rows?"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.documents import row_reading
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.open_order_rows import open_order_rows
from merchant_desk.documents.party_rows import party_rows
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.purchase_rows import purchase_rows
from merchant_desk.documents.stock_rows import stock_rows
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.imports import UnreadRow

Rows = Callable[..., Iterator[Any]]


@pytest.mark.parametrize(
    ("kind", "rows", "heading", "line", "key"),
    [
        ("open_orders", open_order_rows, "order number,sku,quantity,date", "SO-1,A,oops,2026-11-01", "SO-1"),
        ("purchase_orders", purchase_rows, "order number,supplier,sku,quantity,cost,due",
         "PO-1,S,A,oops,1,2026-12-01", "PO-1"),
        ("opening_stock", stock_rows, "sku,location,quantity", "A,A-01,oops", ""),
        ("suppliers", party_rows, "code,name,phone", ",,13800001111", ""),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_by_its_order_and_too_many_end_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: ImportKind,
    rows: Rows,
    heading: str,
    line: str,
    key: str,
) -> None:
    monkeypatch.setattr(row_reading, "MAX_ROWS", 3)
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([heading, *[line] * 4]), encoding="utf-8")
    table = open_table(path)
    found = rows(table, suggested_mapping(kind, table.headers))
    for _ in range(3):
        one = next(found)
        assert isinstance(one, UnreadRow)
        assert one.key == key
    with pytest.raises(ImportProblem, match="too_many_rows"):
        next(found)
