"""Scanners and people for tests: key events with native scan codes and stamps, sent to the window handle.

A plan is a list of `KeyPlan`: what a keyboard does and when. `strokes` turns it into the pure reader's input,
`Typist` sends it to a window as the window system would, in real time.
"""

import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow

from merchant_desk.ui.scanner.keymap import (
    ALT,
    CONTROL,
    KEYPAD,
    PLACES,
    SHIFT,
    XKB_OFFSET,
    Keymap,
    NativeKey,
)
from merchant_desk.ui.scanner.stroke import NS_PER_MS, Stroke

GS = "\x1d"
STX = "\x02"
ENTER_PLACE, TAB_PLACE, F8_PLACE, BACKSPACE_PLACE, LEFT_PLACE, ESCAPE_PLACE = 28, 15, 66, 14, 105, 1
SHIFT_PLACE, CONTROL_PLACE, ALT_PLACE = 42, 29, 56
KEYPAD_PLACE = dict(zip("7894561230", (71, 72, 73, 75, 76, 77, 79, 80, 81, 82), strict=True))
_PLACE = {mark: (place, shifted) for place, pair in PLACES.items() for shifted, mark in enumerate(pair)}
_SPECIAL = {
    ENTER_PLACE: (Qt.Key.Key_Return, "\r"),
    TAB_PLACE: (Qt.Key.Key_Tab, "\t"),
    F8_PLACE: (Qt.Key.Key_F8, ""),
    BACKSPACE_PLACE: (Qt.Key.Key_Backspace, "\b"),
    LEFT_PLACE: (Qt.Key.Key_Left, ""),
    ESCAPE_PLACE: (Qt.Key.Key_Escape, "\x1b"),
    SHIFT_PLACE: (Qt.Key.Key_Shift, ""),
    CONTROL_PLACE: (Qt.Key.Key_Control, ""),
    ALT_PLACE: (Qt.Key.Key_Alt, ""),
}
_MODIFIER = {SHIFT_PLACE: SHIFT, CONTROL_PLACE: CONTROL, ALT_PLACE: ALT}


class GsForm(Enum):
    """How a wedge types the separator."""

    CONTROL_BRACKET = "ctrl+]"
    F8 = "f8"
    ALT_029 = "alt+029"
    ALT_0029 = "alt+0029"
    CHARACTER = "0x1d"


class Host(Enum):
    """The layout that the computer is set to: what it makes of a US keyboard's places."""

    US = ("", "")
    GERMAN = ("yYzZ-=;'[]\\/", "zZyY\u00df\u00b4\u00f6\u00e4\u00fc+#-")
    FRENCH = ("aAqQzZwW1234567890;", "qQaAwWzZ&\u00e9\"'(-\u00e8_\u00e7\u00e0m")

    def char(self, mark: str) -> str:
        """Return what this layout types where a US keyboard types `mark`."""
        return mark.translate(str.maketrans(*self.value))


@dataclass(frozen=True)
class KeyPlan:
    """One key event: when (milliseconds from the start), which place, and what the computer makes of it."""

    at_ms: float
    press: bool
    place: int
    key: int
    modifiers: int = 0
    text: str = ""
    repeat: bool = False

    @property
    def scan_code(self) -> int:
        """The native scan code on X11 and Wayland; 0 for a key without a place."""
        return self.place + XKB_OFFSET if self.place else 0


Plan = list[KeyPlan]


@dataclass(frozen=True)
class Keyboard:
    """A keyboard-wedge scanner, or a person's keyboard.

    Args:
        key_ms: from key to key.
        hold_ms: how long a key stays down; half of `key_ms` where None.
        gs: how the separator is typed.
        host: the computer's layout; the keyboard itself types US places.
        caps: whether Caps Lock is on.
    """

    key_ms: float = 2
    hold_ms: float | None = None
    gs: GsForm = GsForm.CONTROL_BRACKET
    host: Host = Host.US
    caps: bool = False

    def plan(self, text: str, start_ms: float = 0) -> Plan:
        """Return the key events of a text; control characters other than Enter and Tab are Ctrl+key."""
        events: Plan = []
        at = start_ms
        for mark in text:
            events += self._mark(mark, at)
            at += self.key_ms
        return sorted(events, key=lambda event: event.at_ms)

    @property
    def _hold(self) -> float:
        return self.key_ms / 2 if self.hold_ms is None else self.hold_ms

    def _mark(self, mark: str, at: float) -> Plan:
        if mark == "\r":
            return self._tap(ENTER_PLACE, at)
        if mark == "\t":
            return self._tap(TAB_PLACE, at)
        if mark == GS and self.gs is not GsForm.CONTROL_BRACKET:
            return self._separator(at)
        if mark < " ":
            base = chr(ord(mark) | 0x40).lower()
            return self._with(CONTROL_PLACE, _PLACE[base][0], at, text=mark)
        place, shifted = _PLACE[mark]
        return self._with(SHIFT_PLACE, place, at) if shifted and mark != " " else self._tap(place, at)

    def _separator(self, at: float) -> Plan:
        if self.gs is GsForm.F8:
            return self._tap(F8_PLACE, at)
        if self.gs is GsForm.CHARACTER:
            return [KeyPlan(at, True, 0, 0, 0, GS), KeyPlan(at + self._hold, False, 0, 0, 0, GS)]
        digits = "029" if self.gs is GsForm.ALT_029 else "0029"
        step = self.key_ms / (len(digits) + 2)
        events = [KeyPlan(at, True, ALT_PLACE, Qt.Key.Key_Alt, ALT)]
        for i, digit in enumerate(digits):
            place, key = KEYPAD_PLACE[digit], ord(digit)
            down = at + step * (i + 1)
            events.append(KeyPlan(down, True, place, key, ALT | KEYPAD, digit))
            events.append(KeyPlan(down + step / 2, False, place, key, ALT | KEYPAD, digit))
        return [*events, KeyPlan(at + step * (len(digits) + 1), False, ALT_PLACE, Qt.Key.Key_Alt)]

    def _tap(self, place: int, at: float, modifiers: int = 0, text: str | None = None) -> Plan:
        press = self._event(at, True, place, modifiers, text)
        return [press, replace(press, at_ms=at + self._hold, press=False)]

    def _with(self, modifier: int, place: int, at: float, text: str | None = None) -> Plan:
        flag, key = _MODIFIER[modifier], int(_SPECIAL[modifier][0])
        step = self._hold / 4
        press = self._event(at + step, True, place, flag, text)
        return [
            KeyPlan(at, True, modifier, key, flag),
            press,
            replace(press, at_ms=press.at_ms + self._hold, press=False),
            KeyPlan(at + 5.5 * step, False, modifier, key),
        ]

    def _event(self, at: float, press: bool, place: int, modifiers: int, text: str | None) -> KeyPlan:
        if place in _SPECIAL:
            key, typed = _SPECIAL[place]
            return KeyPlan(at, press, place, int(key), modifiers, typed if text is None else text)
        mark = self.host.char(PLACES[place][bool(modifiers & SHIFT)])
        if self.caps and mark.isalpha() and len(mark.swapcase()) == 1:
            mark = mark.swapcase()
        key_code = ord(mark.upper()) if mark.isascii() else ord(mark[0])
        return KeyPlan(at, press, place, key_code, modifiers, mark if text is None else text)

    def tap(self, place: int, start_ms: float = 0, modifiers: int = 0) -> Plan:
        """Return the press and release of one key by its place."""
        return self._tap(place, start_ms, modifiers)


HUMAN = Keyboard(key_ms=110, hold_ms=75)
FAST_HUMAN = Keyboard(key_ms=60, hold_ms=70)


def together(*plans: Iterable[KeyPlan]) -> Plan:
    """Return what several keyboards do at once, as the computer sees it."""
    return sorted((event for plan in plans for event in plan), key=lambda event: event.at_ms)


def shifted(plan: Iterable[KeyPlan], by_ms: float) -> Plan:
    """Return a plan that starts later."""
    return [replace(event, at_ms=event.at_ms + by_ms) for event in plan]


def strokes(plan: Sequence[KeyPlan], platform: str = "xcb", base_ms: int = 10_000) -> list[Stroke]:
    """Return a plan as the pure reader's input; the token of each is its index."""
    keymap = Keymap(platform)
    found = []
    for i, event in enumerate(plan):
        native = NativeKey(event.key, event.modifiers, event.text, event.scan_code)
        at = base_ms + int(event.at_ms)
        code, meaning = keymap.identity(native), keymap.read(native)
        found.append(Stroke(event.press, code, meaning, at, at * NS_PER_MS, event.repeat, i))
    return found


class _Deliver(QEvent):
    """Carries one key event from a typist's thread to the window's thread."""

    TYPE = QEvent.Type(QEvent.registerEventType())

    def __init__(self, event: KeyPlan, stamp_ms: int) -> None:
        super().__init__(self.TYPE)
        self.plan = event
        self.stamp_ms = stamp_ms


class Typist(QObject):
    """Sends plans to a window as the window system does: the shortcut question first, then the press.

    Stamps are those of the plan, as hardware gives them; a busy computer only delivers later, by `lag_ms`
    after its event loop comes to it.
    """

    done = Signal()

    def __init__(self, window: QWindow, parent: QObject | None = None, lag_ms: int = 0) -> None:
        super().__init__(parent)
        self.window = window
        self._lag_ms = lag_ms
        self._plan: list[KeyPlan] = []
        self._last: KeyPlan | None = None
        self._begun_ms = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._type)
        self._thread: threading.Thread | None = None

    def start(self, plan: Sequence[KeyPlan]) -> None:
        """Begin a plan; it goes on while the event loop runs."""
        self._plan = list(plan)
        self._last = self._plan[-1]
        self._begun_ms = _now_ms()
        self._timer.start(0)

    def start_beside(self, plan: Sequence[KeyPlan]) -> threading.Thread:
        """Begin a plan in a thread: keys are stamped in time though the window's thread be busy."""
        begun = _now_ms()

        def run() -> None:
            for event in plan:
                wait = begun + event.at_ms - _now_ms()
                if wait > 0:
                    time.sleep(wait / 1000)
                QCoreApplication.postEvent(self, _Deliver(event, begun + int(event.at_ms)))

        thread = threading.Thread(target=run, name="typist")
        thread.start()
        return thread

    def type(self, bot: Any, plan: Sequence[KeyPlan], settle_ms: int = 0) -> None:
        """Type a plan and wait until it is done, and `settle_ms` longer."""
        with bot.waitSignal(self.done, timeout=int(plan[-1].at_ms) + 10_000):
            self.start(plan)
        if settle_ms:
            settle(bot, settle_ms)

    def _type(self) -> None:
        event = self._plan.pop(0)
        # The next key is on its way before this one is sent: a dialog may open inside.
        if self._plan:
            due = self._begun_ms + self._plan[0].at_ms - _now_ms()
            self._timer.start(max(0, round(due)))
        self._send(event, self._begun_ms + int(event.at_ms))
        if event is self._last:
            self.done.emit()

    def customEvent(self, event: QEvent) -> None:
        if not isinstance(event, _Deliver):
            return
        if not self._lag_ms:
            self._send(event.plan, event.stamp_ms)
            return
        plan, stamp_ms = event.plan, event.stamp_ms
        QTimer.singleShot(self._lag_ms, self, lambda: self._send(plan, stamp_ms))

    def _send(self, event: KeyPlan, stamp_ms: int) -> None:
        send(self.window, event, stamp_ms)


def send(window: QWindow, event: KeyPlan, stamp_ms: int) -> None:
    """Send one key event to a window handle, as the window system does."""
    if event.press and not event.repeat:
        question = _qt_event(QEvent.Type.ShortcutOverride, event, stamp_ms)
        question.ignore()
        QCoreApplication.sendEvent(window, question)
    kind = QEvent.Type.KeyPress if event.press else QEvent.Type.KeyRelease
    QCoreApplication.sendEvent(window, _qt_event(kind, event, stamp_ms))


def _qt_event(kind: QEvent.Type, event: KeyPlan, stamp_ms: int) -> QKeyEvent:
    made = QKeyEvent(
        kind,
        event.key,
        Qt.KeyboardModifier(event.modifiers),
        event.scan_code,
        0,
        0,
        event.text,
        event.repeat,
        1,
    )
    made.setTimestamp(stamp_ms)
    return made


def settle(bot: Any, milliseconds: int) -> None:
    """Let the event loop run for a while: what must not happen gets its chance to."""
    timer = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
    with bot.waitSignal(timer.timeout, timeout=milliseconds + 10_000):
        timer.start(milliseconds)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class SerialLine:
    """A serial scanner on a pseudo-terminal, plugged in at a path; bytes are written as its scanner would."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master = self._slave = -1
        self.plug()

    def plug(self) -> None:
        """Plug the scanner in at its path."""
        self._master, self._slave = os.openpty()
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Pull the plug."""
        self.path.unlink(missing_ok=True)
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1

    def send(self, data: bytes) -> None:
        """Send bytes."""
        os.write(self._master, data)
