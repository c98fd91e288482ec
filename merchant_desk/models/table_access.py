"""How the tables of one database are read and written: their statements, readers and images."""

from collections.abc import Callable, Iterable
from functools import cache

from sqlalchemy import Engine

from merchant_desk.models.columns import Row, Side
from merchant_desk.models.images import ImageCodec
from merchant_desk.models.statements import TableStatements, Values
from merchant_desk.models.tables import SPECS


class TableAccess:
    """Everything that does not change from one transaction to the next, for one engine and one side."""

    def __init__(self, engine: Engine, side: Side) -> None:
        self.engine = engine
        self.side = side
        self.on_server = side is Side.SERVER
        self.dialect = engine.dialect.name
        self.statements = _statements(side, self.dialect)
        self.readers = _readers(side, self.dialect)
        self.codecs = _codecs()


# They follow from the declared tables alone, and a profile is asked for its store again and again.


@cache
def _statements(side: Side, dialect: str) -> dict[str, TableStatements]:
    return {name: TableStatements(spec, side, dialect) for name, spec in SPECS.items()}


@cache
def _readers(side: Side, dialect: str) -> dict[str, Callable[[Iterable[Values]], list[Row]]]:
    return {name: statements.reader() for name, statements in _statements(side, dialect).items()}


@cache
def _codecs() -> dict[str, ImageCodec]:
    return {name: ImageCodec(spec) for name, spec in SPECS.items()}
