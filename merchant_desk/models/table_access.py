"""How the tables of one database are read and written: their statements, readers and images."""

from sqlalchemy import Engine

from merchant_desk.models.columns import Side
from merchant_desk.models.images import ImageCodec
from merchant_desk.models.statements import TableStatements
from merchant_desk.models.tables import SPECS


class TableAccess:
    """Everything that does not change from one transaction to the next, for one engine and one side."""

    def __init__(self, engine: Engine, side: Side) -> None:
        self.engine = engine
        self.side = side
        self.on_server = side is Side.SERVER
        self.dialect = engine.dialect.name
        self.statements = {name: TableStatements(spec, side, self.dialect) for name, spec in SPECS.items()}
        self.readers = {name: statements.reader() for name, statements in self.statements.items()}
        self.codecs = {name: ImageCodec(spec) for name, spec in SPECS.items()}
