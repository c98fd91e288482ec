"""Rows as the text that PostgreSQL's COPY reads, a column at a time.

The driver's own writing of rows takes three times as long: it asks of every value what it is.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

NULL = "\\N"
PART_ROWS = 128


def copy_in(cursor: Any, statement: str, kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Copy rows into a table in parts: PostgreSQL takes one in while the next is made.

    Args:
        cursor: psycopg's, of a running transaction.
        statement: COPY ... FROM STDIN.
        kinds: as for `copy_text`.
        rows: values in the order of the columns.
    """
    with cursor.copy(statement) as copy:
        for start in range(0, len(rows), PART_ROWS):
            copy.write(copy_text(kinds, rows[start : start + PART_ROWS]))


def copy_text(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows in COPY's text format.

    https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2

    Args:
        kinds: of each column: id (a UUID), int, text or bytes.
        rows: values in the order of the columns; None is NULL.
    """
    if not rows:
        return ""
    columns = [_WRITERS[kind](column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def _ids(values: Sequence[Any]) -> Sequence[str]:
    if values[0] == values[-1] and values.count(values[0]) == len(values):
        return [_id(values[0])] * len(values)
    return [_id(value) for value in values]


def _id(value: Any) -> str:
    return NULL if value is None else f"{value.int:032x}"


def _numbers(values: Sequence[Any]) -> Sequence[str]:
    if None in values:
        return [NULL if value is None else str(value) for value in values]
    return list(map(str, values))


def _texts(values: Sequence[Any]) -> Sequence[str]:
    if None in values:
        return [NULL if value is None else value.translate(_ESCAPES) for value in values]
    if _SPECIAL.search("".join(values)):
        return [value.translate(_ESCAPES) for value in values]
    return values


def _bytes(values: Sequence[Any]) -> Sequence[str]:
    return [NULL if value is None else f"\\\\x{value.hex()}" for value in values]


_WRITERS: dict[str, Callable[[Sequence[Any]], Sequence[str]]] = {
    "id": _ids,
    "int": _numbers,
    "text": _texts,
    "bytes": _bytes,
}
