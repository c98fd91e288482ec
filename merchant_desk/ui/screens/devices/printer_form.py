"""The form of a printer: what it is called, how it is reached, what is in it and what it is for."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.domain.printers import (
    A4,
    LABEL,
    PAPERS,
    RESOLUTIONS,
    Paper,
    Printer,
    Purpose,
    Reach,
    check_named,
    check_printer,
    read_paper,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.printing.queues import Queue
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.form import FormDialog

USUAL_PAPERS = (*PAPERS, "60x40", "50x30", "70x50", "100x150")
PLACES = {
    "printer_nameless": "name",
    "printer_named_twice": "name",
    "printer_nowhere": "where",
    "printer_place_unreadable": "where",
    "paper_unreadable": "paper",
    "paper_out_of_range": "paper",
    "printer_for_nothing": "purposes",
    "printer_prints_labels_only": "purposes",
}
"""The field to which a refusal belongs."""


class PrinterForm(FormDialog):
    """Asks for a printer; `then` gets it when it is one. `others` are the desk's other printers."""

    def __init__(
        self,
        look: Look,
        owner: QWidget,
        printer: Printer | None,
        others: Sequence[Printer],
        then: Callable[[Printer], None],
    ) -> None:
        title = look.text("devices.change" if printer else "devices.add")
        super().__init__(look, owner.window(), title, self._try, note=look.text("devices.form_note"))
        self._others, self._then = others, then
        self.name, self.where = QLineEdit(), QLineEdit()
        self.reach, self.queue, self.dpi, self.paper = (QComboBox() for _ in range(4))
        self.boxes = {one: QCheckBox(look.text(f"printer.purpose.{one}")) for one in Purpose}
        self._fill()
        self._lay_out_fields()
        self.reach.currentIndexChanged.connect(self._suit)
        self.show_printer(printer)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def show_printer(self, printer: Printer | None) -> None:
        """Show a printer, or what most have."""
        if printer is None:
            self._suit()
            return
        self.name.setText(printer.name)
        self.reach.setCurrentIndex(self.reach.findData(printer.reach))
        self._suit()
        self.paper.setCurrentText(printer.paper.name)
        for one, box in self.boxes.items():
            box.setChecked(one in printer.purposes)
        if printer.reach is Reach.ZPL:
            self.where.setText(printer.where)
            self.dpi.setCurrentIndex(self.dpi.findData(printer.dpi))
        else:
            self._choose_queue(printer.where)

    def offer(self, queues: Sequence[Queue]) -> None:
        """Offer the queues of the system, the usual one first."""
        chosen = str(self.queue.currentData() or "")
        self.queue.clear()
        for queue in queues:
            self.queue.addItem(queue.description, queue.name)
        if chosen:
            self._choose_queue(chosen)
        elif not queues:
            self.queue.addItem(self._look.text("devices.no_queue"), "")

    def printer(self) -> Printer:
        """Return what was typed.

        Raises:
            Refusal: it is no printer, or one of the others has its name.
        """
        reach = Reach(self.reach.currentData())
        is_queue = reach is Reach.QUEUE
        where = str(self.queue.currentData() or "") if is_queue else self.where.text().strip()
        purposes = tuple(one for one, box in self.boxes.items() if box.isChecked())
        paper = read_paper(self.paper.currentText())
        dpi = RESOLUTIONS[0] if is_queue else int(self.dpi.currentData())
        printer = Printer(self.name.text().strip(), reach, where, paper, dpi, purposes)
        check_printer(printer)
        check_named(one.written for one in (*self._others, printer))
        return printer

    def _try(self) -> dict[str, str]:
        try:
            printer = self.printer()
        except Refusal as refusal:
            place = PLACES.get(refusal.code, "")
            if place == "where" and self.reach.currentData() == Reach.QUEUE:
                place = "queue"
            return {place: describe(refusal, self._look.language)}
        self._then(printer)
        return {}

    def _suit(self) -> None:
        """Show the fields of the chosen reach, with what most of that kind have."""
        is_queue = self.reach.currentData() == Reach.QUEUE
        self._queue.setVisible(is_queue)
        for field in (self._where, self._dpi):
            field.setVisible(not is_queue)
        usual: Paper = A4 if is_queue else LABEL
        self.paper.setCurrentText(usual.name)
        for one, box in self.boxes.items():
            box.setChecked((one is Purpose.DOCUMENTS) == is_queue)
        self.boxes[Purpose.DOCUMENTS].setEnabled(is_queue)

    def _choose_queue(self, name: str) -> None:
        at = self.queue.findData(name)
        if at < 0:
            self.queue.addItem(name, name)
            at = self.queue.count() - 1
        self.queue.setCurrentIndex(at)

    def _fill(self) -> None:
        for reach in Reach:
            self.reach.addItem(self._look.text(f"printer.reach.{reach}"), reach)
        for dpi in RESOLUTIONS:
            self.dpi.addItem(f"{dpi} dpi", dpi)
        self.paper.setEditable(True)
        self.paper.addItems(list(USUAL_PAPERS))
        self.where.setPlaceholderText("192.168.1.50:9100")

    def _lay_out_fields(self) -> None:
        text = self._look.text
        self.add_field("name", text("devices.name"), self.name)
        self.add_field("reach", text("devices.reach"), self.reach)
        self._queue = self.add_field("queue", text("devices.queue"), self.queue)
        self._where = self.add_field("where", text("devices.where"), self.where)
        self.add_field("paper", text("devices.paper"), self.paper, text("devices.paper_hint"))
        self._dpi = self.add_field("dpi", text("devices.dpi"), self.dpi, text("devices.dpi_hint"))
        purposes = QWidget()
        row = QHBoxLayout(purposes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.LARGE)
        for box in self.boxes.values():
            row.addWidget(box)
        row.addStretch(1)
        self.add_field("purposes", text("devices.purposes"), purposes)
