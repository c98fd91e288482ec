"""Buttons that carry their key: the same look everywhere, primary, secondary, quiet or dangerous."""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Colours, Radius, Size, Type, TypeStyle
from merchant_desk.ui.widgets.keys import key_cap_size, key_text, paint_key_cap


class Kind(StrEnum):
    """How loud a button is; one primary button on a screen."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"


class ActionButton(QPushButton):
    """A button with an optional icon before and key cap after its text.

    The key cap only shows the key; the key itself belongs to an action (`ui.actions`).
    """

    def __init__(
        self,
        look: Look,
        text: str = "",
        *,
        kind: Kind = Kind.SECONDARY,
        key: str = "",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = look
        self._kind = kind
        self._key = key_text(key) if key else ""
        self._icon = icon
        self._style: TypeStyle = Type.TEXT
        self.setFont(font(self._style))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def kind(self) -> Kind:
        """How loud the button is."""
        return self._kind

    def set_kind(self, kind: Kind) -> None:
        """Make the button louder or quieter."""
        self._kind = kind
        self.update()

    def set_key(self, key: str) -> None:
        """Show another key on the cap; empty for none."""
        self._key = key_text(key) if key else ""
        self.updateGeometry()
        self.update()

    def set_icon_name(self, icon: str) -> None:
        """Show another icon; empty for none."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        width = sum(self._parts()) + 2 * (14 if self.text() else 8)
        return QSize(int(width + 0.999), max(Size.CONTROL, int(metrics.height() + 12)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _parts(self) -> list[float]:
        """Return the widths of icon, text and key cap, gaps included."""
        text = QFontMetricsF(self.font()).horizontalAdvance(self.text()) if self.text() else 0.0
        icon = 16.0 + (7.0 if self.text() else 0.0) if self._icon else 0.0
        key = key_cap_size(self._key).width() + 8.0 if self._key else 0.0
        return [icon, text, key]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, line, ink = self._colours(self._look.colours)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(line), 1) if line else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, Radius.CONTROL, Radius.CONTROL)
        self._draw_content(painter, ink)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), self._look.colours, inset=self._kind is Kind.PRIMARY)

    def _draw_content(self, painter: QPainter, ink: str) -> None:
        icon, text, key = self._parts()
        middle = self.height() / 2
        left = (self.width() - icon - text - key) / 2
        if self._icon:
            paint_icon(painter, QRectF(left, middle - 8, 16, 16), self._icon, ink)
            left += icon
        painter.setPen(QColor(ink))
        painter.setFont(self.font())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
        painter.drawText(QRectF(left, 0, text + 2, self.height()), int(flags), self.text())
        if self._key:
            size = key_cap_size(self._key)
            corner = QPointF(left + text + 8, middle - size.height() / 2)
            line = ink if self._kind is Kind.PRIMARY else self._look.colours.field_line
            cap_ink = ink if self._kind is Kind.PRIMARY else self._look.colours.ink_second
            paint_key_cap(painter, QRectF(corner, QSizeF(size)), self._key, cap_ink, line)

    def _colours(self, c: Colours) -> tuple[str, str, str]:
        """Return ground, border and ink for the state the button is in."""
        hover, down = self.underMouse() and self.isEnabled(), self.isDown() or self.isChecked()
        if not self.isEnabled():
            return c.background, c.line, c.ink_third
        if self._kind is Kind.PRIMARY:
            ground = c.accent_pressed if down else c.accent_hover if hover else c.accent
            return ground, "", c.on_accent
        if self._kind is Kind.DANGER:
            return (c.refused_tint if hover or down else c.panel), c.refused, c.refused
        if self._kind is Kind.QUIET:
            return (c.neutral_tint if hover or down else ""), "", c.ink_second
        return (c.neutral_tint if down else c.hover if hover else c.panel), c.field_line, c.ink


def paint_focus(
    painter: QPainter, rect: QRectF, colours: Colours, *, inset: bool = False, radius: float = Radius.CONTROL
) -> None:
    """Draw the keyboard focus ring along a control's edge; `inset` on a control in the accent colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.accent), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius - 0.5, radius - 0.5)
    if inset:
        painter.setPen(QPen(QColor(colours.on_accent), 1.5))
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), radius - 2.5, radius - 2.5)
    painter.restore()
