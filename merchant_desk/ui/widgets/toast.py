"""Notices: short sentences at the window's lower right that go by themselves, or wait for a hand.

A sheet that is open has its buttons there too: while it is, they stand where they hide nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import SHAPES, Radius, Shape, Size, Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import paint_shape
from merchant_desk.ui.widgets.labels import label

SHEET = "sheet"
"""The object name of a sheet over the window: what notices keep clear of."""

WIDTH, NARROW = 360, 220
"""How wide a notice is, and how narrow it may be beside a sheet."""

MOST = 4
"""How many notices stand at once; an older one that would go by itself makes room."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the person. It stays for `seconds`; 0 means until it is dismissed.

    Of one `topic` only the last stands: what happens again and again must not cover the screen.
    """

    text: str
    tone: Tone = Tone.NEUTRAL
    detail: str = ""
    action: str = ""
    run: Callable[[], None] | None = None
    seconds: int = 6
    topic: str = ""


class Toast(QFrame):
    """One notice on the screen."""

    def __init__(self, look: Look, notice: Notice, close: Callable[["Toast"], None]) -> None:
        super().__init__()
        self._look = look
        self.notice = notice
        self._close = close
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.WIDE + Space.HAIR, Space.SMALL, Space.SMALL, Space.SMALL)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 7, 0, 7)
        self._text = label("", "strong" if notice.detail else "", wrap=True)
        self._detail = label("", "small", wrap=True)
        words.addWidget(self._text)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        self._button = ActionButton(look)
        self._button.clicked.connect(self._act)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        self._shut = ActionButton(look, kind=Kind.QUIET, icon="x")
        self._shut.clicked.connect(self.dismiss)
        row.addWidget(self._shut, 0, Qt.AlignmentFlag.AlignTop)
        self.write(notice)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        if notice.seconds:
            self._timer.start(notice.seconds * 1000)

    def write(self, notice: Notice) -> None:
        """Show these words; its time goes on as it was."""
        self.notice = notice
        self._text.setText(notice.text)
        self._detail.setText(notice.detail)
        self._detail.setVisible(bool(notice.detail))
        self._button.setText(notice.action)
        self._button.setVisible(bool(notice.action))
        self._shut.setAccessibleName(self._look.text("toast.close"))
        self._shut.setToolTip(self._look.text("toast.close"))

    def fit(self, width: int) -> int:
        """Take this width and the height that all its lines need there; returns the height.

        A layout asks a widget of fixed size for its hint alone, which knows nothing of the width.
        """
        row = self.layout()
        for words in (self._text, self._detail):
            words.ensurePolished()
        height = self.sizeHint().height() if row is None else max(row.totalHeightForWidth(width), 0)
        self.setFixedSize(width, height)
        return height

    def dismiss(self) -> None:
        """Take the notice away."""
        self._timer.stop()
        self._close(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        painter.setPen(QPen(QColor(colours.field_line), 1))
        painter.setBrush(QColor(colours.panel))
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, Radius.PANEL, Radius.PANEL)
        shape = SHAPES[self.notice.tone]
        shape = Shape.DISC if shape is Shape.NONE else shape
        paint_shape(
            painter, QPointF(19, Space.SMALL + Size.CONTROL / 2), 11, shape, colours.ink_of(self.notice.tone)
        )

    def _act(self) -> None:
        if self.notice.run is not None:
            self.notice.run()
        self.dismiss()


class Notices(QWidget):
    """The stack of notices over `host`; it takes no focus and lets clicks beside it through."""

    def __init__(self, look: Look, host: QWidget, bottom: int = 0) -> None:
        super().__init__(host)
        self._look = look
        self._host = host
        self._bottom = bottom
        self._toasts: list[Toast] = []
        self._makers: dict[Toast, Callable[[], Notice]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.SMALL)
        host.installEventFilter(self)
        look.language.changed.connect(self._speak_again)
        self.hide()

    def say(self, words: Callable[[], Notice]) -> None:
        """Show a notice whose words are asked for again when the language is switched."""
        self._makers[self.show_notice(words())] = words

    def show_notice(self, notice: Notice) -> Toast:
        """Show a notice; the newest stands lowest. It goes when the language is switched: use `say`."""
        for older in [toast for toast in self._toasts if notice.topic and toast.notice.topic == notice.topic]:
            older.dismiss()
        if len(self._toasts) >= MOST:
            passing = next((toast for toast in self._toasts if toast.notice.seconds), self._toasts[0])
            passing.dismiss()
        toast = Toast(self._look, notice, self._drop)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        self.show()
        self.raise_()
        self.place()
        return toast

    def _speak_again(self) -> None:
        """Put what stands into the other language; a passing word that cannot be is gone a moment early."""
        for toast in list(self._toasts):
            words = self._makers.get(toast)
            if words is not None:
                toast.write(words())
            elif toast.notice.seconds:
                toast.dismiss()
        self.place()

    def tell(self, text: str, tone: Tone = Tone.NEUTRAL, detail: str = "") -> None:
        """Show a plain notice; refusals stay until dismissed."""
        self.show_notice(Notice(text, tone, detail, seconds=0 if tone is Tone.REFUSED else 6))

    def withdraw(self, topic: str) -> None:
        """Take away what stands of a topic until it is dismissed: it is true no more."""
        for toast in [one for one in self._toasts if one.notice.topic == topic and not one.notice.seconds]:
            toast.dismiss()

    def notices(self) -> list[Notice]:
        """Return what is shown, oldest first."""
        return [toast.notice for toast in self._toasts]

    def clear(self) -> None:
        """Take all notices away."""
        for toast in list(self._toasts):
            toast.dismiss()

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self._toasts:
            self.place()
        return False

    def _drop(self, toast: Toast) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        self._makers.pop(toast, None)
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        self.setVisible(bool(self._toasts))
        if self._toasts:
            self.place()

    def place(self) -> None:
        """Stand at the lower right; while a sheet is open, where nothing of it is hidden.

        Beside it at the lower left, narrower if need be; where there is no room, at its left all the same:
        the buttons that are asked for an answer stand right.
        """
        if not self._toasts:
            return
        sheets, bottom = self._open_sheets(), self._host.height() - Space.PAGE - self._bottom
        size = self._fit(WIDTH)
        place = QRect(QPoint(self._host.width() - Space.PAGE - WIDTH, bottom - size.height()), size)
        if any(place.intersects(sheet) for sheet in sheets):
            beside = min(sheet.left() for sheet in sheets) - Space.PAGE - Space.SMALL
            size = self._fit(min(beside, WIDTH) if beside >= NARROW else WIDTH)
            place = QRect(QPoint(Space.PAGE, bottom - size.height()), size)
        self.setGeometry(place)

    def _fit(self, width: int) -> QSize:
        """Make all notices so wide, and return the size of the stack."""
        height = self._column.spacing() * (len(self._toasts) - 1)
        for toast in self._toasts:
            height += toast.fit(width)
        self._column.activate()
        return QSize(width, max(height, self._column.sizeHint().height()))

    def _open_sheets(self) -> list[QRect]:
        """Return where sheets are open, seen from the host; wherever in the window they hang."""
        sheets = [one for one in self._host.window().findChildren(QFrame, SHEET) if one.isVisible()]
        return [
            QRect(self._host.mapFromGlobal(sheet.mapToGlobal(QPoint())), sheet.size()) for sheet in sheets
        ]
