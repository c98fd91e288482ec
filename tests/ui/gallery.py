"""Draws every part of the look with sample data, to be looked at: `python -m tests.ui.gallery FOLDER`.

One PNG for each scene, in Chinese and English, light and dark, at 100, 150 and 200 %. The scale factor is
read when Qt starts, so each scale is a process of its own.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from itertools import product
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from merchant_desk.ui.background import ImmediateRunner
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import Scheme
from merchant_desk.ui.window.window import DeskWindow
from tests.ui.samples.scenes import SCENES, sample_window
from tests.ui.samples.words import sample_language

SIZES = {100: QSize(1600, 1000), 150: QSize(1280, 800), 200: QSize(960, 600)}
"""Device-independent size of the window at each scale: a large screen, a laptop, a small laptop."""


def render(window: DeskWindow, path: Path) -> None:
    """Draw a window into a file."""
    QApplication.processEvents()
    window.grab().save(str(path))


def draw_all(folder: Path, scale: int, only: str) -> None:
    """Draw all scenes at one scale; the process must have been started with it."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app)
    for code, scheme in product(LanguageCode, Scheme):
        theme.switch(scheme)
        look = Look(theme, sample_language(code, app))
        for name, show in SCENES.items():
            if only and only not in name:
                continue
            window = sample_window(look, ImmediateRunner())
            window.resize(SIZES[scale])
            window.show()
            keep: QWidget | None = show(window)
            render(window, folder / f"{name}-{code}-{scheme}-{scale}.png")
            if keep is not None:
                keep.close()
            window.close()
            window.deleteLater()
            QApplication.processEvents()


def arguments() -> Namespace:
    """Return what was asked for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=int, choices=tuple(SIZES))
    parser.add_argument("--only", default="", help="only scenes whose name contains this")
    return parser.parse_args()


def main() -> None:
    """Draw one scale, or start a process for each."""
    asked = arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.scale:
        draw_all(asked.folder, asked.scale, asked.only)
        return
    for scale in SIZES:
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale / 100)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        command = [sys.executable, "-m", "tests.ui.gallery", str(asked.folder), f"--scale={scale}"]
        subprocess.run([*command, f"--only={asked.only}"], env=environment, check=True)


if __name__ == "__main__":
    main()
