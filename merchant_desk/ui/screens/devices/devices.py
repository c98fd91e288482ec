"""What this desk prints on, and the guided trial of its scanner."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.devices.printers_pane import GROUP, PrintersPane
from merchant_desk.ui.screens.devices.scanner_pane import ScannerPane
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, page_column
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext

PRINTERS, SCANNER = "printers", "scanner"
FOR_PRINTERS = (
    *("devices.remove", "devices.first", "devices.change", "devices.drop", "devices.retry"),
    *("devices.test", "devices.add"),
)
FOR_SCANNER = ("devices.teach", "devices.host_layout", "devices.print_codes", "devices.begin")
"""The buttons in the head, the loud one last."""


class DevicesScreen(QWidget):
    """The printers of this desk, or its scanner; whatever is scanned here is taken for the trial."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._look, self._actions = context.look, context.actions
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tabs = FilterTabs(self._look)
        self.printers = PrintersPane(parts, context, lambda: self.tabs.current == PRINTERS)
        self.scanner = ScannerPane(parts, context, lambda: self.tabs.current == SCANNER)
        self._stack = QStackedWidget()
        self._lay_out()
        self.tabs.chosen.connect(self._turn)
        self._look.language.follow(self, self._write)

    def show_target(self, target: object) -> None:
        """Show the printers or the scanner, by the tab's name."""
        if isinstance(target, str):
            self.tabs.choose(target)

    def take_scan(self, scan: CapturedScan) -> None:
        """Judge a scan, at the trial."""
        self.tabs.choose(SCANNER)
        self.scanner.take_scan(scan)

    def reject_scan(self, scan: RejectedScan) -> None:
        """Judge a burst that could not be trusted, at the trial."""
        self.tabs.choose(SCANNER)
        self.scanner.reject_scan(scan)

    def _begin(self) -> None:
        """Begin the trial, anew where it is under way."""
        self.tabs.choose(SCANNER)
        self.scanner.begin()

    def _turn(self, name: str) -> None:
        at = int(name == SCANNER)
        self._stack.setCurrentIndex(at)
        self._show_buttons(at)
        self._actions.refresh()
        if name == SCANNER:
            self.scanner.begin()

    def _show_buttons(self, at: int) -> None:
        for i, buttons in enumerate(self._buttons):
            buttons.setVisible(i == at)

    def _lay_out(self) -> None:
        actions = self._actions
        for pane in (self.printers, self.scanner):
            actions.add(pane.commands())
            pane.changed.connect(actions.refresh)
            self._stack.addWidget(pane)
        actions.add([act("devices.begin", self._begin, "F5", "scan-barcode", group=GROUP)])
        self._buttons = (
            ButtonRow(actions, FOR_PRINTERS, FOR_PRINTERS[-1:]),
            ButtonRow(actions, FOR_SCANNER, FOR_SCANNER[-1:]),
        )
        for buttons in self._buttons:
            self._head.add_button(buttons)
        self._show_buttons(0)
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        lead_focus(self, self.printers.printers)

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("screen.devices"), text("devices.note"))
        self.tabs.show_tabs([Tab(one, text(f"devices.tab.{one}")) for one in (PRINTERS, SCANNER)])
