"""What this desk prints on, in one place with its waiting labels."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from merchant_desk.ui.screens.devices.printers_pane import PrintersPane
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, page_column
from merchant_desk.ui.window.screens import ScreenContext


class DevicesScreen(QWidget):
    """The printers of this desk."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._look = context.look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.printers = PrintersPane(parts, context, lambda: True)
        actions = context.actions
        actions.add(self.printers.commands())
        self.printers.changed.connect(actions.refresh)
        names = ("devices.remove", "devices.first", "devices.change", "devices.drop", "devices.retry")
        self._head.add_button(ButtonRow(actions, names))
        self._head.add_button(actions.button("devices.test"))
        self._head.add_button(actions.button("devices.add", Kind.PRIMARY))
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.printers, 1)
        lead_focus(self, self.printers.printers)
        self._look.language.follow(self, self._write)

    def _write(self) -> None:
        self._head.set_texts(self._look.text("screen.devices"), self._look.text("devices.note"))
