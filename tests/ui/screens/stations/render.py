"""Draws every state of the stations, to be judged by eye: `python -m tests.ui.screens.stations.render DIR`.

One PNG for each scene, in Chinese and English, light and dark, at 100 % (1600 x 1000) and 150 % (a laptop).
`--reference` keeps only what `docs/screenshots/` holds.
"""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication

from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.stations.scenes import SCENES
from tests.ui.screens.stations.stage import Floor, Stage, offline

SIZES = {100: QSize(1600, 1000), 150: QSize(1280, 800), 200: QSize(960, 600)}

REFERENCE = (
    "inbound_start", "inbound_accepted", "inbound_blocked", "inbound_held", "inbound_lot", "inbound_finish",
    "inbound_tray", "inbound_document", "inbound_cards",
    "outbound_start", "outbound_picking", "outbound_complete", "stocktake_blind", "stocktake_finish",
    "lookup_product",
)  # fmt: skip


def draw(app: QApplication, look: Look, name: str, scale: int, path: Path) -> None:
    """Play one scene on a new desk and draw the window."""
    with tempfile.TemporaryDirectory() as folder:
        floor = Floor(Path(folder))
        stage = Stage(app, look, floor.desk("manager"), lambda right: True)
        stage.size = SIZES[scale]
        try:
            SCENES[name](stage, floor)
            offline(stage)
            stage.settle(120)
            save_picture(stage.window, path)
        finally:
            stage.close()
            floor.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def draw_all(asked: Namespace) -> None:
    """Draw all scenes at one scale; the process must have been started with it."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app)
    names = REFERENCE if asked.reference else tuple(SCENES)
    for code, scheme in product(LanguageCode, Scheme):
        if f"{code}-{scheme}" not in asked.kinds.split(","):
            continue
        theme.switch(scheme)
        look = Look(theme, Language(code, ZoneInfo("Asia/Shanghai"), app=app))
        look.language.keep_books("CNY")
        for name in names:
            if asked.only in name:
                suffix = "" if asked.scale == 100 else f"-{asked.scale}"
                draw(app, look, name, asked.scale, asked.folder / f"{name}-{code}-{scheme}{suffix}.png")


def arguments() -> Namespace:
    """Return what was asked for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=int, choices=tuple(SIZES))
    parser.add_argument("--only", default="", help="only scenes whose name contains this")
    parser.add_argument("--kinds", default="zh_CN-light,zh_CN-dark,en-light,en-dark")
    parser.add_argument("--reference", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Draw one scale, or start a process for 100 % and 150 %."""
    asked = arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.scale:
        draw_all(asked)
        return
    for scale in (100,) if asked.reference else (100, 150):
        environment = {**os.environ, "QT_SCALE_FACTOR": str(scale / 100)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        command = [
            sys.executable,
            "-m",
            "tests.ui.screens.stations.render",
            str(asked.folder),
            f"--scale={scale}",
        ]
        command += [f"--only={asked.only}", f"--kinds={asked.kinds}"]
        command += ["--reference"] if asked.reference else []
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
