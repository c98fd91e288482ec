"""Export jobs: a whole list as a file, from one snapshot, row by row, told and stopped like an import."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from merchant_desk.documents.exports import Style, check_format, export_table
from merchant_desk.documents.problem_texts import Language
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.settings_known import ZONE
from merchant_desk.jobs.export_tables import EXPORTS
from merchant_desk.jobs.passes import Cancelled, never
from merchant_desk.jobs.place import currency_of
from merchant_desk.models.queries import exports
from merchant_desk.sync.held_decisions import HeldDecisions
from merchant_desk.sync.runtime import DeskRuntime

Row = TypeVar("Row")

TOLD_EVERY: Final = 2_000
"""Rows between two tellings; a cancelled export stops as soon."""


class ExportStopped(Exception):  # noqa: N818 - a person said so
    """An export was cancelled: the file that was there before, if any, is as it was."""


def silent(rows: int) -> None:
    """Tell nobody."""


def export(
    runtime: DeskRuntime,
    kind: str,
    path: Path,
    language: Language = "zh",
    told: Callable[[int], None] = silent,
    cancelled: Cancelled = never,
) -> int:
    """Write one of `EXPORTS` to a file, whole or not at all; returns the rows.

    Memory does not grow with the list. The desk works on meanwhile; what it writes is not in the file.

    Args:
        runtime: the desk.
        kind: a name of `EXPORTS`.
        path: ends in .xlsx, .csv or .csv.gz.
        language: of the headings.
        told: hears how many rows are written.
        cancelled: is asked as often as `told` is called.

    Raises:
        UnknownFormat: the file's name ends in no format that can be written.
        ExportStopped: it was cancelled.
        OSError: the file cannot be written.
    """
    check_format(path)
    table = EXPORTS[kind]
    style = style_of(runtime, language)
    with runtime.read() as connection, connection.begin():
        rows = watched(exports.rows(connection, table.sql), told, cancelled)
        return export_table(path, table.columns, rows, style)


def watched(rows: Iterable[Row], told: Callable[[int], None], cancelled: Cancelled) -> Iterator[Row]:
    """Pass rows on; tell how many, and stop when somebody says so.

    Raises:
        ExportStopped: `cancelled` said yes.
    """
    count = 0
    for count, row in enumerate(rows, 1):
        yield row
        if count % TOLD_EVERY == 0:
            told(count)
            if cancelled():
                raise ExportStopped
    told(count)


def style_of(runtime: DeskRuntime, language: Language) -> Style:
    """Return for whom this desk writes tables: its zone, and the decimals of the merchant's books."""
    zone = ZoneInfo(HeldDecisions(runtime).now().value(ZONE))
    return Style(language, zone, minor_digits(currency_of(runtime)))
