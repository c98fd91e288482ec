"""Which papers of documents this desk sent to a printer: a small file beside its database, never sent."""

import json
import logging
from pathlib import Path
from uuid import UUID

from merchant_desk.models.private_files import write_private

FILE = "printed.json"
KEPT = 5_000
"""Papers that are remembered, the last printed."""

log = logging.getLogger(__name__)


class PrintedPapers:
    """Remembers how often and when (microseconds UTC) a paper was sent. Used from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def times(self, document_id: UUID) -> tuple[int, int]:
        """Return how often a document's paper was sent to a printer, and when last (0, 0: never)."""
        count, at = self._read().get(document_id.hex, (0, 0))
        return int(count), int(at)

    def note(self, document_id: UUID, at: int) -> None:
        """Remember that it is sent now; a disk that cannot be written forgets it, which is logged."""
        known = self._read()
        count, _ = known.pop(document_id.hex, (0, 0))
        known[document_id.hex] = (int(count) + 1, at)
        kept = dict(list(known.items())[-KEPT:])
        try:
            write_private(self._path, json.dumps(kept).encode())
        except OSError as error:
            log.warning("printed papers were not noted: %s", type(error).__name__)

    def _read(self) -> dict[str, tuple[int, int]]:
        try:
            told = json.loads(self._path.read_text("utf-8"))
            return {str(key): (int(count), int(at)) for key, (count, at) in told.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.info("printed papers were not understood: %s", type(error).__name__)
            return {}
