"""What one desk did under its former devices: it is another device after each new enrolment."""

from collections.abc import Iterable
from uuid import UUID

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
        at = device_id
        while (row := context.unit.get("devices", at)) is not None and row["former_id"] is not None:
            at = row["former_id"]
            self._last[at] = row["former_seq"]
        self.device_id = device_id
        self._turns = {id: -n for n, id in enumerate(self._last)}

    @property
    def names(self) -> int:
        """As how many devices the desk has been known."""
        return len(self._last)

    def did(self, row: Row) -> bool:
        """Tell whether the desk wrote a row, by its `device_id` and `device_seq`."""
        return bool(row["device_seq"] <= self._last.get(row["device_id"], -1))

    def turn(self, row: Row) -> tuple[int, int]:
        """Return where in the desk's own order a row of its own stands."""
        return self._turns[row["device_id"]], int(row["device_seq"])


def work_of_writer(context: Context, row: Row, device_ids: Iterable[UUID]) -> OwnWork:
    """Return the work of the desk that wrote a row, as the newest of these devices that it has been since.

    Which one is newer is told by the chain of enrolments, not by time: clocks are put right in between.
    `device_ids` contains the row's own.
    """
    works = [OwnWork(context, device_id) for device_id in device_ids]
    return max((work for work in works if work.did(row)), key=lambda work: (work.names, work.device_id.int))
