"""Printing what the list of settings shows, or saving it as a PDF or a page of HTML."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from merchant_desk.domain.printers import Purpose
from merchant_desk.models.queries.operation_lists import place
from merchant_desk.models.queries.people import people
from merchant_desk.sync.settings import Standing
from merchant_desk.ui.printing.pages import HtmlPages
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.setting_list import Shown
from merchant_desk.ui.screens.settings.summary import Summary, summary_html, write_summary
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.window.screens import ScreenContext


class Printing(QObject):
    """Prints and saves; `shown` returns what the list shows now."""

    def __init__(
        self,
        owner: QWidget,
        parts: ScreenParts,
        context: ScreenContext,
        shown: Callable[[], tuple[list[Shown], Standing]],
    ) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._look, self._shown = context.look, shown

    def send(self) -> None:
        """Print on this desk's printer for documents."""
        title = self._look.text("screen.settings")

        def send(html: str) -> None:
            self._parts.printing.print(HtmlPages(title, html), Purpose.DOCUMENTS)

        self._with_page(send)

    def ask_path(self) -> None:
        """Ask where to save."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = self._look.text("screen.settings")
        name = f"{folder}/{title}.pdf"
        dialog = QFileDialog(self._owner, self._look.text("settings.save_summary"), name)
        dialog.setNameFilters(["PDF (*.pdf)", "HTML (*.html)"])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Write the summary to a file and say so."""
        text, notices = self._look.text, self._context.notices

        def write(html: str) -> None:
            if write_summary(path, html, text("screen.settings")):
                notices.tell(text("settings.saved", path=path), Tone.OK)
            else:
                notices.tell(text("settings.could_not_save", path=path), Tone.REFUSED)

        self._with_page(write)

    def _with_page(self, then: Callable[[str], None]) -> None:
        """Read whose desk it is and what people are called, and go on with the page."""
        desk, (rows, standing) = self._parts.desk, self._shown()

        def work() -> Summary:
            with desk.read() as connection, connection.begin():
                where = place(connection, desk.identity.outlet_id)
                names = {one.id: one.name for one in people(connection)}
            whose = (where.merchant, where.outlet) if where is not None else ()
            told = " · ".join((*whose, f"{desk.identity.name} {desk.identity.code}".strip()))
            return Summary(rows, standing, told, self._parts.now(), names)

        self._context.runner.run(
            work, lambda summary: then(summary_html(summary, self._look.language)), owner=self
        )
