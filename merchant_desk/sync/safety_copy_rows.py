"""The rows of a safety copy, written into a profile that goes on from it; also onto those of another copy.

Before the profile is enrolled its operations are numbered as nobody else counts them: they are signed and
numbered anew then. So two copies of one desk can be put together, even those of a desk and its clone.
"""

from typing import Any

from sqlalchemy import Table

from merchant_desk.models.desk_tables import scan_journal, scan_packs
from merchant_desk.sync.outbox import NO_EFFECTS, NO_PRINT
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.safety_copy_folder import ReadCopy
from merchant_desk.sync.safety_copy_part import CopiedOperation
from merchant_desk.sync.safety_copy_reading import WAITING

PACK_KEY = 4
"""So many columns of `scan_packs` tell its rows apart; the others are what they come to."""

ADD_OPERATION = (
    "INSERT INTO outbox (device_seq, op_id, kind, person_id, time, about_id, header, body, signature, chain,"
    " effects, footprint, verdicts, status, stands, first_seq, last_seq, code, facts, settled_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'', x'', ?, ?, ?, ?, 0, 0, 0, '', '{}', ?)"
)
COLUMNS = [column.name for column in scan_journal.columns]
STATE, OP_ID, SCANNED_AT = (COLUMNS.index(name) for name in ("state", "op_id", "scanned_at"))


def _replace_into(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    return f"INSERT OR REPLACE INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of ours


def operations_of(copy: ReadCopy) -> dict[int, CopiedOperation]:
    """Return a copy's operations by number; one that was written twice is the same."""
    return {one.device_seq: one for part in copy.parts for one in part.operations}


def add_rows(cursor: Any, copy: ReadCopy, done: int) -> int:
    """Add operations, scans, packs and keys to a profile whose last operation is number `done`.

    Of what was written several times the last word counts; of two copies the one that has done more. Returns
    the number of the last operation then.
    """
    last = max([copy.parts[-1].position.device_seq, *operations_of(copy)])
    is_newer = last >= done
    end = _add_operations(cursor, copy, max(done, last))
    _add_scans(cursor, copy, is_newer=is_newer)
    if is_newer:
        packs = {tuple(row[:PACK_KEY]): row for part in copy.parts for row in part.packs}
        cursor.executemany(_replace_into(scan_packs), list(packs.values()))
    keys = {id: key for part in copy.parts for id, key in part.buyer_keys}
    sql = "INSERT OR IGNORE INTO buyer_keys (id, key, shared) VALUES (?, ?, 0)"
    cursor.executemany(sql, list(keys.items()))
    return end


def _add_operations(cursor: Any, copy: ReadCopy, last: int) -> int:
    """Add operations that are not there; where another has the number, this and all after it come last."""
    cursor.execute("SELECT op_id, device_seq FROM outbox")
    there = dict(cursor.fetchall())
    taken, behind, new = set(there.values()), False, []
    for seq, operation in sorted(operations_of(copy).items()):
        if decode_header(operation.header).op_id.bytes in there:
            continue
        behind = behind or seq in taken
        last += behind
        new.append(_outbox_row(last if behind else seq, operation))
    cursor.executemany(ADD_OPERATION, new)
    return last


def _add_scans(cursor: Any, copy: ReadCopy, *, is_newer: bool) -> None:
    """Add scans; one that had its end keeps it; one that waits, its number being taken, gets another."""
    cursor.execute("SELECT n, op_id, scanned_at, state FROM scan_journal")
    there = {n: rest for n, *rest in cursor.fetchall()}
    known = {op_id for op_id, _, _ in there.values() if op_id is not None}
    journal = {row[0]: row for part in copy.parts for row in part.journal}
    last, rows = max([0, *there, *journal]), []
    for n, row in sorted(journal.items()):
        found = there.get(n)
        if found is None and row[OP_ID] not in known:
            rows.append(row)
        elif found is not None and found[:2] == [row[OP_ID], row[SCANNED_AT]]:
            ends = found[2] in WAITING and row[STATE] not in WAITING
            if ends or (is_newer and found[2] in WAITING):
                rows.append(row)
        elif row[STATE] in WAITING and row[OP_ID] not in known:
            last += 1
            rows.append((last, *row[1:]))
    cursor.executemany(_replace_into(scan_journal), rows)


def _outbox_row(seq: int, operation: CopiedOperation) -> list[Any]:
    header = decode_header(operation.header)
    status, settled_at = ("applied", header.time) if operation.is_sent else ("pending", None)
    return [
        seq,
        header.op_id.bytes,
        header.kind,
        header.person_id.bytes,
        header.time,
        operation.about_id,
        operation.header,
        operation.body,
        NO_EFFECTS,
        NO_PRINT,
        operation.verdicts,
        status,
        settled_at,
    ]
