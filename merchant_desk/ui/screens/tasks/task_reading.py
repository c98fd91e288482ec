"""Reading tasks with the names that their facts stand for. Runs off the window's thread."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.operation_lists import (
    about_name,
    ledger_place,
    name_of,
    own_body,
    product_names,
)
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
    to count.
    """

    task: TaskView
    facts: dict[str, Any]
    about: str = ""
    target: tuple[str, UUID, str] | None = None
    location_id: UUID | None = None
    line_id: UUID | None = None
    body: object | None = field(default=None)
    about_en: str = ""


def read_tasks(connection: Connection, status: str, most: int) -> list[TaskReading]:
    """Return tasks in a state, the oldest first, as people read them."""
    return [read_task(connection, task) for task in tasks(connection, status=status, most=most)]


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
    try:
        if own is not None:
            header = decode_header(own.header)
            return decode_body(header.kind, header.version, own.body)
        if left is not None:
            return decode_body(task.op_kind, left.op_version, left.body)
    except Refusal:
        pass  # of a newer version: it can be read and dropped here, not done again
    return None


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
