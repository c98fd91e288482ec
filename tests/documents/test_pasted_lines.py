"""Blocks of cells from a clipboard: however lines end, a block is read or told, and nothing breaks."""

import pytest

from merchant_desk.documents.pasted_lines import BlockNotRead, PastedRow, is_block, pasted_rows
from merchant_desk.domain.amounts import MICRO


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_ends_as_any_system_ends_a_line(end: str) -> None:
    block = end.join(("A\t1\t2.5", "", "B\t2\t", ""))
    assert is_block(block)
    assert is_block(f"A{end}B")
    assert not is_block(f"A{end}")
    assert pasted_rows(block, "CNY") == [
        PastedRow(1, "A", "A", MICRO, 2_500_000),
        PastedRow(3, "B", "B", 2 * MICRO, None),
    ]


def test_a_cell_without_end_is_told() -> None:
    with pytest.raises(BlockNotRead) as problem:
        pasted_rows('A\t1\nB\t"' + "1" * 140_000, "CNY")
    assert (problem.value.columns, problem.value.rows) == (0, 0)
