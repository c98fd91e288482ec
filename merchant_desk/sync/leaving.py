"""A desk that ends in good order: everything it has is at the server, and then it is retired.

For a computer that is replaced, and for a desk that another one takes over: what it began is open to every
desk of its outlet.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.desk_leaving import Unsent, check_leavable
from merchant_desk.domain.organisation import RetireDevice, check_reason
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.open_work import begun_here
from merchant_desk.sync.desk import Done
from merchant_desk.sync.people import Person
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.staff import asked_status
from merchant_desk.sync.status import SyncStatus, count_waiting

SCANS = "SELECT count(*) FROM scan_journal WHERE state IN ('new', 'held_back')"
KEYS = "SELECT count(*) FROM buyer_keys WHERE shared = 0"


@dataclass(frozen=True, slots=True)
class Leave:
    """What a desk would leave behind: what is nowhere else, and the numbers of documents that it has open."""

    unsent: Unsent
    documents: tuple[str, ...]


def read_leave(connection: Connection) -> Leave:
    """Return what a desk has that it would leave behind."""
    scans, keys = (int(connection.exec_driver_sql(sql).scalar() or 0) for sql in (SCANS, KEYS))
    return Leave(Unsent(count_waiting(connection)[0], scans, keys), begun_here(connection))


class Leaving(ABC):
    """The part of a desk that ends it."""

    runtime: DeskRuntime

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    @abstractmethod
    def do(self, operation: object, *, about: UUID | None = None) -> Done:
        """Carry out an operation as who is signed in."""

    @abstractmethod
    def sync(self) -> SyncStatus:
        """Push and pull."""

    def leaving(self) -> Leave:
        """Return what this desk would leave behind now; needs no server."""
        with self.runtime.read() as connection, connection.begin():
            return read_leave(connection)

    def leave(self, reason: str) -> Leave:
        """Send everything, let the server retire this desk (right `people`); return what others go on with.

        Raises:
            Refusal: `desk_has_unsent`: something is here alone, so it is a desk still. `reason_unreadable`,
                `not_allowed`, `person_not_proved`.
            Fault: the server could not be reached; it is a desk still, unless the request waits to be sent.
        """
        check_reason(reason)
        self.sync()
        left = self.leaving()
        check_leavable(self.runtime.identity.code, left.unsent)
        op_id = self.do(RetireDevice(self.runtime.identity.device_id, reason)).op_id
        try:
            self.sync()
        except Fault:  # retired, it is told so by the next word of the server
            if asked_status(self.runtime, op_id) != "applied":
                raise
        asked_status(self.runtime, op_id)
        return left
