"""Key strokes as a keyboard makes them: places of a US keyboard, native scan codes, stamps in time."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QWindow

from merchant_desk.ui.scanner.keymap import CONTROL, PLACES, SHIFT, XKB_OFFSET

ENTER_PLACE, SHIFT_PLACE, CONTROL_PLACE = 28, 42, 29
_PLACE = {mark: (place, shifted) for place, pair in PLACES.items() for shifted, mark in enumerate(pair)}
_SPECIAL = {
    ENTER_PLACE: (int(Qt.Key.Key_Return), "\r"),
    SHIFT_PLACE: (int(Qt.Key.Key_Shift), ""),
    CONTROL_PLACE: (int(Qt.Key.Key_Control), ""),
}
SCAN_CODE_OFFSET = {"windows": 0}
"""What the platform adds to a place; X11, Wayland and the offscreen platform speak XKB."""


@dataclass(frozen=True, slots=True)
class KeyStroke:
    """One key going down or up: when (milliseconds from the start), its place, and what it means.

    A character that no key types (`place` 0) is committed as an input method does.
    """

    at_ms: float
    press: bool
    place: int
    key: int
    modifiers: int = 0
    text: str = ""


def wedge_strokes(text: str, gap_ms: float) -> list[KeyStroke]:
    """Return what a keyboard-wedge scanner types for a code: `gap_ms` from key to key, then Enter.

    Raises:
        ValueError: a character that no US keyboard types.
    """
    return _typed(text + "\r", gap_ms, hold_ms=gap_ms / 2, strict=True)


def person_strokes(text: str, gap_ms: float) -> list[KeyStroke]:
    """Return what a person types: `gap_ms` from key to key, slow enough to be no scan."""
    return _typed(text, gap_ms, hold_ms=gap_ms * 0.6, strict=False)


def _typed(text: str, gap_ms: float, *, hold_ms: float, strict: bool) -> list[KeyStroke]:
    strokes: list[KeyStroke] = []
    for i, mark in enumerate(text):
        at = i * gap_ms
        if mark == "\r":
            strokes += _tap(ENTER_PLACE, at, hold_ms, 0, "\r")
        elif mark < " ":
            base = chr(ord(mark) | 0x40).lower()
            strokes += _held(CONTROL_PLACE, CONTROL, _PLACE[base][0], at, hold_ms, mark)
        elif mark in _PLACE:
            place, shifted = _PLACE[mark]
            if shifted and mark != " ":
                strokes += _held(SHIFT_PLACE, SHIFT, place, at, hold_ms, mark)
            else:
                strokes += _tap(place, at, hold_ms, 0, mark)
        elif strict:
            raise ValueError(f"no key types {mark!r}")
        else:
            strokes.append(KeyStroke(at, True, 0, 0, 0, mark))
    return sorted(strokes, key=lambda stroke: stroke.at_ms)


def _tap(place: int, at: float, hold_ms: float, modifiers: int, text: str) -> list[KeyStroke]:
    key = _SPECIAL[place][0] if place in _SPECIAL else ord(PLACES[place][0].upper())
    if modifiers == SHIFT and place not in _SPECIAL:
        key = ord(text.upper())
    down = KeyStroke(at, True, place, key, modifiers, text)
    return [down, KeyStroke(at + hold_ms, False, place, key, modifiers, text)]


def _held(holder: int, modifier: int, place: int, at: float, hold_ms: float, text: str) -> list[KeyStroke]:
    step, key = hold_ms / 4, _SPECIAL[holder][0]
    return [
        KeyStroke(at, True, holder, key, modifier),
        *_tap(place, at + step, hold_ms / 2, modifier, text),
        KeyStroke(at + hold_ms, False, holder, key),
    ]


def send_stroke(window: QWindow, stroke: KeyStroke, stamp_ms: int) -> None:
    """Send one stroke to a window as the window system does: the shortcut question first, then the key."""
    if not stroke.place:
        event = QInputMethodEvent()
        event.setCommitString(stroke.text)
        focused: QObject | None = QGuiApplication.focusObject()
        QCoreApplication.sendEvent(window if focused is None else focused, event)
        return
    if stroke.press:
        question = _event(QEvent.Type.ShortcutOverride, stroke, stamp_ms)
        question.ignore()
        QCoreApplication.sendEvent(window, question)
    kind = QEvent.Type.KeyPress if stroke.press else QEvent.Type.KeyRelease
    QCoreApplication.sendEvent(window, _event(kind, stroke, stamp_ms))


def _event(kind: QEvent.Type, stroke: KeyStroke, stamp_ms: int) -> QKeyEvent:
    offset = SCAN_CODE_OFFSET.get(QGuiApplication.platformName(), XKB_OFFSET)
    held = Qt.KeyboardModifier(stroke.modifiers)
    event = QKeyEvent(kind, stroke.key, held, stroke.place + offset, 0, 0, stroke.text, False, 1)
    event.setTimestamp(stamp_ms)
    return event
