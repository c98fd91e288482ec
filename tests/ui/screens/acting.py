"""Hands and eyes for tests of screens: keys, waiting for what is under way, reading what is shown."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.texts.catalogue import catalogue

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


def press(program: Program, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the window system would deliver it."""
    focused: QWindow | None = QApplication.focusWindow()
    window = program.window.windowHandle() if focused is None else focused
    QTest.keyClick(window, key, modifiers)


def type_text(text: str) -> None:
    """Type into the focused field, as an input method commits where no key has the character."""
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit), field
    if text.isascii():
        QTest.keyClicks(field, text)
    else:
        field.insert(text)
        field.textEdited.emit(field.text())


def settled(bot: QtBot, program: Program) -> None:
    """Wait until nothing is under way any more."""
    quiet = 0

    def still() -> bool:
        nonlocal quiet
        busy = program.runner.busy or program._desk.runtime.writer.waiting or len(program.hub.queue)
        quiet = 0 if busy else quiet + 1
        return quiet > 3

    bot.waitUntil(still, timeout=10_000)


def until(bot: QtBot, condition: Callable[[], Any]) -> None:
    """Wait until something is so."""
    bot.waitUntil(lambda: bool(condition()), timeout=10_000)


def texts_in(widget: QWidget) -> str:
    """Return what a widget's visible labels say, joined by lines."""
    return "\n".join(
        label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()
    )


def chinese(key: str) -> str:
    """Return a text of the catalogue in Chinese."""
    return str(catalogue()[key][0])


def notices_of(program: Program) -> list[str]:
    """Return what the notices say, the oldest first."""
    return [notice.text for notice in program.window.notices.notices()]


def buttons_in(widget: QWidget) -> list[str]:
    """Return the words on a widget's visible buttons."""
    return [button.text() for button in widget.findChildren(QPushButton) if button.isVisible()]
