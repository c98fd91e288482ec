"""What a script or window puts right at a desk: refused decisions, closed documents, data that differ."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from uuid import UUID

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import SettleTask, check_settlement
from merchant_desk.models.queries.refused import task_status
from merchant_desk.models.queries.reversals import MovedLine
from merchant_desk.stations.questions import Questions
from merchant_desk.stations.reversing import Reversible, reversal
from merchant_desk.sync.desk import Done
from merchant_desk.sync.people import Person
from merchant_desk.sync.status import SyncStatus


class Corrections(Questions, ABC):
    """The correcting part of a desk; each call returns when it is durable."""

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    def resubmit(self, task_id: UUID, operation: object) -> Done:
        """Do a refused decision again, as it was or changed: a new operation, which the task then names.

        Raises:
            Refusal: `task_settled`: a colleague was quicker, nothing was done; or what `operation` raises.
        """
        person_id = self.person.id

        def job() -> Done:
            found = self.ask(lambda connection: task_status(connection, task_id))
            if found is None:
                raise Refusal("not_here", table="tasks", id=task_id)
            outlet_id, status = found
            check_settlement(status, "resubmitted")
            done = self.runtime.do_here(operation, person_id)
            settled = SettleTask(task_id, outlet_id, "resubmitted", "", done.op_id)
            self.runtime.do_here(settled, person_id)
            return done

        return self.runtime.writer.run(job)

    def reverse(self, document: Reversible, lines: Sequence[MovedLine] | None = None, *, reason: str) -> int:
        """Take a closed receipt, shipment or count back, whole or some lines of it; the original stays.

        Args:
            document: one of `documents`.
            lines: some of its `lines`; None: all that stand.
            reason: why; it stands beside the reversal.

        Returns:
            How many lines were taken back: those that still stood.

        Raises:
            Refusal: `reason_missing`; `reversed_already`: all of it was taken back already.
        """
        person_id = self.person.id

        def job() -> int:
            found = self.ask(lambda connection: reversal(connection, document, lines, reason))
            self.runtime.do_here(found.operation, person_id, about=document.id)
            return found.lines

        return self.runtime.writer.run(job)

    def check_again(self) -> SyncStatus:
        """Count every total again and compare all rows with the server's check sums, now.

        What differs is counted or fetched again; `alarm` of the status says what it was, None: nothing.

        Raises:
            NotCompared: new data kept coming meanwhile.
            Fault: the server could not be reached; totals were counted all the same.
        """
        return self.runtime.check_again()
