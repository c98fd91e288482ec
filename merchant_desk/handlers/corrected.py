"""What jobs really wrote on records that stood before them, and what was left alone: noted and flagged.

A job's operation is carried out at its desk, again at each pull that meets it, and at the server: what it
found there decides what it wrote, so each of them notes that for itself, and the server's note stays. An
undo puts back what is noted, and nothing else.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from merchant_desk.domain.imports_corrections import Said, correction_id, noted_fields, says_alike
from merchant_desk.handlers.context import Context, Facts, Key


class Left(NamedTuple):
    """A record that was left alone, wholly or in part, and why: a refusal's code, or "" (changed since)."""

    about: Key
    name: str
    reason: str


def note_correction(
    context: Context, job_id: UUID, about: Key, written: Mapping[str, tuple[Said, Said]]
) -> None:
    """Note fields of a record that a job has written, each as (before, after); the last round counts.

    Where it wrote over what it had written itself, what stood before the first time stays.

    Args:
        context: of the job's operation.
        job_id: the job.
        about: table and id of the record.
        written: by field; the chosen tax of a product is `TAX_FIELD`, ids in hex.
    """
    known = fields_noted(context, job_id, about[1])
    for name, (before, after) in written.items():
        earlier = known.get(name)
        own = earlier is not None and says_alike(earlier[1], before)
        known[name] = (earlier[0] if earlier is not None and own else before, after)
    _keep(context, job_id, about, known)


def note_put_back(context: Context, job_id: UUID, about: Key, fields: set[str]) -> None:
    """Note that fields stand as they were before a job: its undo has no more to do there."""
    if fields:
        known = fields_noted(context, job_id, about[1])
        _keep(context, job_id, about, {**known, **dict.fromkeys(fields)})


def fields_noted(context: Context, job_id: UUID, about_id: UUID) -> dict[str, tuple[Said, Said] | None]:
    """Return the fields that a job has written on a record, as (before, after); None: put back since."""
    row = context.unit.get("job_writes", correction_id(job_id, about_id))
    return noted_fields(row["fields"]) if row is not None else {}


class LeftTask(NamedTuple):
    """What a task says of records that were left alone: for the outlet where their job was begun."""

    outlet_id: UUID
    about: Key
    facts: Facts


def left_task(context: Context, job_id: UUID, left: list[Left]) -> LeftTask | None:
    """Return what one task is to say of all that an operation of a job left alone, None where nothing was."""
    job = context.unit.peek("jobs", job_id) if left else None
    if job is None:
        return None
    first, records = left[0], len({one.about for one in left})
    facts = {"records": records, "name": first.name, "reason": first.reason or "changed_since"}
    return LeftTask(job["outlet_id"], first.about, facts)


def _keep(context: Context, job_id: UUID, about: Key, fields: Mapping[str, tuple[Said, Said] | None]) -> None:
    unit, id = context.unit, correction_id(job_id, about[1])
    said = {
        "fields": json.dumps(fields, ensure_ascii=False, sort_keys=True),
        "open": sum(1 for pair in fields.values() if pair is not None),
    }
    if unit.get("job_writes", id) is not None:
        unit.update("job_writes", id, **said)
        return
    named = {"id": id, "job_id": job_id, "about_table": about[0], "about_id": about[1]}
    unit.insert("job_writes", {**named, **said})
