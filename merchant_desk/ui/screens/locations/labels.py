"""Printing the labels of locations: read, asked about, printed or saved off the window's thread."""

from functools import partial

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from merchant_desk.domain.printers import A4, LABEL, Paper, Printer, Purpose
from merchant_desk.models.queries.locations import codes_shown
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.screens.lists.list_pane import ListPane
from merchant_desk.ui.screens.locations.forms import ask_output
from merchant_desk.ui.screens.locations.label_paper import LocationLabels
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.printing import paper_words, printer_name
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
        self._codes: tuple[str, ...] = ()
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
            codes, total = found
            self._codes = tuple(codes)
            if codes:
                ask_output(self._look, self._owner, len(codes), total, self._outputs(), self._take)

        self._context.runner.run(work, show, owner=self)

    def save(self, path: str, paper: Paper) -> None:
        """Draw the labels into a PDF."""
        text = self._look.text
        told, failed = text("locations.saved", path=path), text("locations.could_not_save", path=path)

        def done(whole: bool) -> None:
            self._busy.finish()
            called_off = self._task is not None and self._task.progress.cancelled
            if not called_off:
                self._context.notices.tell(told if whole else failed, Tone.OK if whole else Tone.REFUSED)

        def broke(error: Exception) -> None:
            self._busy.finish()
            raise error

        def draw(progress: Progress) -> bool:
            return write_pdf(path, self._pages(), paper, progress)

        self._begin()
        self._task = self._context.runner.run_long(
            draw, done, failed=broke, progressed=self._busy.show_progress, owner=self
        )

    def _outputs(self) -> list[tuple[str, Printer | Paper]]:
        """Return what can be chosen, in words: the desk's printers for labels and pages, and files."""
        language, printing = self._look.language, self._parts.printing
        usual = printing.printers_for(Purpose.LABELS)
        sheets = (one for one in printing.printers_for(Purpose.DOCUMENTS) if one not in usual)
        found: list[tuple[str, Printer | Paper]] = [
            (f"{printer_name(one, language)} · {paper_words(one.paper, language)}", one)
            for one in (*usual, *sheets)
        ]
        return found + [
            (language.text("locations.pdf", paper=paper_words(one, language)), one) for one in (A4, LABEL)
        ]

    def _take(self, chosen: Printer | Paper) -> None:
        if isinstance(chosen, Paper):
            self._ask_path(chosen)
            return
        self._begin()
        self._task = self._parts.printing.print(
            self._pages(), chosen, progressed=self._busy.show_progress, ended=self._busy.finish
        )

    def _pages(self) -> LocationLabels:
        return LocationLabels(self._look.text("locations.labels_title", n=len(self._codes)), self._codes)

    def _ask_path(self, paper: Paper) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{folder}/{self._look.text('locations.labels')}.pdf"
        dialog = QFileDialog(self._owner, self._look.text("locations.labels"), name, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self.save, paper=paper))
        dialog.open()

    def _begin(self) -> None:
        """Cover the screen; the cover tells how far it is and can call it off."""

        def stop() -> None:
            if self._task is not None:
                self._task.progress.cancel()

        self._busy.begin(self._look.text("locations.labels"), stop)
