"""What one desk did under its former devices: it is another device after each new enrolment."""

from collections.abc import Iterable
from uuid import UUID

from merchant_desk.domain.counting import Moment, Side, side_of
from merchant_desk.handlers.context import Context
from merchant_desk.models.columns import Row

NO_END = (1 << 63) - 1


class OwnWork:
    """Tells what a desk did itself, also as the devices that it was before.

    Of a former device that is what it had done when the desk was enrolled again. What has a higher number
    was done by a copy of its folder that went on: that is another desk.
    """

    def __init__(self, context: Context, device_id: UUID) -> None:
        self._last: dict[UUID, int] = {device_id: NO_END}
        self._since: dict[UUID, int] = {device_id: 0}
        at, since = device_id, 0
        while (row := context.unit.get("devices", at)) is not None and row["former_id"] is not None:
            at, since = row["former_id"], since + row["former_seq"]
            self._last[at], self._since[at] = row["former_seq"], since
        self.device_id = device_id

    @property
    def names(self) -> int:
        """As how many devices the desk has been known."""
        return len(self._last)

    def did(self, row: Row) -> bool:
        """Tell whether the desk wrote a row, by its `device_id` and `device_seq`."""
        return bool(row["device_seq"] <= self._last.get(row["device_id"], -1))

    def moment_of(self, row: Row) -> Moment:
        """Return when a row took effect; of the desk's own, as if it had been one device all the time.

        Its numbers as a former device end at 0, where those of the next one begin.
        """
        device_id, seq = row["device_id"], row["device_seq"]
        if self.did(row):
            device_id, seq = self.device_id, seq - self._since[device_id]
        return Moment(device_id, seq, row["time"], row["time_bound"])


class Desks:
    """Tells which desks did what one operation looks at, and what each of them did first."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._works: dict[UUID, OwnWork] = {}

    def side_of(self, movement: Row, count: Row) -> Side:
        """Tell whether a movement was part of what a count saw, as `counting.side_of` does for moments."""
        desk = self._writer(count, {movement["device_id"], count["device_id"]})
        return side_of(desk.moment_of(movement), desk.moment_of(count))

    def of_last(self, rows: Iterable[Row]) -> list[Row]:
        """Return those of the rows that were written by the desk which wrote last, in that desk's own order.

        Which desk was last is told by the clocks; what it did last is not.
        """
        rows = list(rows)
        if not rows:
            return []
        last = max(rows, key=lambda row: (row["time"], row["device_seq"], row["id"].int))
        desk = self._writer(last, {row["device_id"] for row in rows})
        own = filter(desk.did, rows)
        return sorted(own, key=lambda row: (desk.moment_of(row).device_seq, row["id"].int))

    def _writer(self, row: Row, device_ids: Iterable[UUID]) -> OwnWork:
        """Return the work of the desk that wrote a row, as the newest of these devices that it is or was.

        Which one is newer is told by the chain of enrolments, not by time: clocks are put right in between.
        `device_ids` contains the row's own.
        """
        works = [work for work in map(self._work_of, device_ids) if work.did(row)]
        return max(works, key=lambda work: (work.names, work.device_id.int))

    def _work_of(self, device_id: UUID) -> OwnWork:
        work = self._works.get(device_id)
        if work is None:
            work = self._works[device_id] = OwnWork(self._context, device_id)
        return work
