"""Reading tasks with the names that their facts stand for. Runs off the window's thread."""

import json
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.operations import kind_of
from merchant_desk.domain.organisation import AddPerson, RevokeRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.operation_lists import (
    about_name,
    ledger_place,
    name_of,
    own_body,
    product_names,
)
from merchant_desk.models.queries.people import GrantView, grant, open_requests, staff_names
from merchant_desk.models.queries.refused import refused_body
from merchant_desk.models.queries.work import TaskView, tasks
from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.protocol import decode_header

DOCUMENTS = ("receipts", "shipments", "counts")
OPENABLE = (*DOCUMENTS, "orders", "purchase_orders")


@dataclass(frozen=True, slots=True)
class TaskReading:
    """A task, its facts with names instead of ids, and what there is to open (table, id, name) or count.

    The product that it tells of has both its names among the facts, as `sku` and `sku_en`; `about_en` is the
    English name of what it is about, where that has one.
    `body` is the refused operation where this desk made it or it came with its task; `location_id` a place
    to count. If that is about people, `names` are those of persons and desks by their ids, `grants` the role
    that it takes back, and `first` who is to be added before, which was refused, too.
    """

    task: TaskView
    facts: dict[str, Any]
    about: str = ""
    target: tuple[str, UUID, str] | None = None
    location_id: UUID | None = None
    line_id: UUID | None = None
    body: object | None = field(default=None)
    about_en: str = ""
    names: dict[UUID, str] = field(default_factory=dict)
    grants: dict[UUID, GrantView] = field(default_factory=dict)
    first: str = ""


def read_tasks(connection: Connection, status: str, most: int) -> list[TaskReading]:
    """Return tasks in a state, the oldest first, as people read them."""
    found = [read_task(connection, task) for task in tasks(connection, status=status, most=most)]
    if not any(_is_of_people(one) for one in found):
        return found
    names = staff_names(connection)
    asked = [_decoded(one.header, one.body) for one in open_requests(connection, ["add_person"])]
    refused = _added([one.body for one in found])
    return [_named(connection, one, {**names, **_added(asked)}, refused) for one in found]


def _is_of_people(reading: TaskReading) -> bool:
    """Tell whether a refused operation is about persons or desks, whom only the server adds and changes."""
    return reading.body is not None and kind_of(reading.body).right == "people"


def _added(bodies: list[object | None]) -> dict[UUID, str]:
    return {one.person_id: one.name for one in bodies if isinstance(one, AddPerson)}


def _named(
    connection: Connection, reading: TaskReading, names: dict[UUID, str], refused: dict[UUID, str]
) -> TaskReading:
    """Return a reading that names whom it is about; `names` are known, `refused` those whose adding was."""
    if not _is_of_people(reading):
        return reading
    taken = grant(connection, reading.body.grant_id) if isinstance(reading.body, RevokeRole) else None
    who = None if isinstance(reading.body, AddPerson) else getattr(reading.body, "person_id", None)
    return replace(
        reading,
        names={**refused, **names},
        grants={taken.id: taken} if taken is not None else {},
        first=refused.get(who, "") if who is not None else "",
    )


def read_task(connection: Connection, task: TaskView) -> TaskReading:
    """Return one task as people read it."""
    raw = json.loads(task.facts or "{}")
    facts: dict[str, Any] = {
        "sku": "",
        "location": "",
        "number": "",
        "code": "",
        "op_kind": task.op_kind,
        **raw,
    }
    for name, value in raw.items():
        if name.endswith("_id") and isinstance(value, str):
            known = name_of(connection, name, value)
            if known:
                facts[name.removesuffix("_id")] = known
    location_id = _id(raw.get("location_id"))
    about = about_name(connection, task.about_table, task.about_id)
    sku_id = _id(raw.get("sku_id")) or (task.about_id if task.about_table == "skus" else None)
    if task.about_table == "ledger" and task.about_id is not None:
        moved, location = ledger_place(connection, task.about_id)
        sku_id, facts["location"] = sku_id or moved, facts["location"] or location
    if sku_id is not None and not raw.get("sku"):
        facts["sku"], facts["sku_en"] = product_names(connection, sku_id)
    about_en = ""
    if task.about_table == "skus" and task.about_id is not None:
        _, about_en = product_names(connection, task.about_id)
    if task.about_table == "locations":
        location_id = task.about_id
        facts["location"] = facts["location"] or about
    body = _body(connection, task) if task.kind == "refusal" else None
    target = _target(connection, task, raw, body)
    name = about or (target[2] if target is not None else "")
    return TaskReading(task, facts, name, target, location_id, _id(raw.get("line_id")), body, about_en)


def _target(
    connection: Connection, task: TaskView, raw: dict[str, Any], body: object | None
) -> tuple[str, UUID, str] | None:
    """Return what a person would want to open: what the task is about, or what its operation was about."""
    table, id = task.about_table, task.about_id
    if table not in OPENABLE:
        table, id = "receipts", _id(raw.get("receipt_id"))
    if id is None and hasattr(body, "order_id"):
        table = "purchase_orders" if "purchase" in task.op_kind else "orders"
        id = body.order_id
    name = about_name(connection, table, id)
    return (table, id, name) if id is not None and name else None


def _body(connection: Connection, task: TaskView) -> object | None:
    """Return the refused operation: this desk's own, or what a colleague's left with its task."""
    own = own_body(connection, task.op_id)
    left = refused_body(connection, task.id) if own is None else None
    if own is not None:
        return _decoded(own.header, own.body)
    return _body_of(task.op_kind, left.op_version, left.body) if left is not None else None


def _decoded(header: bytes, body: bytes) -> object | None:
    told = decode_header(header)
    return _body_of(told.kind, told.version, body)


def _body_of(kind: str, version: int, body: bytes) -> object | None:
    """Return a body, or None if it is of a newer version: it can be read and dropped here, not done again."""
    try:
        return decode_body(kind, version, body)
    except Refusal:
        return None


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
