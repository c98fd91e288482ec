"""Keeps a picture of a window small: it is stored with every clone."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

FLAT = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither


def save_picture(window: QWidget, path: Path) -> None:
    """Draw a window into a PNG of 256 colours: its areas are flat, and nobody sees the difference.

    Raises:
        OSError: the file could not be written.
    """
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if not image.convertToFormat(QImage.Format.Format_Indexed8, FLAT).save(str(path), "PNG", 0):
        raise OSError(f"not written: {path}")
