"""The filter of all keys: sees each key once, before any widget, and obeys the frame reader."""

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from shiboken6 import isValid

from merchant_desk.ui.scanner.focus_shelter import FocusShelter, answer_none, composition
from merchant_desk.ui.scanner.frame import Captured, Effect, FrameReader, Refused, Replay, Shelter
from merchant_desk.ui.scanner.key_paths import KeyPaths
from merchant_desk.ui.scanner.keymap import Keymap, NativeKey, Role
from merchant_desk.ui.scanner.run import TakesBurst
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.scanner.stroke import NS_PER_MS, Stroke

_OVERRIDE = QEvent.Type.ShortcutOverride
_INPUT_METHOD = QEvent.Type.InputMethod
_QUESTION = QEvent.Type.InputMethodQuery
_WATCHED = frozenset({_OVERRIDE, QEvent.Type.KeyPress, QEvent.Type.KeyRelease, _INPUT_METHOD, _QUESTION})
LATE_MS = 10
"""A timer that is later than this waited for a busy event loop: keys may wait behind it."""
MOST_DELAYS = 25
"""So often at most is a silence put off because the loop was busy."""


@runtime_checkable
class TakesBursts(Protocol):
    """A field into which something is typed as fast as a scanner types: a password manager's work."""

    def takes_burst(self, text: str, end: Terminator) -> bool:
        """Whether a burst is the field's own, and no scan."""
        ...


class WedgeFilter(QObject):
    """Catches what keyboard wedges type and gives back what people type.

    `captured` carries a `frame.Captured`, `refused` a `frame.Refused`; `began` comes with the first key of
    what may become one.

    Args:
        app: the application whose keys are watched.
        settings: of the wedges at this desk.
        monotonic_ns: the clock for arrivals.
    """

    captured = Signal(object)
    refused = Signal(object)
    began = Signal()

    def __init__(
        self,
        app: QApplication,
        settings: ScannerSettings,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._settings = settings
        self._monotonic_ns = monotonic_ns
        self._keymap = Keymap(QGuiApplication.platformName())
        self._reader = FrameReader(settings, self._takes_burst)
        self._shelter = FocusShelter(app)
        self._outbox: deque[QKeyEvent] = deque()
        self._letting_through = False
        self._sheltering = False
        self._window: QWindow | None = None
        self._addressee: QWidget | None = None
        self._record: list[Stroke] | None = None
        self._grace = False
        self._delays = 0
        self._due_ns = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer)
        self._paths = KeyPaths(app, self)

    def close(self) -> None:
        """Stop watching; keys that are still held are given back."""
        self._timer.stop()
        self._paths.close()
        self._obey(self._reader.silence(self._monotonic_ns()))
        self._shelter.leave()

    @property
    def holding(self) -> bool:
        """Whether keys are held back until it is clear what they are."""
        return self._reader.holding or bool(self._outbox)

    def use(self, settings: ScannerSettings) -> None:
        """Read from now on as these settings say; what is held is judged by the old ones first."""
        self._timer.stop()
        self._obey(self._reader.silence(self._monotonic_ns()))
        self._settings = settings
        self._reader = FrameReader(settings, self._takes_burst)

    def record(self) -> None:
        """Keep what is typed for learning instead of acting on it, until `recorded` is asked."""
        self._record = []

    def recorded(self) -> list[Stroke]:
        """Stop keeping and return the key events since `record`."""
        strokes, self._record = self._record or [], None
        return strokes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in _WATCHED:
            return False
        if kind == _INPUT_METHOD:
            self._on_composition(event)
            return False
        if kind == _QUESTION:
            # Qt lets a table take an input method for the sake of typing into it; its editor takes one then.
            return isinstance(watched, QAbstractItemView) and answer_none(event)
        # Every key comes to its window first, and only there exactly once.
        if not (isinstance(watched, QWindow) and isinstance(event, QKeyEvent)):
            return False
        if self._letting_through:
            # A replayed press asks its shortcut question inside the window's widgets, not here.
            self._letting_through = False
            return False
        return self._on_key(watched, event, foreseen=kind == _OVERRIDE)

    # ------------------------------------------------------------------ keys

    def _on_key(self, window: QWindow, event: QKeyEvent, *, foreseen: bool) -> bool:
        self._flush()
        stroke = self._stroke(event)
        if self._record is not None:
            if not foreseen:
                self._record.append(stroke)
            # Escape and the like are a person's, who must be able to leave.
            taken = stroke.meaning.role is not Role.OTHER
            event.setAccepted(taken)
            return taken
        idle = not self._reader.holding
        reaction = self._reader.foresee(stroke) if foreseen else self._reader.feed(stroke)
        self._obey(reaction.effects)
        if reaction.passes:
            self._watch_silence(rearm=False)
            return False
        if idle and self._reader.holding:
            self.began.emit()
        if idle or self._window is None:
            self._window, self._addressee = window, self._app.focusWidget()
        if not foreseen:
            self._watch_silence(rearm=stroke.press)
        event.accept()
        return True

    def _stroke(self, event: QKeyEvent) -> Stroke:
        native = NativeKey(
            key=int(event.key()),
            modifiers=event.modifiers().value,
            text=event.text(),
            scan_code=event.nativeScanCode(),
            virtual_key=event.nativeVirtualKey(),
        )
        return Stroke(
            press=event.type() != QEvent.Type.KeyRelease,
            code=self._keymap.identity(native),
            meaning=self._keymap.read(native),
            at_ms=event.timestamp(),
            arrived_ns=self._monotonic_ns(),
            repeat=event.isAutoRepeat(),
            token=event.clone(),
        )

    def _on_composition(self, event: QEvent) -> None:
        if self._sheltering:
            return
        self._obey(self._reader.disturb(*composition(event), self._monotonic_ns()))
        self._watch_silence(rearm=False)

    # ------------------------------------------------------------------ silence

    def _watch_silence(self, *, rearm: bool) -> None:
        """Wait for the next key: anew after each press, and not at all when nothing is held."""
        if not self._reader.holding:
            self._timer.stop()
        elif rearm or not self._timer.isActive():
            self._delays = 0
            self._wait(self._reader.wait_ms, grace=False)

    def _wait(self, milliseconds: int, *, grace: bool) -> None:
        self._grace = grace
        self._due_ns = self._monotonic_ns() + milliseconds * NS_PER_MS
        self._timer.start(milliseconds)

    def _on_timer(self) -> None:
        now_ns = self._monotonic_ns()
        late = now_ns - self._due_ns > LATE_MS * NS_PER_MS
        if not self._grace or (late and self._delays < MOST_DELAYS):
            self._delays += 1
            self._wait(self._settings.grace_ms, grace=True)
            return
        self._obey(self._reader.silence(now_ns))
        self._watch_silence(rearm=True)

    # ------------------------------------------------------------------ effects

    def _obey(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Replay(tokens):
                    self._outbox.extend(tokens)
                    self._flush()
                case Shelter():
                    self._shelter_focus(effect)
                case Captured():
                    self.captured.emit(effect)
                case Refused():
                    self.refused.emit(effect)

    def _shelter_focus(self, effect: Shelter) -> None:
        self._sheltering = True
        try:
            if not effect.on:
                self._shelter.leave()
            elif self._shelter.enter(commit=effect.commit):
                self._reader.be_wary()
        finally:
            self._sheltering = False

    def _flush(self) -> None:
        """Replay what waits. A key may open a dialog whose loop runs inside: the rest goes on there."""
        moved = self._addressee is not self._app.focusWidget()
        while self._outbox:
            event = self._outbox.popleft()
            if self._outbox:
                QTimer.singleShot(0, self, self._flush)
            addressee = self._addressee
            window = self._receiver()
            if addressee is not None and isValid(addressee) and (moved or _blocked(addressee)):
                # The focus went elsewhere meanwhile; what was typed belongs where it was.
                QCoreApplication.sendEvent(addressee, event)
            elif window is not None:
                self._letting_through = True
                QCoreApplication.sendEvent(window, event)
                self._letting_through = False

    def _takes_burst(self) -> TakesBurst | None:
        focused: object = self._app.focusWidget()
        return focused.takes_burst if isinstance(focused, TakesBursts) else None

    def _receiver(self) -> QWindow | None:
        window = self._window
        if window is not None and isValid(window) and window.isVisible():
            return window
        return QGuiApplication.focusWindow()


def _blocked(widget: QWidget) -> bool:
    """Whether a modal dialog keeps keys from the widget's window."""
    modal = QApplication.activeModalWidget()
    return modal is not None and widget.window() is not modal
