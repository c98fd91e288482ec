"""Two counts of one location that were open at the same time: people are told, once for the pair."""

from uuid import UUID

from merchant_desk.domain.counting import Side
from merchant_desk.domain.ids import derived_id
from merchant_desk.handlers.context import Context
from merchant_desk.handlers.former_devices import Desks
from merchant_desk.handlers.stock import now_of
from merchant_desk.models.columns import Row

REVERSED = "reversed"


def note_end(context: Context, count_id: UUID) -> None:
    """Write when a count that is open no longer came to its end, and tell of those that it met."""
    count = context.unit.get("counts", count_id)
    if count is None or count["status"] == "open":
        return
    if count["closed_seq"] is None:
        now = now_of(context)
        end = {"closed_device_id": now.device_id, "closed_seq": now.device_seq, "closed_bound": now.bound}
        context.unit.update("counts", count_id, closed_at=now.time, **end)
    tell_counted_twice(context, count_id)


def tell_counted_twice(context: Context, count_id: UUID) -> None:
    """Let a task for each other count of the location tell whether both were open at one time.

    What arrives first does not matter: the spans are compared, at the beginning and at the end of each. What
    looked like two at once, as the end of one was not known yet, is withdrawn; so is what was taken back.
    """
    desks, count = Desks(context), context.get("counts", count_id)
    about = ("locations", count["location_id"])
    told = {task["id"] for task in context.unit.find("tasks", about_id=count["location_id"])}
    for other in context.unit.find("counts", location_id=count["location_id"]):
        if other["id"] == count_id or (count["status"] == "open" and _began_before(desks, count, other)):
            continue  # one that begins may have ended before the other began: its own end will tell
        first, second = sorted((count, other), key=lambda row: row["id"].int)
        task_id = derived_id(first["id"], "counted_twice", second["id"].bytes)
        if REVERSED not in (count["status"], other["status"]) and _met(desks, count, other):
            numbers = {"number": second["number"], "other": first["number"]}
            context.stand(task_id, "counted_twice", count["outlet_id"], about, **numbers)
        elif task_id in told:
            context.withdraw(task_id)


def _met(desks: Desks, one: Row, other: Row) -> bool:
    """Tell whether neither count had surely ended when the other began; clocks may not be able to tell."""
    return not (_ended_before(desks, other, one) or _ended_before(desks, one, other))


def _ended_before(desks: Desks, one: Row, other: Row) -> bool:
    return one["closed_seq"] is not None and desks.side_of(_end(one), _beginning(other)) is Side.BEFORE


def _began_before(desks: Desks, one: Row, other: Row) -> bool:
    return desks.side_of(_beginning(one), _beginning(other)) is Side.BEFORE


def _beginning(count: Row) -> Row:
    own = {"device_id": count["device_id"], "device_seq": count["opened_seq"]}
    return {**own, "time": count["opened_at"], "time_bound": count["opened_bound"]}


def _end(count: Row) -> Row:
    own = {"device_id": count["closed_device_id"], "device_seq": count["closed_seq"]}
    return {**own, "time": count["closed_at"], "time_bound": count["closed_bound"]}
