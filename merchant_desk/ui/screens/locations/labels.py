"""Printing the labels of locations: read, asked about, drawn off the window's thread."""

from functools import partial

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QWidget

from merchant_desk.models.queries.locations import codes_shown
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.lists.list_pane import ListPane
from merchant_desk.ui.screens.locations.forms import PDF, ask_paper
from merchant_desk.ui.screens.locations.label_paper import PAPERS, draw_labels, write_labels
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.paper import page_layout
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.window.screens import ScreenContext

MOST_LABELS = 5_000
"""In one print: 209 sheets."""


class Labels(QObject):
    """Prints what a list of locations shows, or saves it as a PDF."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._look = context.look
        self._codes: list[str] = []
        self._paper = PAPERS["sheet"]
        self._busy = BusyOverlay(context.look, owner)
        self._task: Task | None = None

    def ask(self, pane: ListPane) -> None:
        """Read which locations a list shows, and ask what their labels are printed on."""
        typed = pane.model.search_text

        def work() -> tuple[list[str], int]:
            return self._parts.desk.ask(
                lambda connection: codes_shown(connection, pane.source.filter(connection, typed), MOST_LABELS)
            )

        def show(found: tuple[list[str], int]) -> None:
            self._codes, total = found
            if self._codes:
                ask_paper(self._look, self._owner, self._codes, total, self._print)

        self._context.runner.run(work, show, owner=self)

    def save(self, path: str) -> None:
        """Draw the labels into a PDF."""
        work = partial(write_labels, path, self._paper, tuple(self._codes))
        told = self._look.text("locations.saved", path=path)
        self._begin(work, told, self._look.text("locations.could_not_save", path=path))

    def _print(self, paper: str, output: str) -> None:
        self._paper = PAPERS[paper]
        if output == PDF:
            self._ask_path()
        elif QPrinterInfo.availablePrinterNames():
            self._ask_printer()
        else:
            self._context.notices.tell(self._look.text("locations.no_printer"), Tone.REFUSED)

    def _ask_path(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{folder}/{self._look.text('locations.labels')}.pdf"
        dialog = QFileDialog(self._owner, self._look.text("locations.labels"), name, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def _ask_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout(self._paper.page))
        printer.setFullPage(True)
        dialog = QPrintDialog(printer, self._owner)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.accepted.connect(lambda: self._send(printer))
        dialog.show()

    def _send(self, printer: QPrinter) -> None:
        work = partial(draw_labels, printer, printer.resolution(), self._paper, tuple(self._codes))
        told = self._look.text("locations.printed", n=len(self._codes))
        self._begin(work, told, self._look.text("locations.no_printer"))

    def _begin(self, work: "partial[bool]", told: str, failed: str) -> None:
        """Draw behind a cover that tells how far it is and can be called off."""

        def done(whole: bool) -> None:
            self._busy.finish()
            called_off = self._task is not None and self._task.progress.cancelled
            if not called_off:
                self._context.notices.tell(told if whole else failed, Tone.OK if whole else Tone.REFUSED)

        def stop() -> None:
            if self._task is not None:
                self._task.progress.cancel()

        def broke(error: Exception) -> None:
            self._busy.finish()
            raise error

        def draw(progress: Progress) -> bool:
            return work(progress)

        self._busy.begin(self._look.text("locations.labels"), stop)
        self._task = self._context.runner.run_long(
            draw, done, failed=broke, progressed=self._busy.show_progress, owner=self
        )
