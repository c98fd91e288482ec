"""Which totals move by which rows: derived from the declared tables, never stated twice."""

from collections import defaultdict

from merchant_desk.models.columns import Row
from merchant_desk.models.tables import SPECS


def _sum_names() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for spec in SPECS.values():
        for total in spec.sums:
            found[total.into].update(dict.fromkeys(name for name, _ in total.adds))
    return {table: tuple(names) for table, names in found.items()}


SUM_NAMES = _sum_names()
"""Totals table -> the columns that its sources move."""

NO_TOTAL: dict[str, Row] = {
    table: {column.name: None if column.null else 0 for column in SPECS[table].columns} for table in SUM_NAMES
}
"""Totals table -> a row of nothing."""
