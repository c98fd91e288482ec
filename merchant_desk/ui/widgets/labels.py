"""Text on the screen: plain labels in the type scale, and labels that end in … instead of being cut."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from merchant_desk.ui.theme.tokens import Tone


def label(text: str = "", look: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """Return a label; `look` names a style: title, strong, second, small, third, cap, tile, lead, error."""
    result = QLabel(text, parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if look:
        result.setProperty("look", look)
    return result


def set_tone(widget: QWidget, tone: Tone | None) -> None:
    """Give a label the colour of a tone, or its own colour back."""
    restyle(widget, "tone", tone.value if tone else "")


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def separator(parent: QWidget | None = None, *, upright: bool = False) -> QFrame:
    """Return a hairline."""
    line = QFrame(parent)
    line.setProperty("look", "upright" if upright else "line")
    return line


class ElidedLabel(QLabel):
    """A label of one line that ends in … where it has no room, with the whole text as its tool tip."""

    def __init__(self, text: str = "", look: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if look:
            self.setProperty("look", look)

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(32, super().minimumSizeHint().width()), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        tip = self.text() if shown != self.text() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        flags = self.alignment() | Qt.TextFlag.TextSingleLine
        self._draw(painter, area, int(flags), shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def _draw(self, painter: QPainter, area: QRect, flags: int, shown: str) -> None:
        role = self.foregroundRole()
        self.style().drawItemText(painter, area, flags, self.palette(), self.isEnabled(), shown, role)
