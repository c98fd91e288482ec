"""What a desk can truthfully say about its connection and its unsent work."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text

from merchant_desk.models.faults import Fault
from merchant_desk.sync.safety_copy_state import CopyState


class Link(StrEnum):
    """How the server was last found. `offline` is a person's own choice."""

    ONLINE = "online"
    UNREACHABLE = "unreachable"
    OFFLINE = "offline"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class OtherDesk:
    """Another desk of this outlet, when the server last heard from it (microseconds UTC), and what it
    said it had not sent then (-1: it never said). `sending`: it has that only since a moment ago."""

    code: str
    name: str
    last_contact: int
    pending: int = -1
    sending: bool = False


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """One moment's truth. Times are microseconds UTC, `behind` how far this clock is behind the server's.

    `waiting` counts operations without the server's answer, `oldest` is when the first of them was done,
    `tasks` what waits for a person. `as_of` is when the desk last heard everything that the server knew.
    `fault` is why the last exchange did not do all it should, `alarm` what was found wrong since the start.
    `rebuilding` counts the feed rows that are in while all rows are built anew. `copy` is of the safety copy;
    None: nobody named a folder for one. While the desk works, `sending` is in how many seconds all that waits
    will be sent, and `fetching` in how many all that the feed has more will be here; None: at once,
    or nobody can say.
    """

    link: Link
    waiting: int
    oldest: int | None
    tasks: int
    last_contact: int
    as_of: int
    behind: int
    working: bool = False
    fault: Fault | None = None
    others: tuple[OtherDesk, ...] = ()
    demo: bool = False
    alarm: Fault | None = None
    rebuilding: int | None = None
    copy: CopyState | None = None
    sending: int | None = None
    fetching: int | None = None

    @property
    def likely_answered(self) -> bool:
        """Whether the server is worth asking: it answered last time, or was not asked since the start."""
        return self.link is Link.ONLINE or (self.link is Link.UNREACHABLE and self.fault is None)


def count_waiting(connection: Connection) -> tuple[int, int | None]:
    """Return how many operations have no answer yet, and the time of the first."""
    # From the index alone: at a desk that was offline for days there are tens of thousands.
    sql = (
        "SELECT waiting, (SELECT time FROM outbox WHERE device_seq = first)"
        " FROM (SELECT count(*) AS waiting, min(device_seq) AS first FROM outbox"
        " WHERE status IN ('pending', 'held', 'parked'))"
    )
    count, oldest = connection.execute(text(sql)).one()
    return int(count), oldest


def count_tasks(connection: Connection) -> int:
    """Return how many tasks are open."""
    return int(connection.scalar(text("SELECT count(*) FROM tasks WHERE status = 'open'")) or 0)
