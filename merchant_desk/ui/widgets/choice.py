"""A large button for one of a few ways to go on: what it is, and what comes of it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Space, Type
from merchant_desk.ui.widgets.buttons import paint_focus

ICON = 24.0
LEFT = Space.LARGE + ICON + Space.LARGE
WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class ChoiceButton(QAbstractButton):
    """Icon, title and a sentence. Enter or a click takes it; arrows go to the next one."""

    def __init__(self, look: Look, icon: str) -> None:
        super().__init__()
        self._look, self._icon = look, icon
        self._detail = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_texts(self, title: str, detail: str) -> None:
        """Say what it is, and what comes of it."""
        self.setText(title)
        self._detail = detail
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        title = QFontMetricsF(font(Type.STRONG)).height()
        room = QRectF(0, 0, max(40.0, width - LEFT - Space.LARGE), 1_000)
        detail = QFontMetricsF(font(Type.SMALL)).boundingRect(room, WRAPPED, self._detail).height()
        return int(title + detail + 2 * Space.MEDIUM + Space.HAIR + 1)

    def sizeHint(self) -> QSize:
        return QSize(440, self.heightForWidth(440))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(key == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(colours.field_line), 1))
        painter.setBrush(QColor(colours.accent_tint if lit else colours.panel))
        painter.drawRoundedRect(rect, Radius.PANEL, Radius.PANEL)
        top = float(Space.MEDIUM)
        icon = QRectF(Space.LARGE, (self.height() - ICON) / 2, ICON, ICON)
        paint_icon(painter, icon, self._icon, colours.accent)
        room = self.width() - LEFT - Space.LARGE
        painter.setFont(font(Type.STRONG))
        painter.setPen(QColor(colours.ink))
        high = QFontMetricsF(painter.font()).height()
        painter.drawText(QRectF(LEFT, top, room, high), WRAPPED, self.text())
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(colours.ink_second))
        painter.drawText(
            QRectF(LEFT, top + high + Space.HAIR, room, float(self.height())), WRAPPED, self._detail
        )
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), colours, radius=Radius.PANEL)
