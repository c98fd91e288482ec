"""How tables are declared: once, for the desk and for the server.

The server's tables carry `merchant_id` as the first part of every key; a desk's file holds one merchant
and leaves it out. Synced tables carry `feed_seq` (the feed position that delivered the row last) and
`feed_hash` (what the feed said, for the check sum); both NULL on a desk mean: not from the feed yet.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

Row = dict[str, Any]
"""A stored row: column name to UUID, int, str, bytes or None."""


class Side(Enum):
    """Which of the two databases a table is built for."""

    DESK = "desk"
    SERVER = "server"


class Scope(Enum):
    """Who holds a table's rows: all desks of the merchant, those of the row's outlet, or the server alone.

    DERIVED tables are totals that both sides sum up by themselves; they never travel. Nor do the rows of
    LOCAL tables: server and desks each have their own, and nothing of them stands in log or feed.
    """

    MERCHANT = "merchant"
    OUTLET = "outlet"
    SERVER = "server"
    DERIVED = "derived"
    LOCAL = "local"


class Id(TypeDecorator[UUID]):
    """A 16-byte id: `uuid` on PostgreSQL, BLOB on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Turn an id into what the driver takes."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Turn what the driver gives into an id."""
        if value is None or isinstance(value, UUID):
            return value
        return UUID(bytes=bytes(value))


TYPES: dict[str, Any] = {"id": Id, "int": BigInteger, "text": Text, "bytes": LargeBinary}


def kind_of_column(column: "Column[Any]") -> str:
    """Return what kind of column (as in `Col`) a table's column is."""
    return next(kind for kind, made in TYPES.items() if isinstance(column.type, made))


@dataclass(frozen=True)
class Col:
    """One column: `kind` is id, int, text or bytes; a `None` default makes it nullable."""

    name: str
    kind: str = "text"
    null: bool = False


@dataclass(frozen=True)
class Sum:
    """A total that moves by the rows of an insert-only table.

    For every row whose column `key` is not NULL, the row of table `into` with that id gets each
    `adds` column (total: source) increased; `copies` are filled in when the total's row is new.
    """

    into: str
    key: str
    adds: tuple[tuple[str, str], ...]
    copies: tuple[str, ...]


@dataclass(frozen=True)
class TableSpec:
    """A table as declared. `group` narrows its scope to desks granted that group (cost, personal).

    `finds` are the equality look-ups that handlers use; each gets an index. `indexes` are for queries.
    """

    name: str
    scope: Scope
    columns: tuple[Col, ...]
    insert_only: bool = False
    sums: tuple[Sum, ...] = ()
    finds: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    group: str = ""

    @cached_property
    def synced(self) -> bool:
        """Tell whether its rows travel in the feed."""
        return self.scope in (Scope.MERCHANT, Scope.OUTLET)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its own columns, `id` first, without the system's."""
        return ("id", *(column.name for column in self.columns))

    def build(self, metadata: MetaData, side: Side) -> Table[Any]:
        """Add the table for one side to `metadata`."""
        on_server = side is Side.SERVER
        columns: list[Any] = [Column("merchant_id", Id, nullable=False)] if on_server else []
        columns.append(Column("id", Id, nullable=False))
        columns += [Column(c.name, TYPES[c.kind], nullable=c.null) for c in self.columns]
        if self.synced:
            columns += [Column("feed_seq", BigInteger), Column("feed_hash", BigInteger)]
        lead = ("merchant_id",) if on_server else ()
        extras: list[Any] = [PrimaryKeyConstraint(*lead, "id", name=f"pk_{self.name}")]
        wanted = self.finds if on_server else dict.fromkeys((*self.finds, *self.indexes))
        extras += [Index(f"ix_{self.name}_{'_'.join(names)}", *lead, *names) for names in wanted]
        return Table(self.name, metadata, *columns, *extras)


def columns(text: str) -> tuple[Col, ...]:
    """Read column declarations such as `"number text, outlet_id id, closed_at int?"` (? is nullable)."""
    found = []
    for part in text.replace("\n", " ").split(","):
        name, kind = part.split()
        found.append(Col(name, kind.rstrip("?"), kind.endswith("?")))
    return tuple(found)
