"""Plays a window by JSON lines: every scan and every key arrives as real key events of the window system.

One line in, one line out, in order; the window's own program does the rest. For the first shift, journeys and
figures. Commands, each answered by {"do": ..., "ok": true, ...} or {"ok": false, "error": ...}:

    {"do": "scan", "text": "9521234567897", "gap_ms": 2}       as a keyboard wedge types it, Enter at the end
    {"do": "press", "key": "F12", "modifiers": ["ctrl"]}        one key, by Qt's name
    {"do": "type", "text": "2078", "gap_ms": 90}                as a person types
    {"do": "shot", "path": "step-1.png"}                        the window as it is
    {"do": "idle", "seconds": 30}                               answers when nothing is under way any more
    {"do": "state"}                                             what the screen says
    {"do": "measure"}                                           figures in the state count from now on
    {"do": "quit"}
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QPainter, QWindow
from PySide6.QtWidgets import QWidget

from merchant_desk.ui.key_strokes import KeyStroke, person_strokes, send_stroke, wedge_strokes

SCAN_GAP_MS = 2
TYPE_GAP_MS = 90
QUIET_CHECKS = 3
"""So often in a row nothing may be under way, with everything painted between, before "idle" is answered."""

CHECK_MS = 10
IDLE_SECONDS = 30.0

MODIFIERS = {
    "ctrl": Qt.KeyboardModifier.ControlModifier,
    "shift": Qt.KeyboardModifier.ShiftModifier,
    "alt": Qt.KeyboardModifier.AltModifier,
    "meta": Qt.KeyboardModifier.MetaModifier,
}

Order = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the player knows of the program that it plays."""

    window: QWidget
    busy: Callable[[], bool]
    state: Callable[[], dict[str, Any]]
    quit: Callable[[], object]
    measure: Callable[[], object] = lambda: None


class StageError(Exception):
    """An order that cannot be carried out."""


class KeyPlayer(QObject):
    """Carries orders out one after another on the window's thread. `answered(dict)` follows each."""

    answered = Signal(object)

    def __init__(self, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._waiting: list[Order] = []
        self._current: Order | None = None
        self._strokes: list[KeyStroke] = []
        self._window: QWindow | None = None
        self._begun_ms = 0
        self._deadline = 0.0
        self._quiet = 0
        self._typing = self._clock(self._type, precise=True)
        self._checking = self._clock(self._check)

    def take(self, order: Order) -> None:
        """Carry an order out, after those before it."""
        self._waiting.append(order)
        if self._current is None:
            self._next()

    def _clock(self, then: Callable[[], None], *, precise: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        if precise:
            timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(then)
        return timer

    def _next(self) -> None:
        while self._current is None and self._waiting:
            self._current = self._waiting.pop(0)
            try:
                self._begin(self._current)
            except (StageError, KeyError, TypeError, ValueError, OSError) as error:
                self._answer(ok=False, error=f"{type(error).__name__}: {error}")

    def _begin(self, order: Order) -> None:
        match order["do"]:
            case "scan":
                self._play(wedge_strokes(str(order["text"]), float(order.get("gap_ms", SCAN_GAP_MS))))
            case "type":
                self._play(person_strokes(str(order["text"]), float(order.get("gap_ms", TYPE_GAP_MS))))
            case "press":
                self._press(str(order["key"]), order.get("modifiers", ()))
            case "shot":
                self._shoot(str(order["path"]))
            case "idle":
                self._deadline = time.monotonic() + float(order.get("seconds", IDLE_SECONDS))
                self._quiet = 0
                self._checking.start(0)
            case "state":
                self._answer(**self._stage.state())
            case "measure":
                self._stage.measure()
                self._answer()
            case "quit":
                self._answer()
                self._stage.quit()
            case other:
                raise StageError(f"no such order: {other}")

    def _answer(self, **facts: Any) -> None:
        order, self._current = self._current, None
        told: Answer = {"do": (order or {}).get("do", ""), "ok": True, **facts}
        if order is not None and "id" in order:
            told["id"] = order["id"]
        self.answered.emit(told)
        if self._waiting:
            QTimer.singleShot(0, self, self._next)

    # -- keys ------------------------------------------------------------------------------------

    def _addressee(self) -> QWindow:
        focused: QWindow | None = QGuiApplication.focusWindow()
        own: QWindow | None = self._stage.window.windowHandle()
        window = own if focused is None else focused
        if window is None:
            raise StageError("there is no window to type into")
        return window

    def _play(self, strokes: Iterable[KeyStroke]) -> None:
        self._strokes = list(strokes)
        self._window = self._addressee()
        self._begun_ms = _now_ms()
        self._typing.start(0)

    def _type(self) -> None:
        window = self._window
        while self._strokes and window is not None and self._begun_ms + self._strokes[0].at_ms <= _now_ms():
            stroke = self._strokes.pop(0)
            send_stroke(window, stroke, self._begun_ms + int(stroke.at_ms))
        if self._strokes:
            self._typing.start(max(0, round(self._begun_ms + self._strokes[0].at_ms - _now_ms())))
        else:
            self._answer()

    def _press(self, key: str, modifiers: Iterable[str]) -> None:
        from PySide6.QtTest import QTest

        sequence = QKeySequence.fromString(key, QKeySequence.SequenceFormat.PortableText)
        if sequence.isEmpty():
            raise StageError(f"no such key: {key}")
        combination = sequence[0]  # type: ignore[index]  # missing in Qt's annotations
        if combination.key() == Qt.Key.Key_unknown:
            raise StageError(f"no such key: {key}")
        held = combination.keyboardModifiers()
        for name in modifiers:
            held |= MODIFIERS[name.casefold()]
        # The whole way of a key, shortcuts included, is only gone through from the window system's side.
        QTest.keyClick(self._addressee(), combination.key(), held)
        self._answer()

    # -- looking ---------------------------------------------------------------------------------

    def _shoot(self, path: str) -> None:
        picture = self._stage.window.grab()
        painter = QPainter(picture)
        for sheet in self._stage.window.findChildren(QWidget):
            if sheet.isWindow() and sheet.isVisible():
                corner = sheet.geometry().topLeft() - self._stage.window.geometry().topLeft()
                painter.drawPixmap(corner, sheet.grab())
        painter.end()
        if not picture.save(path):
            raise StageError(f"cannot write {path}")
        self._answer(path=path)

    def _check(self) -> None:
        self._quiet = 0 if self._stage.busy() else self._quiet + 1
        if self._quiet >= QUIET_CHECKS:
            self._answer()
        elif time.monotonic() > self._deadline:
            self._answer(ok=False, error="still busy")
        else:
            self._checking.start(CHECK_MS)


class LineReader(QObject):
    """Reads orders from standard input in a thread of its own; `ended` when the other side has gone."""

    read = Signal(object)
    ended = Signal()

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, name="player-input", daemon=True).start()

    def _run(self) -> None:
        for line in sys.stdin:
            if not line.strip():
                continue
            try:
                order = json.loads(line)
            except json.JSONDecodeError as error:
                order = {"do": "unreadable", "line": line.strip(), "error": str(error)}
            self.read.emit(order if isinstance(order, dict) else {"do": "unreadable"})
        self.ended.emit()


def write_line(answer: Answer) -> None:
    """Answer on standard output."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def play_window(stage: Stage, parent: QObject) -> KeyPlayer:
    """Play a window by standard input and output from now on."""
    player = KeyPlayer(stage, parent)
    reader = LineReader(player)
    reader.read.connect(player.take, Qt.ConnectionType.QueuedConnection)
    reader.ended.connect(stage.quit, Qt.ConnectionType.QueuedConnection)
    player.answered.connect(write_line)
    reader.start()
    return player


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
