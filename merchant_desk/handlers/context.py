"""What a handler is given: the unit of work, the envelope, and ways to make ids and raise flags."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self, TypeVar
from uuid import UUID

from merchant_desk.domain.deletions import check_deletions
from merchant_desk.domain.ids import derived_id, row_id
from merchant_desk.domain.operations import Envelope, kind_of
from merchant_desk.domain.outlet_closing import check_open
from merchant_desk.domain.permissions import Grant, may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import WITHDRAWN
from merchant_desk.models.columns import Row
from merchant_desk.models.unit import Key, Unit

Body = TypeVar("Body")
Look = tuple[str, str, Any]
"""A look-up by one column: table, column, value."""

__all__ = ["Context", "Facts", "Key", "Look", "Row", "Verdicts", "carry_out", "handles", "prefetch"]


Facts = dict[str, Any]

STANDING = ("about_table", "about_id", "facts")
"""Columns of an open task about a state that follow it; who raised it, and when, stays."""


@dataclass(slots=True)
class Verdicts:
    """What totals were found beyond their limits (too little stock, more than ordered), with the figures.

    Totals move with every pull and make no dependency, so a desk judges them once, where the operation
    is done, and keeps that verdict whenever it carries the operation out again; the server judges anew.
    """

    old: dict[str, Facts] | None = None
    given: dict[str, Facts] = field(default_factory=dict)

    @classmethod
    def of_old(cls, text: str) -> Self:
        """Return verdicts that were given before, as `text` told them."""
        return cls(json.loads(text) if text else {})

    @property
    def fresh(self) -> bool:
        """Tell whether totals are judged now, or were when this was first done."""
        return self.old is None

    def beyond(self, name: str, judge: Callable[[], Facts | None]) -> Facts | None:
        """Return the figures of a total beyond its limit, or None; judged only if this is the first time."""
        if self.old is not None:
            return self.old.get(name)
        found = judge()
        if found is not None:
            self.given[name] = found
        return found

    @property
    def text(self) -> str:
        """The verdicts given, as the outbox keeps them."""
        return json.dumps(self.given) if self.given else ""


@dataclass(frozen=True, slots=True)
class Context:
    """One operation being carried out on one side."""

    unit: Unit
    envelope: Envelope
    verdicts: Verdicts = field(default_factory=Verdicts)

    def new_id(self, table: str, n: int | str = 0) -> UUID:
        """Return the id of the n-th row that this operation makes in a table."""
        return row_id(self.envelope.op_id, table, n)

    def get(self, table: str, id: UUID) -> Row:
        """Return a row that must exist for the operation to make sense.

        Raises:
            Refusal: `not_here`, when this side does not hold it.
        """
        row = self.unit.get(table, id)
        if row is None:
            raise Refusal("not_here", table=table, id=id)
        return row

    def get_of(self, table: str, id: UUID, outlet_id: UUID) -> Row:
        """Like `get`, for a row of one outlet: the right that was checked is a right there only.

        Raises:
            Refusal: `not_here`; `other_outlet`, when the row belongs to another one.
        """
        row = self.get(table, id)
        if row["outlet_id"] != outlet_id:
            raise Refusal("other_outlet", table=table, id=id)
        return row

    def create(self, table: str, row: Row) -> Row:
        """Add a row whose id came from outside.

        Raises:
            Refusal: `id_taken`: whoever minted the id used it twice.
        """
        if self.unit.get(table, row["id"]) is not None:
            raise Refusal("id_taken", table=table, id=row["id"])
        return self.unit.insert(table, row)

    def find_one(self, table: str, **equal: Any) -> Row | None:
        """Return the first row that equals, or None."""
        rows = self.unit.find(table, **equal)
        return rows[0] if rows else None

    def may(self, right: str, outlet_id: UUID | None) -> bool:
        """Tell whether whoever acts has a right today, at an outlet or (None) for the whole merchant."""
        return _is_allowed(self, right, outlet_id, is_fact=False)

    def might(self, right: str, outlet_id: UUID | None) -> bool:
        """Tell whether whoever acts had a right, as far as the desk knew: how facts are judged."""
        return _is_allowed(self, right, outlet_id, is_fact=True)

    @property
    def originates(self) -> bool:
        """Tell whether this is the desk that does it, now: there a fact can be refused still."""
        return self.verdicts.fresh and not self.unit.store.on_server

    def flag(
        self,
        code: str,
        outlet_id: UUID,
        about: Key | None = None,
        kind: str = "exception",
        /,
        **facts: Any,
    ) -> UUID:
        """Accept and tell: raise a task for a person about a fact. One per code and operation.

        By position only: a fact may be called `kind` too.
        """
        task_id = self.new_id("tasks", code if about is None else f"{code}/{about[1].hex}")
        if self.unit.peek("tasks", task_id) is None:
            self.unit.insert("tasks", self._task(task_id, code, outlet_id, about, kind, facts))
        return task_id

    def stand(self, task_id: UUID, code: str, outlet_id: UUID, about: Key, /, **facts: Any) -> None:
        """Tell of a state that lasts: one task, whose id follows from the state, with what stands now.

        One that was withdrawn is open again; so is one that a person settled when its facts were others.
        """
        task = self.unit.get("tasks", task_id)
        new = self._task(task_id, code, outlet_id, about, "exception", facts)
        if task is None:
            self.unit.insert("tasks", new)
        elif task["status"] == "open":
            self.unit.update("tasks", task_id, **{name: new[name] for name in STANDING})
        elif task["resolution"] == WITHDRAWN or task["facts"] != new["facts"]:
            del new["id"]
            self.unit.update("tasks", task_id, **new)

    def stands(self, task_id: UUID) -> bool:
        """Tell whether the task of a state is open."""
        task = self.unit.get("tasks", task_id)
        return task is not None and task["status"] == "open"

    def withdraw(self, task_id: UUID) -> None:
        """Take back, in nobody's name, the task of a state that is over; what a person settled stays so."""
        if self.stands(task_id):
            at = self.envelope.time
            self.unit.update("tasks", task_id, status="settled", settled_at=at, resolution=WITHDRAWN)

    def _task(
        self, task_id: UUID, code: str, outlet_id: UUID, about: Key | None, kind: str, facts: dict[str, Any]
    ) -> Row:
        envelope = self.envelope
        return {
            "id": task_id,
            "outlet_id": outlet_id,
            "kind": kind,
            "code": code,
            "op_id": envelope.op_id,
            "op_kind": envelope.kind,
            "device_id": envelope.device_id,
            "person_id": envelope.person_id,
            "about_table": about[0] if about else "",
            "about_id": about[1] if about else None,
            "facts": facts_text(facts),
            "raised_at": envelope.time,
            "status": "open",
            "settled_at": None,
            "settled_by": None,
            "resolution": "",
            "note": "",
            "resubmitted_as": None,
        }


def facts_text(facts: dict[str, Any]) -> str:
    """Return facts as canonical JSON, ids as text."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)


Handler = Callable[[Context, Any], None]
Reads = Callable[[Any], Iterable[Key]]
LookUps = Callable[[Any], Iterable[Look]]

_handlers: dict[type, Handler] = {}
_reads: dict[type, Reads] = {}
_look_ups: dict[type, LookUps] = {}


def handles(
    body: type[Body], reads: Reads | None = None, look_ups: LookUps | None = None
) -> Callable[[Handler], Handler]:
    """Register the one function that carries out an operation.

    `reads` names rows that it will get by id and `look_ups` what it will find by one column, so that a
    server can fetch those of a whole batch at once; naming too few costs time, never correctness.
    """

    def register(handler: Handler) -> Handler:
        if body in _handlers:
            raise ValueError(f"{body.__name__} is handled twice")
        _handlers[body] = handler
        if reads is not None:
            _reads[body] = reads
        if look_ups is not None:
            _look_ups[body] = look_ups
        return handler

    return register


def exchange_handler(body: type, handler: Handler) -> Handler:
    """Let another function carry an operation out, as rehearsals of broken programs do; returns the old."""
    old, _handlers[body] = _handlers[body], handler
    return old


def house_device(merchant_id: UUID) -> UUID:
    """Return device 0 of a merchant: the server itself, which mints timers, intake and administration."""
    return derived_id(merchant_id, "device 0")


def carry_out(unit: Unit, envelope: Envelope, body: object, verdicts: Verdicts | None = None) -> None:
    """Run an operation's rules and handler in the current transaction.

    A fact by somebody without the right is accepted and flagged; a decision is refused, and so is one for a
    closed outlet (what is asked of the server may concern it still). Verdicts on
    totals are added to `verdicts`, or taken from it when they were given before.

    Raises:
        Refusal: a rule said no; nothing that counts was written (the caller rolls the operation back).
    """
    context = Context(unit, envelope, verdicts or Verdicts())
    kind = kind_of(body)
    outlet_id: UUID | None = getattr(body, "outlet_id", None)
    allowed = _judge(context, body)
    if outlet_id is not None and not kind.is_fact and not kind.is_request:
        outlet = unit.peek("outlets", outlet_id)
        check_open("" if outlet is None else outlet["code"], 0 if outlet is None else outlet["archived"])
    _handlers[type(body)](context, body)
    _judge_deletions(context, body)
    if not allowed and outlet_id is not None:
        context.flag("lost_right", outlet_id, right=kind.right)


def check_right(unit: Unit, envelope: Envelope, body: object) -> None:
    """Judge only whether whoever acts may, of an operation that is carried out elsewhere.

    Raises:
        Refusal: `not_allowed`, for a decision.
    """
    _judge(Context(unit, envelope, Verdicts()), body)


def _judge(context: Context, body: object) -> bool:
    """Tell whether whoever acts has the right; a decision without it is refused."""
    kind = kind_of(body)
    allowed = _is_allowed(context, kind.right, getattr(body, "outlet_id", None), is_fact=kind.is_fact)
    if not allowed and not kind.is_fact:
        raise Refusal("not_allowed", right=kind.right)
    return allowed


def _judge_deletions(context: Context, body: object) -> None:
    """Refuse what makes a table much smaller, unless the operation says that its author confirmed it.

    How large a table is moves with every pull: a desk judges that once, as it does totals.
    """
    if not context.verdicts.fresh:
        return
    unit, confirmed = context.unit, getattr(body, "confirmed", 0)
    for table, rows in unit.op_losses().items():
        check_deletions(table, rows, partial(_held_before, unit, table, rows), confirmed)


def _held_before(unit: Unit, table: str, lost: int) -> int:
    return unit.count(table) + lost


def _is_allowed(context: Context, right: str, outlet_id: UUID | None, *, is_fact: bool) -> bool:
    """Judge a fact by the rights that its desk knew, which never change after; a decision by today's.

    Who has left decides nothing, whatever roles are left.
    """
    envelope, unit = context.envelope, context.unit
    if envelope.device_id == house_device(envelope.merchant_id):
        return True
    if right == "system":
        return False
    if is_fact:
        rows = unit.finds.find("roles", {"person_id": envelope.person_id})
        return may(_grants(rows), right, outlet_id, envelope.rights_version)
    person = unit.get("persons", envelope.person_id)
    if person is not None and person["archived"]:
        return False
    merchant = unit.get("merchants", envelope.merchant_id)
    rows = unit.find("roles", person_id=envelope.person_id)
    return may(_grants(rows), right, outlet_id, merchant["rights_version"] if merchant else 0)


def grants_of(unit: Unit, person_id: UUID) -> list[Grant]:
    """Return every role that a person holds or held."""
    return _grants(unit.finds.find("roles", {"person_id": person_id}))


def _grants(rows: Iterable[Row]) -> list[Grant]:
    return [Grant(row["role"], row["outlet_id"], row["from_version"], row["to_version"]) for row in rows]


def prefetch(unit: Unit, bodies: Iterable[object], persons: Iterable[UUID] = ()) -> None:
    """Read what the handlers of these operations will ask for, table by table."""
    wanted: dict[str, list[UUID]] = {}
    looked: dict[tuple[str, str], list[Any]] = {("roles", "person_id"): list(persons)}
    for body in bodies:
        reads, look_ups = _reads.get(type(body)), _look_ups.get(type(body))
        if reads is not None:
            for table, id in reads(body):
                wanted.setdefault(table, []).append(id)
        if look_ups is not None:
            for table, column, value in look_ups(body):
                looked.setdefault((table, column), []).append(value)
    for table, ids in wanted.items():
        unit.prefetch(table, ids)
    for (table, column), values in looked.items():
        unit.finds.prefetch(table, column, values)
