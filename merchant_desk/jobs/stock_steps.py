"""Chunks of opening stock as operations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.stock_rows import stock_outcomes
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode
from merchant_desk.domain.imports_stock import StockOutcome, Tracking
from merchant_desk.domain.opening_stock import (
    NOTHING_STATED,
    ImportOpeningStock,
    Opening,
    OpeningItem,
    check_books_open,
    judge_opening,
)
from merchant_desk.jobs.desk_articles import DeskArticles
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.models.queries.opening_stock import (
    counted_keys,
    live_since,
    locations_by_keys,
    stated_by_keys,
    tracking_of,
)
from merchant_desk.sync.runtime import DeskRuntime


class StockSteps:
    """Opening stock of one plan; what is stated already is not sent again, what was counted is left out."""

    kind: Final[ImportKind] = "opening_stock"

    def __init__(self, plan: Plan, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._job_id = job_id
        self._runtime = runtime

    def outcomes(self) -> Iterator[StockOutcome]:
        """Read the file: what becomes of each row.

        Raises:
            Refusal: `books_closed`: the outlet is live.
        """
        place = self._plan.place
        with self._runtime.read() as connection, connection.begin():
            check_books_open(live_since(connection, place.outlet_id))
        return stock_outcomes(
            self._plan.table, self._plan.mapping, _DeskStock(self._runtime, place.warehouse_id)
        )

    def step(self, chunk: Chunk[StockOutcome]) -> Step:
        """Return what of a chunk is stated for the first time or otherwise than before."""
        items = {one.item.key.id: (one.row.row, one.item) for one in chunk.outcomes if one.item is not None}
        with self._runtime.read() as connection, connection.begin():
            stated = stated_by_keys(connection, {key: item for key, (_, item) in items.items()})
            counted = counted_keys(connection, (item for _, item in items.values()))
        written: list[OpeningItem] = []
        same: list[int] = []
        taken: dict[int, Fault] = {}
        for key, (row, item) in items.items():
            verdict = judge_opening(item.stated, stated.get(key, NOTHING_STATED), counted=key in counted)
            if verdict is Opening.SAME:
                same.append(row)
            elif verdict is Opening.COUNTED:
                taken[row] = Fault(FaultCode.COUNTED_HERE, "", "")
            else:
                written.append(item)
        place = self._plan.place
        body = ImportOpeningStock(
            self._job_id, chunk.number, place.outlet_id, place.warehouse_id, tuple(written)
        )
        operations = (body,) if written else ()
        return Step(chunk.number, operations, len(written), len(same), taken, standing_rows=tuple(same))


class _DeskStock(DeskArticles):
    """The products that this desk knows, and the locations of its warehouse."""

    def __init__(self, runtime: DeskRuntime, warehouse_id: UUID) -> None:
        super().__init__(runtime)
        self._warehouse_id = warehouse_id

    def locations(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return locations by their code, however its letters are written."""
        keys = {code: sku_key(code) for code in codes}
        with self._runtime.read() as connection, connection.begin():
            found = locations_by_keys(connection, self._warehouse_id, keys.values())
        return {code: found[key] for code, key in keys.items() if key in found}

    def tracking(self, skus: Iterable[UUID]) -> Mapping[UUID, Tracking]:
        """Return what is tracked of products."""
        with self._runtime.read() as connection, connection.begin():
            return tracking_of(connection, skus)
