"""Keeps a picture of a window small: it is stored with every clone."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

COLOURS = 128


def save_picture(window: QWidget, path: Path) -> None:
    """Draw a window into a PNG of its most frequent colours; only edges of letters have others.

    Raises:
        OSError: the file could not be written.
    """
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    table = [int(colour) for colour in colours[np.argsort(-counts)[:COLOURS]]]
    flags = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    if not image.convertToFormat(QImage.Format.Format_Indexed8, table, flags).save(str(path), quality=0):
        raise OSError(f"not written: {path}")
