"""Where the files of imports lay: known to this desk alone, so that a past one can be opened again."""

from pathlib import Path
from typing import Final
from uuid import UUID

from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.writer import Urgency

MOST: Final = 200
"""Imports whose files are remembered, the latest ones."""

_NAME: Final = "import_files"


def note_file(runtime: DeskRuntime, job_id: UUID, path: Path) -> None:
    """Remember the file of an import."""

    def note() -> None:
        with runtime.profile.writer.begin() as connection:
            known = read_value(connection, _NAME, dict[str, str]) or {}
            known.pop(job_id.hex, None)
            kept = {**known, job_id.hex: str(path.absolute())}
            write_value(connection.connection.cursor(), _NAME, dict(list(kept.items())[-MOST:]))

    runtime.writer.run(note, Urgency.HOUSEKEEPING)


def file_of(runtime: DeskRuntime, job_id: UUID) -> Path | None:
    """Return where the file of an import lay, None where this desk did not import it."""
    with runtime.read() as connection, connection.begin():
        known = read_value(connection, _NAME, dict[str, str]) or {}
    return Path(known[job_id.hex]) if job_id.hex in known else None
