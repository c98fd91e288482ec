"""One operation followed from a desk: what it has itself, and what its server says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.faults import Fault
from merchant_desk.sync.server_faults import ServerProblem
from merchant_desk.sync.tracing import OwnTrace, Trace, name_of, own_trace

UNKNOWN = "no_such_operation"


class TraceApi(Protocol):
    """What following asks of a server."""

    def trace(self, op_id: UUID) -> Trace:
        """Return what the server knows."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Both halves, None where there is none.

    `person` is the name that this desk has; `not_asked` says why the server could not be asked.
    """

    own: OwnTrace | None
    there: Trace | None
    person: str
    not_asked: Fault | None


def follow(
    read: Callable[[Callable[[Connection], Followed]], Followed], api: TraceApi | None, op_id: UUID
) -> Followed:
    """Follow an operation; `read` runs a query (`Desk.ask`). Without `api` the server is not asked.

    The server is asked first: nothing of the database is held while a line is waited for.
    """
    there, why = (None, None) if api is None else _asked(api, op_id)

    def joined(connection: Connection) -> Followed:
        own = own_trace(connection, op_id)
        known = own or there
        return Followed(own, there, name_of(connection, known.person_id) if known is not None else "", why)

    return read(joined)


def _asked(api: TraceApi, op_id: UUID) -> tuple[Trace | None, Fault | None]:
    """Return what the server knows, or why it could not be asked."""
    try:
        return api.trace(op_id), None
    except ServerProblem as problem:
        return None, None if problem.problem == UNKNOWN else problem
    except Fault as fault:
        return None, fault
