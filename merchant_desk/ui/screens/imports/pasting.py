"""A block of cells that was copied in a spreadsheet, as a file that an import can read."""

import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

MOST_CHARACTERS = 50_000_000
"""More is a file's work: the clipboard is read in one go."""


class Pasting(QObject):
    """Keeps what was pasted last in a private folder, until the next one or until its screen goes."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._folder: Path | None = None
        owner.destroyed.connect(self.clear)

    @staticmethod
    def has_cells() -> bool:
        """Tell whether something that may be cells is on the clipboard."""
        return bool(QApplication.clipboard().mimeData().hasText())

    def take(self, name: str) -> Path | None:
        """Return a file with the clipboard's cells, None if there are none; `name` is what it is called."""
        text = QApplication.clipboard().text()
        if not text.strip() or len(text) > MOST_CHARACTERS:
            return None
        self.clear()
        self._folder = Path(tempfile.mkdtemp(prefix="pasted-"))
        path = self._folder / f"{name}.txt"
        # Spreadsheets end lines as their system does; within a cell they quote.
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def holds(self, path: Path) -> bool:
        """Tell whether a file is what was pasted."""
        return self._folder is not None and path.parent == self._folder

    def clear(self) -> None:
        """Forget what was pasted."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
