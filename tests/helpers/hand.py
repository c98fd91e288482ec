"""A person at a keyboard, who is counted: keys, typed fields, scans and chosen files, sent to real windows.

The rule of counting: a key that is pressed is one action, whatever is held beside it; a field that is
typed is one, whatever its length; a scan is one; a file that is chosen in a dialog is one.
"""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit

from merchant_desk.ui.key_strokes import KeyStroke, person_strokes, send_stroke, wedge_strokes

Condition = Callable[[], Any]
Script = Generator[Condition, None, None]

LOOK_MS = 10
PATIENCE_SECONDS = 60.0
SCAN_GAP_MS, TYPE_GAP_MS = 2.0, 90.0
REACH_SECONDS = 0.5
"""What a hand needs from the keyboard to the scanner; right after an input method a scan is refused."""


class Hand(QObject):
    """Plays a script beside whatever event loop runs: the script yields what it waits for, then goes on.

    A script that fails, or waits too long, ends every window; `failure` says why.
    """

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []
        self.failure: BaseException | None = None
        self._script: Script | None = None
        self._waits: Condition = lambda: True
        self._deadline = 0.0
        self._stamp = 0.0
        self._typed_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def play(self, script: Script) -> None:
        """Begin."""
        self._script = script
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        self._timer.start()

    def stop(self) -> None:
        """Play no more."""
        self._timer.stop()

    # -- what is counted -------------------------------------------------------------------------

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the window system would deliver it."""
        self.actions.append(f"key {key.name}")
        QTest.keyClick(self._window(), key, modifiers)

    def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        self.actions.append(f"type {text}")
        self._typed_at = time.monotonic()
        self._send(person_strokes(text, TYPE_GAP_MS))

    def holds_scanner(self) -> bool:
        """Whether there was time to take the scanner since something was typed."""
        return time.monotonic() - self._typed_at > REACH_SECONDS

    def scan(self, code: str) -> None:
        """Scan a code by a wedge."""
        self.actions.append(f"scan {code}")
        self._send(wedge_strokes(code, SCAN_GAP_MS))

    def choose_file(self, path: Path) -> None:
        """Choose a file in the dialog that asks for one."""
        self.actions.append(f"file {path.name}")
        dialog = QApplication.activeWindow()
        assert isinstance(dialog, QFileDialog), dialog
        edit = dialog.findChild(QLineEdit)
        assert edit is not None
        edit.setText(str(path))
        QTest.keyClick(edit, Qt.Key.Key_Return)

    # -- how it is done --------------------------------------------------------------------------

    def _window(self) -> QWindow:
        window: QWindow | None = QGuiApplication.focusWindow()
        assert window is not None
        return window

    def _send(self, strokes: list[KeyStroke]) -> None:
        """Send strokes with stamps as far apart as a person's or a scanner's, without waiting for them."""
        begun = self._stamp = max(self._stamp + 1_000, time.monotonic() * 1_000)
        for stroke in strokes:
            self._stamp = begun + stroke.at_ms
            send_stroke(self._window(), stroke, int(self._stamp))

    def _look(self) -> None:
        if self.failure is not None:
            self._end_all()
            return
        script = self._script
        assert script is not None
        try:
            if time.monotonic() > self._deadline:
                raise TimeoutError(f"after {self.actions[-3:]}, before {words_in_front()}")
            if self._waits():
                self._timer.stop()  # what a step does may run an event loop of its own
                self._waits = next(script)
                self._deadline = time.monotonic() + PATIENCE_SECONDS
                self._timer.start()
        except StopIteration:
            self._timer.stop()
        except BaseException as error:  # noqa: BLE001 - told by whoever plays
            self.failure = error
            self._timer.start()

    def _end_all(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog):
                widget.done(0)
            elif widget.isVisible():
                widget.close()


def words_in_front() -> str:
    """Return what the window in front says."""
    window = QApplication.activeWindow()
    labels = window.findChildren(QLabel) if window is not None else []
    return " | ".join(one.text() for one in labels if one.isVisible() and one.text())


def shown(kind: type[Any]) -> Any:
    """Return the window in front if it is of a kind, else None."""
    window = QApplication.activeWindow()
    return window if isinstance(window, kind) and QGuiApplication.focusWindow() is not None else None
