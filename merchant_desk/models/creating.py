"""Making the tables of an empty database."""

from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, MetaData, create_mock_engine

_made_by: WeakKeyDictionary[MetaData, tuple[str, ...]] = WeakKeyDictionary()


def create_tables(connection: Connection, metadata: MetaData) -> None:
    """Make the tables, on SQLite by statements that this process puts together once."""
    if connection.dialect.name != "sqlite":
        metadata.create_all(connection, checkfirst=False)
        return
    cursor = connection.connection.cursor()
    try:
        for statement in _statements(metadata, connection.dialect):
            cursor.execute(statement)
    finally:
        cursor.close()


def _statements(metadata: MetaData, dialect: Dialect) -> tuple[str, ...]:
    """Return what SQLAlchemy would send to make all tables of a SQLite database."""
    if metadata not in _made_by:
        found: list[str] = []
        collector = create_mock_engine(
            "sqlite://", lambda ddl, *_, **__: found.append(str(ddl.compile(dialect=dialect)))
        )
        metadata.create_all(collector, checkfirst=False)
        _made_by[metadata] = tuple(found)
    return _made_by[metadata]
