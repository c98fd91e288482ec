"""The support bundle before it is saved: every part of it, to be read."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QPlainTextEdit, QWidget

from merchant_desk.support.bundle import Bundle
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.form import FormDialog

WIDTH, HEIGHT, LIST_WIDTH = 900, 420, 190
ROOM_AROUND = 190
"""Of title, note and buttons."""


class BundleSheet(FormDialog):
    """Shows a bundle; `save(path)` is called with the file that was chosen."""

    def __init__(self, look: Look, parent: QWidget, bundle: Bundle, save: Callable[[Path], None]) -> None:
        text = look.text
        super().__init__(
            look, parent, text("bundle.title"), dict, note=text("bundle.note"), save=text("bundle.save")
        )
        self._text, self._take = text, save
        self.parts = QListWidget()
        self.parts.setAccessibleName(text("bundle.parts"))
        self.parts.setFixedWidth(LIST_WIDTH)
        self.content = QPlainTextEdit()
        self.content.setReadOnly(True)
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName(text("bundle.title"))
        inside = QWidget()
        inside.setMinimumHeight(HEIGHT)
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self.parts)
        row.addWidget(self.content, 1)
        self.add_widget(inside)
        self.parts.addItems(list(bundle.parts))
        self.parts.currentTextChanged.connect(lambda name: self.content.setPlainText(bundle.parts[name]))
        self.parts.setCurrentRow(0)
        self.setMinimumWidth(WIDTH)
        self.resize(self.sizeHint().expandedTo(QSize(WIDTH, HEIGHT + ROOM_AROUND)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def try_submit(self) -> None:
        """Ask where to, over this sheet; it closes when a file was chosen."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{folder}/{self._text('bundle.file')}.zip"
        dialog = QFileDialog(self, self._text("bundle.title"), name, "ZIP (*.zip)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def choose(self, path: str) -> None:
        """Save to a file and close."""
        self._take(Path(path))
        self.accept()
