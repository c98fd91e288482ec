"""What stands where there is nothing (yet): what it means and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import label


class Drawing(QWidget):
    """An icon standing alone, in a tone's ink."""

    def __init__(self, look: Look, icon: str, pixels: int, tone: Tone = Tone.NEUTRAL) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._pixels = pixels
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show another icon."""
        self._icon, self._tone = icon, tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._pixels, self._pixels)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._look.colours
        ink = colours.ink_third if self._tone is Tone.NEUTRAL else colours.ink_of(self._tone)
        paint_icon(QPainter(self), QRectF(self.rect()), self._icon, ink)


class EmptyState(QWidget):
    """Icon, sentence, what to do next, and the action that does it."""

    def __init__(self, look: Look, icon: str = "inbox", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Callable[[], None] | None = None
        self._icon = Drawing(look, icon, 40)
        self._sentence = label("", "strong", wrap=True)
        self._next = label("", "small", wrap=True)
        self._button = ActionButton(look, kind=Kind.SECONDARY)
        self._button.clicked.connect(self._act)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        column.setSpacing(Space.SMALL)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(Space.HAIR)
        for text in (self._sentence, self._next):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        column.addSpacing(Space.HAIR)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._button.hide()

    def set_texts(
        self,
        sentence: str,
        next_step: str = "",
        *,
        icon: str = "inbox",
        tone: Tone = Tone.NEUTRAL,
        action: str = "",
        run: Callable[[], None] | None = None,
    ) -> None:
        """Say what is empty and what to do; with `action` and `run` there is a button."""
        self._icon.show_icon(icon, tone)
        self._sentence.setText(sentence)
        self._next.setText(next_step)
        self._next.setVisible(bool(next_step))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._run = run

    def _act(self) -> None:
        if self._run is not None:
            self._run()
