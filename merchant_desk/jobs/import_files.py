"""What this desk alone knows of imports: where their files lay, so that a past one can be opened again, and
which it has begun and not ended."""

from pathlib import Path
from typing import Final
from uuid import UUID

from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.writer import Urgency

MOST: Final = 200
"""Imports whose files are remembered, the latest ones."""

_NAME: Final = "import_files"
_OPEN: Final = "imports_begun"


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


def note_begun(runtime: DeskRuntime, job_id: UUID) -> None:
    """Remember that this desk began an import, until `forget_begun`."""
    _change_begun(runtime, job_id, begun=True)


def forget_begun(runtime: DeskRuntime, job_id: UUID) -> bool:
    """Forget that this desk began an import, since it ended or was taken back; tells whether it had."""
    with runtime.read() as connection, connection.begin():
        begun = read_value(connection, _OPEN, list[str]) or []
    if job_id.hex not in begun:
        return False
    _change_begun(runtime, job_id, begun=False)
    return True


def _change_begun(runtime: DeskRuntime, job_id: UUID, *, begun: bool) -> None:
    def note() -> None:
        with runtime.profile.writer.begin() as connection:
            known = read_value(connection, _OPEN, list[str]) or []
            kept = [one for one in known if one != job_id.hex] + [job_id.hex] * begun
            write_value(connection.connection.cursor(), _OPEN, kept[-MOST:])

    runtime.writer.run(note, Urgency.HOUSEKEEPING)
