"""Settings of this desk (language, colours, sounds, scanner, lock), and what its outlet's manager decides."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

import merchant_desk
from merchant_desk.models.queries.operation_lists import Place, place
from merchant_desk.models.search import unindexed
from merchant_desk.ui.screens.lists.detail import Fact, FactList
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.choices import LockChoice, LookChoice, SoundChoice
from merchant_desk.ui.screens.settings.key_choice import KeyChoice
from merchant_desk.ui.screens.settings.policy_choice import PolicyChoice
from merchant_desk.ui.screens.settings.scale_choice import ScaleChoice
from merchant_desk.ui.screens.settings.scanner_choice import ScannerChoice
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.window.screens import ScreenContext

SECTIONS = ("look", "sounds", "scanner", "lock", "checks", "scales", "desk")
PLACES = {
    3: {
        "look": (0, 0, 1), "sounds": (0, 1, 1), "lock": (0, 2, 1),
        "checks": (1, 0, 2), "scanner": (1, 2, 1), "scales": (2, 2, 1), "desk": (2, 0, 2),
    },
    2: {
        "look": (0, 0, 1), "sounds": (0, 1, 1), "checks": (1, 0, 2), "scanner": (2, 0, 1), "lock": (2, 1, 1),
        "scales": (3, 1, 1), "desk": (3, 0, 1),
    },
    1: {name: (row, 0, 1) for row, name in enumerate(SECTIONS)},
}  # fmt: skip
"""Row, column and width of each section, by how many stand side by side."""

LEAST_WIDTH = 400
"""Width of a column in device-independent pixels below which there is one column less."""


class SettingsScreen(QWidget):
    """Panels side by side; every change takes effect at once."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._where: Place | None = None
        self._behind = 0
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self._panels = {name: Panel(self._look, " ") for name in SECTIONS}
        self.looks = LookChoice(self._look)
        self.sounds = SoundChoice(self._look, parts.sounds)
        self.scanner = ScannerChoice(self._look, parts.hub)
        self.lock = LockChoice(self._look, parts.idle, demo=parts.desk.runtime.status.demo)
        self.checks = PolicyChoice(parts, context)
        self.scales = ScaleChoice(parts, context)
        self.key = KeyChoice(parts, context)
        self._facts = FactList(self._look, wide=True)
        self._grid = QGridLayout()
        self._across = 0
        own = (self.looks, self.sounds, self.scanner, self.lock)
        sections = (*own, self.checks, self.scales, self._facts)
        for name, section in zip(SECTIONS, sections, strict=True):
            self._panels[name].body.addWidget(section)
            if name == "desk":
                self._panels[name].body.addWidget(self.key)
            self._panels[name].body.addStretch(1)
        self._lay_out()
        lead_focus(self, self.looks.language)
        self._look.language.follow(self, self._write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()
        self.key.read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(max(1, min(max(PLACES), event.size().width() // LEAST_WIDTH)))

    def _read(self) -> None:
        desk = self._parts.desk

        def work() -> tuple[Place | None, int]:
            with desk.read() as connection, connection.begin():
                return place(connection, desk.identity.outlet_id), unindexed(connection)

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, found: tuple[Place | None, int]) -> None:
        self._where, self._behind = found
        self._write()

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        inside = QWidget()
        inside.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.MEDIUM)
        self._place(max(PLACES))
        column.addWidget(scrolled(inside), 1)

    def _place(self, across: int) -> None:
        """Set the sections side by side as far as there is room."""
        if across == self._across:
            return
        self._across = across
        for name, (row, at, columns) in PLACES[across].items():
            self._grid.addWidget(self._panels[name], row, at, 1, columns)
        for at in range(max(PLACES)):
            self._grid.setColumnStretch(at, 1 if at < across else 0)
        for row in range(len(SECTIONS) + 1):
            self._grid.setRowStretch(row, 1 if row == len(SECTIONS) else 0)

    def _write(self) -> None:
        text, desk = self._look.text, self._parts.desk
        self._head.set_texts(text("screen.settings"), text("settings.note"))
        for name, panel in self._panels.items():
            panel.set_title(text(f"settings.{name}"))
        where = self._where
        protected = not desk.runtime.status.demo
        search = (
            text("settings.search_behind", n=self._behind) if self._behind else text("settings.search_ready")
        )
        self._facts.show_facts(
            [
                Fact(text("settings.merchant"), where.merchant if where else "—"),
                Fact(text("settings.outlet"), where.outlet if where else "—"),
                Fact(text("settings.desk_name"), desk.identity.name),
                Fact(text("settings.desk_code"), desk.identity.code),
                Fact(text("settings.server"), desk.identity.server_url),
                Fact(
                    text("settings.protection"),
                    text("settings.protected" if protected else "settings.not_protected"),
                ),
                Fact(text("settings.folder"), str(desk.runtime.profile.folder)),
                Fact(text("settings.search"), search),
                Fact(text("settings.version"), merchant_desk.__version__),
            ]
        )
