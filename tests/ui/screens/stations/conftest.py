"""A floor with goods, and windows with stations on its desks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication

from merchant_desk.desk import Desk
from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.ui.screens.stations.stage import Floor, Stage

MANAGER = frozenset({"product_draft", "reverse", "approve_count"})
Stages = Callable[..., Stage]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A shop with seven products, three deliveries and twelve shelves."""
    made = Floor(tmp_path)
    yield made
    made.close()


@pytest.fixture
def stage(qapp: QApplication, floor: Floor) -> Iterator[Stages]:
    """Open a window: `stage("inbound")`, of a worker or a manager, at a new desk or at `desk`."""
    theme = Theme(qapp)
    opened: list[Stage] = []

    def make(
        station: str = "",
        *,
        login: str = "worker",
        desk: Desk | None = None,
        language: LanguageCode = LanguageCode.CHINESE,
    ) -> Stage:
        rights = MANAGER if login == "manager" else MANAGER & {"product_draft"}
        look = Look(theme, Language(language, ZoneInfo("Asia/Shanghai")))
        look.language.keep_books("CNY")
        made = Stage(qapp, look, desk or floor.desk(login), rights.__contains__)
        opened.append(made)
        return made.open(station) if station else made

    yield make
    for made in opened:
        if not made.closed:
            made.close()
    qapp.setStyleSheet("")
    theme.deleteLater()
