"""The SQLite driver's connections and cursors, with what the machine does to them said by name.

Much of the product works on the driver's own cursor, past SQLAlchemy and its events: the names belong here.
Overriding a method costs about 0.1 µs a call.
"""

from collections.abc import Callable
from typing import Any, Self

from sqlcipher3 import dbapi2

from merchant_desk.models.faults import Fault

Name = Callable[[BaseException], Fault | None]
"""Names what is wrong with the machine; None for a mistake of ours, which stays the driver's error."""

_execute = dbapi2.Cursor.execute
_executemany = dbapi2.Cursor.executemany
_fetchone = dbapi2.Cursor.fetchone
_fetchmany = dbapi2.Cursor.fetchmany
_fetchall = dbapi2.Cursor.fetchall
_next = dbapi2.Cursor.__next__


class NamedConnection(dbapi2.Connection):  # type: ignore[misc]  # the driver has no types
    """A connection whose statements and transactions raise `Fault`s where `name` knows one.

    Until `name` is set everything stays the driver's error.
    """

    name: Name = staticmethod(lambda error: None)

    def cursor(self) -> "NamedCursor":
        """Open a cursor that raises by name too; `execute` of the connection uses it as well."""
        cursor: NamedCursor = super().cursor(NamedCursor)
        return cursor

    def commit(self) -> None:
        """Commit.

        Raises:
            Fault: the disk did not take it.
        """
        try:
            super().commit()
        except dbapi2.Error as error:
            self.tell(error)
            raise

    def rollback(self) -> None:
        """Roll back.

        Raises:
            Fault: disk or file failed.
        """
        try:
            super().rollback()
        except dbapi2.Error as error:
            self.tell(error)
            raise

    def tell(self, error: BaseException) -> None:
        """Raise what an error of the driver means; nothing where it has no other name.

        Raises:
            Fault: what is wrong with the machine.
        """
        fault = self.name(error)
        if fault is not None:
            raise fault from error


class NamedCursor(dbapi2.Cursor):  # type: ignore[misc]
    """A cursor whose every step raises `Fault`s where its connection names one."""

    def execute(self, *statement: Any) -> Self:
        """Run a statement. Raises Fault, or the driver's error for what is not about the machine."""
        try:
            _execute(self, *statement)
        except dbapi2.Error as error:
            self._tell(error)
            raise
        return self

    def executemany(self, *statement: Any) -> Self:
        """Run a statement for each set of values. Raises as `execute`."""
        try:
            _executemany(self, *statement)
        except dbapi2.Error as error:
            self._tell(error)
            raise
        return self

    def fetchone(self) -> Any:
        """Return the next row or None. Raises as `execute`: a row is read when it is fetched."""
        try:
            return _fetchone(self)
        except dbapi2.Error as error:
            self._tell(error)
            raise

    def fetchmany(self, *size: int) -> Any:
        """Return the next rows. Raises as `execute`."""
        try:
            return _fetchmany(self, *size)
        except dbapi2.Error as error:
            self._tell(error)
            raise

    def fetchall(self) -> Any:
        """Return all rows that are left. Raises as `execute`."""
        try:
            return _fetchall(self)
        except dbapi2.Error as error:
            self._tell(error)
            raise

    def __next__(self) -> Any:
        try:
            return _next(self)
        except dbapi2.Error as error:
            self._tell(error)
            raise

    def _tell(self, error: BaseException) -> None:
        self.connection.tell(error)
