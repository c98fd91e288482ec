"""What lies over a station's tables: the frame of every question, list and form that is asked there.

The last-scan panel above stays in sight. A sheet is no window of its own, so scans still arrive; cards
answer it as keys do.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import ElidedLabel, label, separator
from merchant_desk.ui.widgets.overlay import Overlay

GUARD_MS = 250
"""Longer than a hurried second press of Enter, shorter than reading a line."""


LOW = 280
"""Device-independent pixels below which what lies under a sheet is called low."""

ANSWERING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_F12})


def resting(event: QEvent) -> bool:
    """Whether this is a key that answers, sent again because a finger rests on it: no answer to anything."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
        return False
    return event.isAutoRepeat() and event.key() in ANSWERING


class StationSheet(Overlay):
    """A sheet with a title, a note, a body and two buttons: yes (Enter, OK card) and no (Esc, UNDO card).

    Enter on another button is that button.

    `accept` and `decline` do what the keys do; a subclass or owner sets `on_accept` and `on_decline`.
    A sheet that the station opens by itself takes no answer for a moment (`guard_ms`): a key that was on its
    way when it came is no answer to it.
    """

    guard_ms = 0

    def __init__(self, look: Look, host: QWidget, *, width: int = 640, danger: bool = False) -> None:
        super().__init__(look, host, width=width, dismissable=False)
        self._opened = 0.0
        self.on_accept: Callable[[], None] = self.close_sheet
        self.on_decline: Callable[[], None] = self.close_sheet
        self._title = label("", "title", wrap=True)
        self._note = label("", "second", wrap=True)
        self._error = label("", "error", wrap=True)
        self._hint = ElidedLabel("", "small")
        kind = Kind.DANGER if danger else Kind.PRIMARY
        self.yes = ActionButton(look, kind=kind, key="Return")
        self.no = ActionButton(look, key="Esc")
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.decline)
        self.body = QVBoxLayout()
        self.extra = QHBoxLayout()
        self._upper, self._lower = QVBoxLayout(), QHBoxLayout()
        self._lay_out()

    def set_texts(self, title: str, note: str = "", *, yes: str = "", no: str = "", hint: str = "") -> None:
        """Write the sheet; a button without a text is not shown."""
        self._title.setText(title)
        self._note.setText(note)
        self._tighten()
        self._hint.setText(hint)
        for button, text in ((self.yes, yes), (self.no, no)):
            button.setText(text)
            button.setVisible(bool(text))
        self.setAccessibleName(title)
        self.show_error("")

    def show_error(self, error: str) -> None:
        """Say what is wrong; empty if nothing is."""
        self._error.setText(error)
        self._error.setVisible(bool(error))
        if self.isVisible():
            self.fit()

    @property
    def error(self) -> str:
        """What the sheet complains about."""
        return self._error.text()

    @property
    def guarded(self) -> bool:
        """Whether the sheet has been there for too short a time to be answered."""
        return time.monotonic() < self._opened + self.guard_ms / 1000

    def open(self, focus: QWidget | None = None) -> None:
        """Show the sheet and move the focus into it."""
        self._opened = time.monotonic()
        super().open(focus)

    def accept(self) -> None:
        """Say yes, as Enter and the OK card do."""
        if not self.guarded:
            self.on_accept()

    def decline(self) -> None:
        """Say no, as Esc and the UNDO card do."""
        if not self.guarded:
            self.on_decline()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the Enter of a resting finger from a table of the sheet, which would take it for an answer."""
        return resting(event) or super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if resting(event):
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press()
        elif event.key() == Qt.Key.Key_Escape:
            self.decline()
        event.accept()

    def _press(self) -> None:
        """Do what the button with the focus is for: who went there by Tab means that one; else say yes."""
        at = QApplication.focusWidget()
        if isinstance(at, ActionButton) and at is not self.yes and self.isAncestorOf(at):
            at.click()
        else:
            self.accept()

    def _place(self) -> None:
        self._tighten()
        super()._place()

    def _tighten(self) -> None:
        """In a low window let the note and the air go, so that the buttons lie on nothing."""
        low = self._host.height() < LOW
        above, below, around = (
            (Space.SMALL, Space.HAIR, Space.SMALL) if low else (Space.LARGE, Space.SMALL, Space.MEDIUM)
        )
        self._note.setVisible(bool(self._note.text()) and not low)
        self._upper.setContentsMargins(Space.PAGE, above, Space.PAGE, below)
        self._lower.setContentsMargins(Space.PAGE, around, Space.PAGE, around)

    def _lay_out(self) -> None:
        head = self._upper
        head.setSpacing(Space.HAIR)
        head.addWidget(self._title)
        head.addWidget(self._note)
        self.column.addLayout(head)
        self.body.setContentsMargins(Space.PAGE, Space.HAIR, Space.PAGE, Space.MEDIUM)
        self.body.setSpacing(Space.MEDIUM)
        self.column.addLayout(self.body, 1)
        self.column.addWidget(separator())
        foot = self._lower
        foot.setSpacing(Space.SMALL)
        words = QVBoxLayout()
        words.addWidget(self._error)
        words.addWidget(self._hint)
        foot.addLayout(words, 1)
        foot.addLayout(self.extra)
        foot.addWidget(self.no)
        foot.addWidget(self.yes)
        self.column.addLayout(foot)
