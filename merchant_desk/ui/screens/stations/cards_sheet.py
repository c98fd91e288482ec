"""The command cards on the screen: to be printed, saved as a PDF, or scanned as they stand there."""

from PySide6.QtCore import QRectF, QSize, QSizeF, QStandardPaths, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QScrollArea, QSizePolicy, QWidget

from merchant_desk.domain.printers import A4, Purpose
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.screens.stations.paper import CommandCards, paint_cards
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.toast import Notices

PREVIEW_SCALE = 3.4
"""Device-independent pixels a millimetre: nearly as large as on paper, so that the screen can be scanned."""


class CardsPreview(QWidget):
    """The sheet, drawn."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.language.follow(self, self.update)

    def sizeHint(self) -> QSize:
        return (QSizeF(A4.width, A4.height) * PREVIEW_SCALE).toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_cards(painter, QRectF(self.rect()), PREVIEW_SCALE, self._look.language)


class CardsSheet(StationSheet):
    """Preview, print (Enter), save as a PDF (F5)."""

    def __init__(self, look: Look, host: QWidget, notices: Notices, printing: PrintService) -> None:
        super().__init__(look, host, width=800)
        self._notices, self._printing = notices, printing
        area = QScrollArea()
        area.setProperty("look", "clear")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(CardsPreview(look))
        area.setMinimumHeight(240)
        self.body.addWidget(area, 1)
        self.save_button = ActionButton(look, key="F5", icon="save")
        self.save_button.clicked.connect(self._ask_path)
        self.extra.addWidget(self.save_button)
        self.on_accept = self._print
        look.language.follow(self, self._write)

    def ask(self) -> None:
        """Show the cards."""
        self._write()
        self.open(self.yes)

    def save(self, path: str) -> None:
        """Write the sheet as a PDF and say so."""
        text = self._look.text
        if write_pdf(path, CommandCards(self._look.language), A4, Progress()):
            self._notices.tell(text("cards.saved", path=path), Tone.OK)
            self.close_sheet()
        else:
            self.show_error(text("cards.could_not_save", path=path))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self._ask_path()
            event.accept()
            return
        super().keyPressEvent(event)

    def _ask_path(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{folder}/{self._look.text('cards.title')}.pdf"
        dialog = QFileDialog(self, self._look.text("cards.save"), name, "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def _print(self) -> None:
        self._printing.print(CommandCards(self._look.language), Purpose.DOCUMENTS)
        self.close_sheet()

    def _write(self) -> None:
        text = self._look.text
        self.save_button.setText(text("cards.save"))
        self.set_texts(
            text("cards.title"), text("cards.note"), yes=text("cards.print"), no=text("tray.close")
        )
