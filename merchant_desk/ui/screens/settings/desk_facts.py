"""Whose desk this is, where its data and its key are: facts, not settings."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

import merchant_desk
from merchant_desk.models.queries.operation_lists import Place, place
from merchant_desk.models.search import unindexed
from merchant_desk.ui.screens.lists.detail import Fact, FactList
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.copy_choice import CopyChoice
from merchant_desk.ui.screens.settings.key_choice import KeyChoice
from merchant_desk.ui.screens.settings.server_place import ServerPlace
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext


class DeskFacts(QWidget):
    """A panel with the facts, and what can be done about the key."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._where: Place | None = None
        self._behind = 0
        self._panel = Panel(self._look, " ")
        self._facts = FactList(self._look, wide=True)
        self.key = KeyChoice(parts, context)
        self._panel.body.addWidget(self._facts)
        self.place = ServerPlace(parts, context, self.read)
        self._panel.body.addWidget(self.place)
        self.copy = CopyChoice(parts, context)
        self._panel.body.addWidget(self.key)
        self._panel.body.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)
        column.addStretch(1)
        self._look.language.follow(self, self._write)

    def read(self) -> None:
        """Read again, in the background."""
        desk = self._parts.desk

        def work() -> tuple[Place | None, int]:
            with desk.read() as connection, connection.begin():
                return place(connection, desk.identity.outlet_id), unindexed(connection)

        self._context.runner.run(work, self._take, owner=self)
        self.key.read()
        self.place.write()

    def _take(self, found: tuple[Place | None, int]) -> None:
        self._where, self._behind = found
        self._write()

    def _write(self) -> None:
        text, desk, where = self._look.text, self._parts.desk, self._where
        protected = "settings.not_protected" if desk.runtime.status.demo else "settings.protected"
        search = "settings.search_behind" if self._behind else "settings.search_ready"
        self._panel.set_title(text("settings.desk"))
        self._facts.show_facts(
            [
                Fact(text("settings.merchant"), where.merchant if where else "—"),
                Fact(text("settings.outlet"), where.outlet if where else "—"),
                Fact(text("settings.desk_name"), desk.identity.name),
                Fact(text("settings.desk_code"), desk.identity.code),
                Fact(text("settings.server"), desk.identity.server_url),
                Fact(text("settings.protection"), text(protected)),
                Fact(text("settings.folder"), str(desk.runtime.profile.folder)),
                Fact(text("settings.search"), text(search, n=self._behind)),
                Fact(text("settings.version"), merchant_desk.__version__),
            ]
        )
