"""Which papers of documents this desk printed or saved: a small file beside its database, never sent."""

import json
import logging
import threading
from pathlib import Path
from uuid import UUID

from merchant_desk.models.private_files import write_private

FILE = "printed.json"
KEPT = 5_000
"""Papers that are remembered, the last that left."""

log = logging.getLogger(__name__)


_ONE_AT_A_TIME = threading.Lock()
"""Screens print on threads of their own, into one file."""


class PrintedPapers:
    """Remembers how often and when (microseconds UTC) a paper left. Any thread, any number of them a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def times(self, document_id: UUID) -> tuple[int, int]:
        """Return how often a document's paper left, and when last (0, 0: never, or it cannot be read)."""
        with _ONE_AT_A_TIME:
            try:
                return self._read().get(document_id.hex, (0, 0))
            except OSError as error:
                log.warning("printed papers were not read: %s", type(error).__name__)
                return 0, 0

    def note(self, document_id: UUID, at: int) -> None:
        """Remember that it leaves now; a disk that cannot be read or written forgets it, which is logged."""
        with _ONE_AT_A_TIME:
            try:
                known = self._read()
                count, _ = known.pop(document_id.hex, (0, 0))
                known[document_id.hex] = (count + 1, at)
                kept = dict(list(known.items())[-KEPT:])
                write_private(self._path, json.dumps(kept).encode())
            except OSError as error:
                log.warning("printed papers were not noted: %s", type(error).__name__)

    def _read(self) -> dict[str, tuple[int, int]]:
        """Return what is remembered, as far as it is understood."""
        try:
            told = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            log.info("printed papers were not understood: %s", type(error).__name__)
            return {}
        known = {}
        for key, entry in told.items() if isinstance(told, dict) else ():
            match entry:
                case [int(count), int(at)]:
                    known[key] = (count, at)
        return known
