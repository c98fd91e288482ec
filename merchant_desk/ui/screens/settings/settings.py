"""The settings, drawn from their declarations: what counts here, where it comes from, and changing it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from merchant_desk.domain.settings import Decisions
from merchant_desk.sync.settings import Standing
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.lists.list_page import LEAST_SIDE, MOST_SIDE, SIDE_PERCENT
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.desk_facts import DeskFacts
from merchant_desk.ui.screens.settings.printing import Printing
from merchant_desk.ui.screens.settings.scanner_choice import ScannerChoice
from merchant_desk.ui.screens.settings.setting_list import SettingList, shown
from merchant_desk.ui.screens.settings.setting_panel import SettingPanel
from merchant_desk.ui.screens.settings.tones import ToneButtons
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, page_column
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext

ALL, DIFFERING, DESK = "all", "differing", "desk"
TABLES = ("settings", "setting_changes", "roles")


class SettingsScreen(QWidget):
    """All settings, those that differ from their defaults, or the facts of this desk; one beside the list.

    Every change takes effect at once.
    """

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._standing = Standing(Decisions(), ())
        self._reading = LatestReading(context.runner, self)
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tabs = FilterTabs(self._look)
        self.list = SettingList(self._look)
        self.scanner = ScannerChoice(self._look, parts.hub)
        self.tones = ToneButtons(self._look, parts.sounds)
        self.panel = SettingPanel(parts, context, {"scanner": self.scanner, "sounds": self.tones})
        self.facts = DeskFacts(parts, context)
        self._stack = QStackedWidget()
        self._lay_out()
        self.tabs.chosen.connect(lambda _: self._show_tab())
        self.list.chosen.connect(lambda setting: self.panel.show_setting(setting, self._standing))
        self.list.opened.connect(self.panel.focus_editor)
        self.panel.settled.connect(self.read)
        parts.changes.watch(self, TABLES, self.read)
        self.printing = Printing(self, parts, context, lambda: (self.list.rows, self._standing))
        context.actions.add(
            [
                act("settings.find_one", self._find, "Ctrl+F", "search", group="actions.view"),
                act("settings.print", self.printing.send, "Ctrl+P", "printer", when=self._lists),
                act("settings.save_summary", self.printing.ask_path, "Ctrl+S", "save", when=self._lists),
            ]
        )
        for name in ("settings.save_summary", "settings.print"):
            self._head.add_button(context.actions.button(name))
        lead_focus(self, self.list.view)
        self._look.language.follow(self, self._write)

    def show_target(self, target: object) -> None:
        """Show one setting by key."""
        self.tabs.choose(ALL)
        self.list.choose(str(target))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.read()
        self.facts.read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self.panel.setFixedWidth(
            max(min(LEAST_SIDE, width // 2), min(MOST_SIDE, width * SIDE_PERCENT // 100))
        )

    def read(self) -> None:
        """Read what was decided, in the background."""
        person = self._parts.desk.signed_in
        whose = person.id if person is not None else None
        self._reading.ask(lambda: self._parts.desk.settings.standing(whose), self._take)

    def _take(self, standing: Standing) -> None:
        self._standing = standing
        self._show_tab()
        self.panel.show_setting(self.list.setting, standing)

    def _show_tab(self) -> None:
        self._stack.setCurrentIndex(int(self.tabs.current == DESK))
        self.list.show_decisions(self._standing.decisions, differing=self.tabs.current == DIFFERING)
        self._context.actions.refresh()
        self._write()

    def _lists(self) -> bool:
        return self.tabs.current != DESK

    def _find(self) -> None:
        if self.tabs.current == DESK:
            self.tabs.choose(ALL)
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tabs)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM + 2)
        row.addWidget(self.list, 1)
        row.addWidget(self.panel)
        self._stack.addWidget(both)
        self._stack.addWidget(self.facts)
        column.addWidget(self._stack, 1)

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("screen.settings"), text("settings.note"))
        differing = len(shown(self._standing.decisions, lambda row: row.differs))
        counts = {DIFFERING: self._look.language.number(differing)}
        names = (ALL, DIFFERING, DESK)
        self.tabs.show_tabs([Tab(one, text(f"settings.tab.{one}"), counts.get(one, "")) for one in names])
