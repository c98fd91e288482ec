"""The code that is to be scanned now, drawn to be scanned from the screen; what is typed at it is kept."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.documents.symbols import Matrix, Symbol
from merchant_desk.ui.printing.ink import INK, PAPER, paint_symbol
from merchant_desk.ui.scanner.settings import GS
from merchant_desk.ui.scanner.trial import Typed
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Type
from merchant_desk.ui.widgets.buttons import paint_focus

MODULE = 3
"""Pixels of the narrowest bar on the screen."""
SILENCE_MS = 500
"""So long nothing comes behind what was typed."""
LEAST_TYPED = 3
MARGIN = 24
HEIGHT = 190
_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


class TrialField(QWidget):
    """Has the focus while a scanner is tried; `typed(Typed)` follows what was no scan to the desk.

    It takes an input method as any field does: what one eats of a scan is to be seen here.
    """

    typed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._symbol: Symbol | Matrix | None = None
        self._text = ""
        self._gap_ms = self._last_ms = 0
        self._composed = False
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(SILENCE_MS)
        self._silence.timeout.connect(lambda: self._give(entered=False))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_symbol(self, symbol: Symbol | Matrix | None, name: str) -> None:
        """Show a code, or nothing; what is being typed at the same code goes on."""
        if symbol != self._symbol:
            self._forget()
        self._symbol = symbol
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    # -- what is typed ---------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Tab leaves the field, but behind characters it may be what the scanner ends with.
        if self._text and event.type() == QEvent.Type.KeyPress and _ends(event):
            self._give(entered=True)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        text = GS if control and key == Qt.Key.Key_BracketRight else event.text()
        if key in _ENDS:
            return
        if not text or (text < " " and text != GS):
            super().keyPressEvent(event)
            return
        if self._text:
            self._gap_ms = max(self._gap_ms, event.timestamp() - self._last_ms)
        self._last_ms = event.timestamp()
        self._text += text
        self._silence.start()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.commitString() or event.preeditString():
            self._text += event.commitString()
            self._composed = True
            self._silence.start()
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._forget()

    def _give(self, *, entered: bool) -> None:
        found = Typed(self._text, self._gap_ms, entered, self._composed)
        self._forget()
        if len(found.text) >= LEAST_TYPED or found.composed:
            self.typed.emit(found)

    def _forget(self) -> None:
        self._silence.stop()
        self._text, self._gap_ms, self._composed = "", 0, False

    # -- what is drawn ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        place = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        # Scanners read dark bars on light ground, in dark colours too.
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(PAPER))
        painter.drawRoundedRect(place, Radius.PANEL, Radius.PANEL)
        if self.hasFocus():
            paint_focus(painter, place, colours)
        if self._symbol is None:
            return
        bars = place.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - 28)
        paint_symbol(painter, bars, self._symbol, MODULE)
        painter.setPen(QColor(INK))
        painter.setFont(font(Type.TEXT))
        below = QRectF(place.left(), bars.bottom() + 4, place.width(), 28)
        said = self._symbol.text.replace(GS, " ⟨GS⟩ ")
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), said)


def _ends(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() in _ENDS
