"""A code on paper, as text and as a QR code, with what it is for: recovery keys and enrolment codes.

Lengths are millimetres.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from merchant_desk.domain.printers import A4, PAPERS, Paper, Printer, Purpose, Reach
from merchant_desk.models.private_files import write_private
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.background import Progress, ThreadRunner
from merchant_desk.ui.printing.drawing import pdf_bytes
from merchant_desk.ui.printing.ink import INK, PAPER, sized
from merchant_desk.ui.printing.pages import Sheet
from merchant_desk.ui.printing.queues import Queue, print_on_queue, system_queues
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.texts.printing import report_words
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone

MARGIN = 20.0
TITLE, LINE, CODE = 8.0, 4.2, 4.6
"""Heights of letters: of the title, of a sentence, of the code."""

MODULE, QUIET_ZONE = 1.0, 4
"""Of a QR code: the side of a module, and light modules around (ISO/IEC 18004)."""

GAP = 6.0
BOLD = 700


@dataclass(frozen=True, slots=True)
class CodePaper:
    """One sheet to print: a title, the code, and sentences."""

    title: str
    code: str = field(repr=False)
    lines: tuple[str, ...]

    def count(self, paper: Paper) -> int:
        """One sheet."""
        return 1

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        painter.fillRect(sheet.area, QColor(PAPER))
        scale = sheet.scale
        margin = MARGIN * scale
        room = sheet.area.adjusted(margin, margin, -margin, -margin)
        top = _write(painter, room, self.title, TITLE * scale, bold=True) + GAP * scale
        top += _paint_qr(painter, room.left(), top, scale, self.code) + GAP * scale
        top = _write(painter, _below(room, top), self.code, CODE * scale, bold=True, fixed=True)
        for line in self.lines:
            top = _write(painter, _below(room, top + GAP / 2 * scale), line, LINE * scale)


def write_code_paper(path: str, paper: CodePaper) -> bool:
    """Write the sheet as a PDF that its owner alone may read; tells whether that was possible."""
    content = pdf_bytes(paper, A4, Progress())
    with suppress(OSError):
        if content is not None:
            write_private(Path(path), content)
            return True
    return False


class PaperOutlet(QObject):
    """Prints a sheet, or saves it as a PDF. `told(words, tone)` follows either.

    With `printing` it goes to the desk's printer for documents, and that tells by itself what became of it.
    Before there is a desk it goes to a queue of the system, which is asked beside the window.
    """

    told = Signal(str, object)

    def __init__(self, look: Look, owner: QWidget, printing: PrintService | None = None) -> None:
        super().__init__(owner)
        self._look, self._owner, self._printing = look, owner, printing
        self._busy = False
        self._runner = runner = ThreadRunner(1)
        # What is under way goes on: the paper may come when its window has gone on.
        self.destroyed.connect(lambda: runner.close(wait=False))

    def print_out(self, paper: CodePaper) -> None:
        """Print; where no desk is open yet, ask on what if the system has several printers."""
        if self._printing is not None:
            self._printing.print(paper, Purpose.DOCUMENTS)
        elif not self._busy:
            self._begin("code_paper.looks")
            self._runner.run(
                system_queues,
                lambda found: self._choose(found, paper),
                failed=lambda _: self._choose([], paper),
                owner=self,
            )

    def save(self, paper: CodePaper, name: str) -> None:
        """Ask where to save, and save; a file is called `name` if nobody says otherwise."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        path = str(Path(folder) / f"{name}.pdf")
        dialog = QFileDialog(self._owner, self._look.text("code_paper.save"), folder, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(path)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.write(chosen, paper))
        dialog.finished.connect(self._take_keys_back)
        dialog.open()

    def write(self, path: str, paper: CodePaper) -> None:
        """Save as a file, and say so."""
        whole = write_code_paper(path, paper)
        text = self._look.text("code_paper.saved" if whole else "code_paper.not_saved", path=path)
        self.told.emit(text, Tone.OK if whole else Tone.REFUSED)

    def _take_keys_back(self) -> None:
        """Not every window system gives the keys back to the window that asked."""
        self._owner.window().activateWindow()

    def _begin(self, key: str) -> None:
        self._busy = True
        self.told.emit(self._look.text(key), Tone.NEUTRAL)

    def _end(self, words: str, tone: Tone) -> None:
        self._busy = False
        self.told.emit(words, tone)

    def _choose(self, queues: list[Queue], paper: CodePaper) -> None:
        if len(queues) == 1:
            self._send(queues[0], paper)
            return
        if not queues:
            self._end(self._look.text("code_paper.no_printer"), Tone.REFUSED)
            return
        self._end(self._look.text("code_paper.choose"), Tone.NEUTRAL)
        menu = QMenu(self._owner)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for queue in queues:
            menu.addAction(queue.description, partial(self._send, queue, paper))
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self._owner.mapToGlobal(self._owner.rect().center()))

    def _send(self, queue: Queue, paper: CodePaper) -> None:
        printer = Printer(queue.description, Reach.QUEUE, queue.name, A4, purposes=(Purpose.DOCUMENTS,))

        def work(progress: Progress) -> Report:
            report = print_on_queue(printer, paper, progress)
            if report.outcome is Outcome.PAPER_UNKNOWN:
                report = print_on_queue(replace(printer, paper=PAPERS["Letter"]), paper, progress)
            return report

        def done(report: Report) -> None:
            words = report_words(report, printer, paper.title, self._look.language)
            self._end(words, Tone.OK if report.outcome.is_well else Tone.REFUSED)

        self._begin("code_paper.prints")
        self._runner.run_long(work, done, failed=lambda _: done(Report(Outcome.REFUSED)), owner=self)


def _below(room: QRectF, top: float) -> QRectF:
    return QRectF(room.left(), top, room.width(), max(0.0, room.bottom() - top))


def _write(
    painter: QPainter, room: QRectF, words: str, pixels: float, *, bold: bool = False, fixed: bool = False
) -> float:
    """Write words from the top of a room, in as many lines as it takes; return where they end."""
    face = sized(pixels, BOLD if bold else 400)
    if fixed:
        face.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    painter.setFont(face)
    painter.setPen(QColor(INK))
    wrap = Qt.TextFlag.TextWrapAnywhere if fixed else Qt.TextFlag.TextWordWrap
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | wrap)
    taken = painter.boundingRect(room, flags, words)
    painter.drawText(room, flags, words)
    return taken.bottom()


def _paint_qr(painter: QPainter, left: float, top: float, scale: float, code: str) -> float:
    """Draw a code on whole pixels, so that all modules are one size; return how high it is."""
    import segno  # not before a code is drawn: the window must open quickly

    rows = [bytes(row) for row in segno.make_qr(code, error="m").matrix]
    side = max(1, int(MODULE * scale))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                place = (int(left) + (x + QUIET_ZONE) * side, int(top) + (y + QUIET_ZONE) * side)
                painter.fillRect(place[0], place[1], side, side, QColor(INK))
    return float((len(rows) + 2 * QUIET_ZONE) * side)
