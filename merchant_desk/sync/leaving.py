"""A desk that ends in good order: everything it has is at the server, and then it is retired.

For a computer that is replaced, and for a desk that another one takes over: what it began is open to every
desk of its outlet.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.desk_leaving import Unsent, check_leavable, check_left
from merchant_desk.domain.organisation import RetireDevice, check_reason
from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.open_work import begun_here
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.models.unit import Unit
from merchant_desk.sync.people import Person
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.staff import asked_status
from merchant_desk.sync.status import SyncStatus, count_waiting

SCANS = "SELECT count(*) FROM scan_journal WHERE state IN ('new', 'held_back')"
KEYS = "SELECT count(*) FROM buyer_keys WHERE shared = 0"
RIGHT = "people"
ROUNDS = 3
"""How often a desk that ends sends what was done meanwhile."""


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
    def sync(self) -> SyncStatus:
        """Push and pull."""

    def leaving(self) -> Leave:
        """Return what this desk would leave behind now; needs no server."""
        with self.runtime.read() as connection, connection.begin():
            return read_leave(connection)

    def check_may_hand_over(self) -> None:
        """Raise Refusal (`not_allowed`) unless the person may hand the shop over, as who may retire desks."""
        with self.runtime.read() as connection, connection.begin():
            held, version = grants(connection, self.person.id)
        if not may(held, RIGHT, None, version):
            raise Refusal("not_allowed", right=RIGHT)

    def ready_to_hand_over(self) -> Leave:
        """Send everything, so that this desk may go with its server; return what others go on with.

        Raises:
            Refusal: `not_allowed`; `desk_has_unsent`: something is here alone.
            Fault: the server could not be reached.
        """
        self.check_may_hand_over()
        self.sync()
        left = self.leaving()
        check_leavable(self.runtime.identity.code, left.unsent)
        return left

    def leave(self, reason: str) -> Leave:
        """Send everything, let the server retire this desk (right `people`); return what others go on with.

        Raises:
            Refusal: `desk_has_unsent`: something is here alone, so it is a desk still. `desk_left_unsent`: it
                ended, but something that was done meanwhile is here alone; the server takes facts still.
                `reason_unreadable`, `not_allowed`, `person_not_proved`.
            Fault: the server could not be reached; it is a desk still, unless the request waits to be sent.
        """
        check_reason(reason)
        self.sync()
        me, left = self.runtime.identity, self.leaving()
        check_leavable(me.code, left.unsent)

        def look_again(unit: Unit, _: UUID) -> None:  # nothing comes between this look and the retirement
            now = read_leave(unit.connection).unsent
            check_leavable(me.code, replace(now, operations=now.operations - 1))

        op_id = self.runtime.do(RetireDevice(me.device_id, reason), self.person.id, extra=look_again).op_id
        for _ in range(ROUNDS):
            try:
                self.sync()
            except Fault:  # retired, it is told so by the next word of the server
                if asked_status(self.runtime, op_id) != "applied":
                    raise
            left = replace(left, unsent=self.leaving().unsent)
            if asked_status(self.runtime, op_id) != "applied" or not left.unsent.operations:
                break
        check_left(me.code, left.unsent)
        return left
