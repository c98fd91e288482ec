"""Keeps a picture of a window small: it is stored with every clone."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

COLOURS = 128


def save_picture(window: QWidget, path: Path, dialog: QWidget | None = None) -> None:
    """Draw a window into a PNG of its most frequent colours; only edges of letters have others.

    A dialog is a window of its own: it is drawn over the middle, where a window system puts it.

    Raises:
        OSError: the file could not be written.
    """
    drawn = window.grab()
    if dialog is not None:
        over = dialog.grab()
        corner = window.rect().center() - dialog.rect().center()
        with QPainter(drawn) as painter:
            painter.drawPixmap(corner, over)
            painter.setPen(QColor("#808080"))
            painter.drawRect(dialog.rect().translated(corner).adjusted(-1, -1, 0, 0))
    image = drawn.toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    table = [int(colour) for colour in colours[np.argsort(-counts)[:COLOURS]]]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    if not image.convertToFormat(QImage.Format.Format_Indexed8, table, flags).save(str(path), quality=0):
        raise OSError(f"not written: {path}")
