"""Chips: a state in a few characters, told by colour and by shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import SHAPES, Colours, Radius, Shape, Size, Space, Tone, Type

PADDING = 8.0
MARK = 9.0
GAP = 5.0

LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

SMALL_SHAPE = 16.0
"""Below this size an octagon would look like a disc: a cross stands for it."""


@dataclass(frozen=True, slots=True)
class ChipText:
    """What a chip says; `marked` draws the tone's shape before it (where the words alone do not say it).

    `solid` is the loud form, for a chip that stands on its own tone's tint.
    """

    text: str
    tone: Tone = Tone.NEUTRAL
    marked: bool = False
    solid: bool = False


def paint_shape(painter: QPainter, centre: QPointF, size: float, shape: Shape, colour: str) -> None:
    """Draw a state's shape: `size` is its height in device-independent pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    half = size / 2
    if shape is Shape.DISC:
        painter.drawEllipse(centre, half, half)
    elif shape is Shape.RING:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, size / 5))
        painter.drawEllipse(centre, half * 0.85, half * 0.85)
    elif shape is Shape.OCTAGON and size < SMALL_SHAPE:
        painter.setPen(QPen(ink, size * 0.27, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        arm = half * 0.72
        painter.drawLine(
            QPointF(centre.x() - arm, centre.y() - arm), QPointF(centre.x() + arm, centre.y() + arm)
        )
        painter.drawLine(
            QPointF(centre.x() - arm, centre.y() + arm), QPointF(centre.x() + arm, centre.y() - arm)
        )
    elif shape is not Shape.NONE:
        painter.drawPolygon(QPolygonF(_corners(shape, centre, half)))
    painter.restore()


def _corners(shape: Shape, centre: QPointF, half: float) -> list[QPointF]:
    if shape is Shape.TRIANGLE:
        points = [(0.0, -1.05), (1.1, 0.9), (-1.1, 0.9)]
    elif shape is Shape.DIAMOND:
        points = [(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]
    else:
        points = [(1.1 * cos(pi / 8 + i * pi / 4), 1.1 * sin(pi / 8 + i * pi / 4)) for i in range(8)]
    return [QPointF(centre.x() + x * half, centre.y() + y * half) for x, y in points]


def chip_size(chip: ChipText) -> QSize:
    """Return the room that a chip needs."""
    marked = chip.marked and SHAPES[chip.tone] is not Shape.NONE
    return QSize(*_chip_size(chip.text, marked=marked))


@lru_cache(maxsize=2_000)
def _chip_size(text: str, *, marked: bool) -> tuple[int, int]:
    metrics = _small_strong()[1]
    width = metrics.horizontalAdvance(text) + 2 * PADDING + (MARK + GAP if marked else 0)
    return int(width + 0.999), max(Size.CHIP, int(metrics.height() + 4))


@lru_cache(maxsize=1)
def _small_strong() -> tuple[QFont, QFontMetricsF]:
    """Return the chips' face and its metrics, which cost more than a chip to make."""
    face = font(Type.SMALL_STRONG)
    return face, QFontMetricsF(face)


def paint_chip(painter: QPainter, rect: QRectF, chip: ChipText, colours: Colours, ground: str = "") -> None:
    """Draw a chip into `rect`; its text ends in … where there is no room. `ground` replaces the tint."""
    ink = colours.panel if chip.solid else colours.ink_of(chip.tone)
    tint = colours.ink_of(chip.tone) if chip.solid else ground or colours.tint_of(chip.tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tint))
    painter.drawRoundedRect(rect, Radius.CHIP, Radius.CHIP)
    inner = rect.adjusted(PADDING, 0, -PADDING, 0)
    if chip.marked and SHAPES[chip.tone] is not Shape.NONE:
        centre = QPointF(inner.left() + MARK / 2, rect.center().y())
        paint_shape(painter, centre, MARK, SHAPES[chip.tone], ink)
        inner.adjust(MARK + GAP, 0, 0, 0)
    small, metrics = _small_strong()
    painter.setFont(small)
    painter.setPen(QColor(ink))
    text = chip.text
    if metrics.horizontalAdvance(text) > inner.width() + 0.5:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
    painter.drawText(inner, LEFT, text)
    painter.restore()


class Chip(QWidget):
    """A chip on a screen."""

    def __init__(self, look: Look, chip: ChipText | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chip = chip or ChipText("")
        self._empty = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_chip(self._chip)

    @property
    def chip(self) -> ChipText:
        """What the chip says."""
        return self._chip

    def show_chip(self, chip: ChipText) -> None:
        """Say something else; an empty text hides the chip."""
        self._chip = chip
        self.setAccessibleName(chip.text)
        if bool(chip.text) is self._empty:
            self._empty = not chip.text
            self.setHidden(self._empty)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return chip_size(self._chip)

    def minimumSizeHint(self) -> QSize:
        hint = chip_size(self._chip)
        return QSize(min(hint.width(), 120), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._chip, self._look.colours)


class ChipRow(QWidget):
    """Chips side by side, drawn in one go: cheap enough to change at every scan."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chips: tuple[ChipText, ...] = ()
        self._raised = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_chips(self, chips: Sequence[ChipText], *, raised: bool = False) -> None:
        """Show other chips; `raised` where the ground is itself a tint."""
        if (tuple(chips), raised) == (self._chips, self._raised):
            return
        self._raised = raised
        self._chips = tuple(chips)
        self.setAccessibleName(", ".join(chip.text for chip in chips))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, chip_size(ChipText("")).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = self._look.colours.panel if self._raised else ""
        left = 0.0
        for chip in self._chips:
            size = chip_size(chip)
            room = min(float(size.width()), self.width() - left)
            if room < 3 * PADDING:
                return
            paint_chip(painter, QRectF(left, 0, room, size.height()), chip, self._look.colours, ground)
            left += size.width() + Space.SMALL
