"""Icons: line drawings, coloured from the tokens at the moment of drawing."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from merchant_desk.ui.theme.resources import resource
from merchant_desk.ui.theme.tokens import Size

RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0)
"""Device pixel ratios for which an icon is drawn sharp; others are scaled from the next larger one."""


@lru_cache(maxsize=256)
def svg(name: str) -> str:
    """Return the drawing with `currentColor` for its stroke.

    Raises:
        FileNotFoundError: no icon of that name ships with the program.
    """
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(svg(name).replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, rect: QRectF, name: str, colour: str) -> None:
    """Draw an icon into `rect` (any size and pixel ratio) in a colour given as #RRGGBB."""
    _renderer(name, colour).render(painter, rect)


def icon(name: str, colour: str, pixels: int = Size.ICON) -> QIcon:
    """Return a square icon of `pixels` device-independent pixels in a colour given as #RRGGBB."""
    return QIcon(_drawn(name, colour, pixels))


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, pixels: int) -> QIcon:
    result = QIcon()
    for ratio in RATIOS:
        side = round(pixels * ratio)
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        _renderer(name, colour).render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        result.addPixmap(pixmap)
    return result
