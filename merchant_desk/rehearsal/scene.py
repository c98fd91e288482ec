"""A desk, as a person who sits down at it in a rehearsal sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import id_of
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.desk import RehearsedDesk
from merchant_desk.rehearsal.merchant import Merchant, Outlet

Bodies = Sequence[object]
"""What somebody does, one operation after the other."""


@dataclass(frozen=True)
class Scene:
    """A desk, as a person who sits down at it sees it."""

    desk: RehearsedDesk
    merchant: Merchant
    chance: Chance

    @property
    def outlet(self) -> Outlet:
        """The desk's outlet."""
        return self.desk.outlet

    def one_of(self, sql: str, *values: object) -> Any | None:
        """Return a row of the desk's, chosen by the dice; None where there is none. `sql` says the order."""
        rows = self.desk.rows(sql, *values)
        return self.chance.dice.choice(rows) if rows else None

    def id(self, sql: str, *values: object) -> UUID | None:
        """Return the id in the first column of such a row."""
        row = self.one_of(sql, *values)
        return id_of(row[0]) if row is not None else None

    def sku(self) -> UUID:
        """Return a product that the desk knows."""
        found = self.id("SELECT id FROM skus WHERE archived = 0 ORDER BY id")
        return found or self.merchant.goods[0]

    def shelf(self) -> UUID:
        """Return a shelf of the outlet."""
        return self.chance.dice.choice(self.outlet.shelves)

    def pieces(self, most: int = 9) -> int:
        """Return a few pieces, in 10^-6."""
        return self.chance.dice.randint(1, most) * MICRO

    def number(self, table: str, prefix: str) -> str:
        """Return the next number of a document as the desk would print it."""
        count = self.desk.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - a name of ours
        return f"{prefix}-{self.desk.engine.identity.code}-{count + 1:06d}"

    @property
    def place(self) -> tuple[UUID, UUID]:
        """Outlet and warehouse, as many operations begin."""
        return self.outlet.id, self.outlet.warehouse_id
