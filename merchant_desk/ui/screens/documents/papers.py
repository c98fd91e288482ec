"""Printing a document's paper, or saving it as a PDF; printed twice only by somebody who says so."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from merchant_desk.domain.printers import A4, Purpose
from merchant_desk.models.printed_papers import PrintedPapers
from merchant_desk.models.queries.document_lists import document_row
from merchant_desk.models.queries.operation_lists import place
from merchant_desk.models.queries.paper_lines import FINISHED, ORDERED, last_shipment, paper_lines
from merchant_desk.models.queries.parcels import parcel_of
from merchant_desk.models.queries.reversals import last_reversal
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.printing.pages import HtmlPages
from merchant_desk.ui.screens.documents.paper import DocumentPaper, paper_html, paper_title
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext


def has_paper(kind: str, status: str) -> bool:
    """Tell whether a document in a state has a paper."""
    return kind in ORDERED and status in FINISHED


class DocumentPapers(QObject):
    """Reads, asks where it was printed before, and prints."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._look = context.look
        self._doing = Doing(owner, parts, context)
        self._printed = PrintedPapers(parts.desk.runtime.profile.folder)
        self._under_way: set[UUID] = set()

    def print(self, kind: str, document_id: UUID) -> None:
        """Print on this desk's printer for documents; ask first where this desk printed or saved it before.

        A key that is pressed twice prints once: until a print is noted, the same one is not begun again.
        """

        def go_on(paper: DocumentPaper) -> None:
            if paper.sent:
                self._ask_again(paper)
            else:
                self._send(paper)

        self._read_once(kind, document_id, go_on)

    def print_packing(self, order_id: UUID) -> None:
        """Print the packing list of what an order was shipped by last."""

        def go_on(shipment_id: UUID | None) -> None:
            if shipment_id is None:
                self._context.notices.tell(self._look.text("paper.nothing_shipped"), Tone.WARNING)
            else:
                self.print("shipments", shipment_id)

        desk = self._parts.desk
        self._doing.run(lambda: desk.ask(lambda connection: last_shipment(connection, order_id)), go_on)

    def ask_path(self, kind: str, document_id: UUID) -> None:
        """Ask where to save it as a PDF."""

        def go_on(paper: DocumentPaper | None) -> None:
            if paper is not None:
                self._ask_path(paper)

        self._doing.run(lambda: self._read(kind, document_id), go_on)

    def save(self, kind: str, document_id: UUID, path: str) -> None:
        """Write it, as it stands now, as a PDF, and say so: a paper that left, which the next one says."""

        def told(whole: bool) -> None:
            self._under_way.discard(document_id)
            key, tone = ("paper.saved", Tone.OK) if whole else ("paper.not_saved", Tone.REFUSED)
            self._context.notices.tell(self._look.text(key, path=path), tone)

        def go_on(paper: DocumentPaper) -> None:
            pages = self._pages(paper)
            self._under_way.add(document_id)
            self._doing.run(lambda: self._write(paper, pages, path), told, partial(self._fail, document_id))

        self._read_once(kind, document_id, go_on)

    def _write(self, paper: DocumentPaper, pages: HtmlPages, path: str) -> bool:
        """Write and note it, off the window's thread; tells whether it was possible."""
        whole = write_pdf(path, pages, A4, Progress())
        if whole:
            self._printed.note(paper.row.id, paper.at)
        return whole

    def _read_once(self, kind: str, document_id: UUID, go_on: Callable[[DocumentPaper], None]) -> None:
        """Read what is printed and go on with it, unless the same paper is under way already."""
        if document_id in self._under_way:
            return
        self._under_way.add(document_id)

        def read(paper: DocumentPaper | None) -> None:
            self._under_way.discard(document_id)
            if paper is not None:
                go_on(paper)

        self._doing.run(lambda: self._read(kind, document_id), read, partial(self._fail, document_id))

    def _read(self, kind: str, document_id: UUID) -> DocumentPaper | None:
        """Return what is printed of a document, off the window's thread; None: it has no paper."""
        desk = self._parts.desk
        with desk.read() as connection, connection.begin():
            row = document_row(connection, kind, document_id)
            if row is None or not has_paper(kind, row.status):
                return None
            lines = paper_lines(connection, kind, document_id)
            parcel = parcel_of(connection, document_id) if kind == "shipments" else None
            reversal = last_reversal(connection, kind, document_id)
            where = place(connection, desk.identity.outlet_id)
        whose = (where.merchant, where.outlet) if where is not None else ()
        told, sent = " · ".join((*whose, desk.identity.code)), self._printed.times(document_id)
        return DocumentPaper(kind, row, lines, parcel, told, self._parts.now(), *sent, reversal=reversal)

    def _fail(self, document_id: UUID, error: Exception) -> None:
        self._under_way.discard(document_id)
        self._doing.refuse(error)

    def _ask_again(self, paper: DocumentPaper) -> None:
        text = self._look.text

        def again() -> dict[str, str]:
            self._read_once(paper.kind, paper.row.id, self._send)
            return {}

        at = self._look.language.moment(paper.sent_at, self._parts.now())
        form = FormDialog(
            self._look, self._owner.window(), text("paper.again_title", number=paper.row.number), again,
            note=text("paper.again_note", at=at, n=paper.sent), save=text("paper.again"),
        )  # fmt: skip
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        form.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self, paper: DocumentPaper) -> None:
        """Note that it is printed, then print: a paper that came out half is a reprint the next time too."""
        document_id, now = paper.row.id, self._parts.now()
        self._under_way.add(document_id)

        def noted(_: None) -> None:
            self._under_way.discard(document_id)
            self._parts.printing.print(self._pages(paper), Purpose.DOCUMENTS)

        note = partial(self._printed.note, document_id, now)
        self._doing.run(note, noted, partial(self._fail, document_id))

    def _pages(self, paper: DocumentPaper) -> HtmlPages:
        language = self._look.language
        return HtmlPages(paper_title(paper, language), paper_html(paper, language))

    def _ask_path(self, paper: DocumentPaper) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = self._look.text("paper.save")
        dialog = QFileDialog(self._owner, title, f"{folder}/{paper.row.number}.pdf", "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self.save, paper.kind, paper.row.id))
        dialog.open()
