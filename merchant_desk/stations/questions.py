"""What a script or window asks of an open desk, beside the queries of `models`."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.models.queries import work
from merchant_desk.models.queries.documents import DOCUMENTS, DocumentView, documents
from merchant_desk.models.queries.floor import WarehouseView, open_warehouses, warehouse_of
from merchant_desk.models.queries.reversals import MovedLine
from merchant_desk.models.queries.stock import Availability, availability
from merchant_desk.stations.reversing import lines_of
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.status import SyncStatus

Result = TypeVar("Result")

MOST = 50_000
"""Rows that one question returns at most: as many operations as a desk may have unsent."""


class Questions:
    """The reading half of a desk. Every answer is of one snapshot."""

    runtime: DeskRuntime

    @property
    def status(self) -> SyncStatus:
        """What is known of connection and unsent work, counted now."""
        self.runtime.refresh_status()
        return self.runtime.status

    def read(self) -> Connection:
        """Return a reading connection on one snapshot, for `models.queries`; close it (use `with`)."""
        return self.runtime.read()

    def ask(self, question: Callable[[Connection], Result]) -> Result:
        """Put a question of `models.queries` to this desk's database and return the answer."""
        with self.read() as connection, connection.begin():
            return question(connection)

    def pending(self) -> list[work.OwnOperation]:
        """Return operations that the server has not answered."""
        return self.ask(lambda connection: work.own_operations(connection, status="pending", most=MOST))

    def refused(self) -> list[work.OwnOperation]:
        """Return operations that the server refused."""
        return self.ask(lambda connection: work.own_operations(connection, status="refused", most=MOST))

    def tasks(self) -> list[work.TaskView]:
        """Return what waits for a person at this outlet: exceptions, refusals, questions."""
        return self.ask(lambda connection: work.tasks(connection, most=MOST))

    def documents(
        self, kind: str, *, status: str | None = None, number: str = "", most: int = 200
    ) -> list[DocumentView]:
        """Return receipts, shipments or counts of this outlet, the last opened first.

        Args:
            kind: "receipts", "shipments" or "counts".
            status: only those in this state: open, closed, reversed, partly_reversed.
            number: only the one with this number, however its letters are written.
            most: how many at most.

        Raises:
            LookupError: no such kind.
        """
        if kind not in DOCUMENTS:
            raise LookupError(f"no documents are called {kind!r}; there are {', '.join(DOCUMENTS)}")
        key = sku_key(number) if number else ""
        return self.ask(
            lambda connection: documents(connection, kind, status=status, number_key=key, most=most)
        )

    def lines(self, document: DocumentView) -> list[MovedLine]:
        """Return what a closed document moved by SKU and lot (10^-6 base units), and what of it stands."""
        return self.ask(lambda connection: lines_of(connection, document))

    def stock(self, sku_id: UUID | None = None) -> list[Availability]:
        """Return stock by SKU and warehouse."""
        return self.ask(lambda connection: availability(connection, sku_id, 1_000_000))

    def warehouse(self) -> WarehouseView:
        """Return this desk's warehouse.

        Raises:
            Refusal: `no_warehouse`: the outlet has none yet, or nothing was pulled. `warehouse_not_chosen`.
        """
        outlet_id, desks = self.runtime.identity.outlet_id, self.runtime.profile.local.decisions
        return self.ask(lambda connection: warehouse_of(connection, outlet_id, desks))

    def warehouses(self) -> list[WarehouseView]:
        """Return the open warehouses of this desk's outlet, by code."""
        outlet_id = self.runtime.identity.outlet_id
        return self.ask(lambda connection: open_warehouses(connection, outlet_id))
