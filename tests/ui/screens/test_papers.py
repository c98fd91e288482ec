"""A receipt's and a shipment's paper: what it says, in both languages, and never twice by accident."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.printers import A4, Purpose
from merchant_desk.domain.receiving import ReverseReceipt
from merchant_desk.models import private_files
from merchant_desk.models.printed_papers import FILE, KEPT, PrintedPapers
from merchant_desk.models.queries.documents import order_by_number
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.printing.pages import HtmlPages
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.screens.documents.documents import DocumentsScreen
from merchant_desk.ui.screens.orders.orders import OrdersScreen
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_documents import make
from tests.ui.screens.test_people import form_in

Printed = list[HtmlPages]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """What is sent to the printer for documents, which is the edge of the program."""
    sent: Printed = []

    def take(_: PrintService, pages: Any, where: Any, **more: Any) -> None:
        assert where is Purpose.DOCUMENTS
        sent.append(pages)

    monkeypatch.setattr(PrintService, "print", take)
    return sent


def words(pages: HtmlPages, folder: Path) -> str:
    """Return what the paper says, once it could be drawn."""
    assert write_pdf(str(folder / "paper.pdf"), pages, A4, Progress())
    document = QTextDocument()
    document.setHtml(pages.html)
    return document.toPlainText()


def text_of(path: Path) -> str:
    document = QPdfDocument()
    document.load(str(path))
    return " ".join(document.getAllText(n).text() for n in range(document.pageCount()))


def at_list(program: Program, qtbot: QtBot, kind: str) -> DocumentsScreen:
    screen = program.window.built(kind)
    assert isinstance(screen, DocumentsScreen)
    until(qtbot, lambda: screen.panel.document is not None)
    settled(qtbot, program)
    return screen


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        ("receipts", "zh_CN", ("收货单", "PO-2611-0450", "收货人", "共 2")),
        ("receipts", "en", ("Goods-received note", "PO-2611-0450", "Received by", "pieces 2")),
        ("shipments", "zh_CN", ("装箱单", "WX261121-5000", "收件人", "共 2")),
        ("shipments", "en", ("Packing list", "WX261121-5000", "Taken by", "pieces 2")),
    ],
)
def test_a_paper_says_what_came_or_went(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed,
    kind: str, language: str, said: tuple[str, ...],
) -> None:  # fmt: skip
    make(scene, kind)
    program = show(scene.a, kind, language)
    screen = at_list(program, qtbot, kind)
    press(program, Qt.Key.Key_P, CONTROL)
    until(qtbot, lambda: printed)
    text = words(printed[0], tmp_path)
    row = screen.panel.document
    assert row is not None
    for one in (*said, row.row.number, "OIL-5", "NOODLE"):
        assert one in text, one
    assert "重印" not in text
    assert "Reprint" not in text


def test_twice_is_asked_and_says_that_it_is_a_reprint(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed
) -> None:
    make(scene, "receipts")
    program = show(scene.a, "receipts", "en")
    at_list(program, qtbot, "receipts")
    for _ in range(2):
        press(program, Qt.Key.Key_P, CONTROL)
    until(qtbot, lambda: printed)
    settled(qtbot, program)
    assert len(printed) == 1, "a key pressed twice prints once"
    again(program, qtbot, lambda form: QTest.keyClick(form, Qt.Key.Key_Escape))
    assert len(printed) == 1
    again(program, qtbot, lambda form: QTest.mouseClick(form.save, Qt.MouseButton.LeftButton))
    until(qtbot, lambda: len(printed) == 2)
    assert "Reprint (copy 2" in words(printed[1], tmp_path)


def again(program: Program, qtbot: QtBot, answer: Callable[[FormDialog], None]) -> None:
    """Press the key once more and answer what is asked."""
    press(program, Qt.Key.Key_P, CONTROL)
    until(qtbot, lambda: [one for one in program.window.findChildren(FormDialog) if one.isVisible()])
    form = form_in(program, FormDialog)
    assert "says that it is a reprint" in texts_in(form)
    assert form.cancel.hasFocus(), "Enter in haste prints nothing"
    answer(form)
    until(qtbot, program.window.isActiveWindow)
    settled(qtbot, program)


def print_of_order(program: Program, qtbot: QtBot, key: str) -> None:
    """Choose an order by its folded number and print what it was shipped by."""
    screen = program.window.built("orders")
    assert isinstance(screen, OrdersScreen)
    order = program._desk.ask(lambda connection: order_by_number(connection, key))
    assert order is not None
    screen.show_target(order.id)
    until(qtbot, lambda: screen.panel.order is not None and screen.panel.order.row.id == order.id)
    settled(qtbot, program)
    press(program, Qt.Key.Key_P, CONTROL)
    settled(qtbot, program)


def test_an_order_leads_to_its_packing_list(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed
) -> None:
    make(scene, "shipments")
    scene.shop.order("WX261121-5001", (scene.goods[0], 1))
    scene.a.sync()
    program = show(scene.a, "orders", "en")
    screen = program.window.built("orders")
    assert isinstance(screen, OrdersScreen)
    screen.show_target("all")
    print_of_order(program, qtbot, "wx261121-5001")
    until(qtbot, lambda: "Nothing of this order was shipped yet." in notices_of(program))
    print_of_order(program, qtbot, "wx261121-5000")
    until(qtbot, lambda: printed)
    assert "Order: WX261121-5000" in words(printed[0], tmp_path)
    assert len(printed) == 1


def test_an_open_document_has_no_paper(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.receive("PO-2611-0450").scan("9520000100000")
    program = show(scene.a, "receipts", "en")
    at_list(program, qtbot, "receipts")
    assert not program.window.commands.possible("receipts.print")
    assert not program.window.commands.possible("receipts.pdf")


def test_it_is_saved_as_a_pdf(scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    made = make(scene, "shipments")
    program = show(scene.a, "shipments", "en")
    screen = at_list(program, qtbot, made.kind)
    document = screen.panel.document
    assert document is not None
    shipment_id = document.row.id
    screen.papers.save("shipments", shipment_id, str(tmp_path / "list.pdf"))
    until(qtbot, lambda: any("Saved to" in one for one in notices_of(program)))
    assert "Packing list" in text_of(tmp_path / "list.pdf")
    screen.papers.save("shipments", shipment_id, str(tmp_path / "nowhere" / "list.pdf"))
    until(qtbot, lambda: any("cannot be written" in one for one in notices_of(program)))
    times, _ = PrintedPapers(scene.a.runtime.profile.folder).times(shipment_id)
    assert times == 1, "what could not be written is no paper"


def test_a_saved_pdf_is_a_paper_that_left(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed
) -> None:
    make(scene, "receipts")
    program = show(scene.a, "receipts", "en")
    screen = at_list(program, qtbot, "receipts")
    document = screen.panel.document
    assert document is not None
    for n in range(2):
        screen.papers.save("receipts", document.row.id, str(tmp_path / f"{n}.pdf"))
        until(qtbot, (tmp_path / f"{n}.pdf").exists)
        settled(qtbot, program)
    marks = ["Reprint" in text_of(tmp_path / f"{n}.pdf") for n in range(2)]
    assert marks == [False, True]
    again(program, qtbot, lambda form: QTest.mouseClick(form.save, Qt.MouseButton.LeftButton))
    until(qtbot, lambda: printed)
    assert "Reprint (copy 3" in words(printed[0], tmp_path)


def test_a_reprint_says_what_is_so_after_the_yes(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed
) -> None:
    """The question may stand for an hour: what was reversed meanwhile is not printed as it was."""
    make(scene, "receipts")
    program = show(scene.a, "receipts", "en")
    screen = at_list(program, qtbot, "receipts")
    document = screen.panel.document
    assert document is not None
    receipt_id, outlet_id = document.row.id, scene.a.identity.outlet_id
    assert outlet_id is not None
    press(program, Qt.Key.Key_P, CONTROL)
    until(qtbot, lambda: printed)
    settled(qtbot, program)

    def late(form: FormDialog) -> None:
        scene.a.do(ReverseReceipt(receipt_id, outlet_id, (), "wrong"))
        QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)

    again(program, qtbot, late)
    until(qtbot, lambda: len(printed) == 2)
    assert "Reversed whole" not in words(printed[0], tmp_path)
    assert "Reversed whole · reversed " in words(printed[1], tmp_path)


def test_the_station_prints_what_ended_there(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, printed: Printed
) -> None:
    program = show(scene.a, "inbound", "en")
    station = program.window.built("inbound")
    assert isinstance(station, StationScreen)
    assert not program.window.commands.possible("inbound.print")
    sheet = scene.a.receive("PO-2611-0450")
    sheet.scan("9520000100000")
    station.show_target(("receipts", sheet.document_id))
    until(qtbot, lambda: station.sheet is not None)
    station.control.finish()
    until(qtbot, lambda: program.window.commands.possible("inbound.print"))
    assert "Ctrl+P prints its paper" in texts_in(program.window)
    press(program, Qt.Key.Key_P, CONTROL)
    until(qtbot, lambda: printed)
    assert "Goods-received note" in words(printed[0], tmp_path)


def test_what_was_printed_outlives_a_restart_and_a_spoilt_file(tmp_path: Path, scene: Scene) -> None:
    new_id = scene.a.runtime.new_id
    first = new_id()
    PrintedPapers(tmp_path).note(first, 7)
    PrintedPapers(tmp_path).note(first, 9)
    assert PrintedPapers(tmp_path).times(first) == (2, 9)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    (tmp_path / FILE).write_text("{}]")
    assert PrintedPapers(tmp_path).times(first) == (0, 0)
    assert KEPT > 1_000


def test_two_papers_at_once_are_both_noted(
    tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt and a packing list are printed from two screens, on two threads."""
    first, second = scene.a.runtime.new_id(), scene.a.runtime.new_id()
    writing, gate, sync = threading.Event(), threading.Event(), private_files.sync_to_disk

    def slow(handle: int) -> None:
        if not writing.is_set():
            writing.set()
            gate.wait(5)
        sync(handle)

    monkeypatch.setattr(private_files, "sync_to_disk", slow)
    threads = [
        threading.Thread(target=PrintedPapers(tmp_path).note, args=(one, 7)) for one in (first, second)
    ]
    threads[0].start()
    assert writing.wait(5)
    threads[1].start()
    threads[1].join(0.2)
    gate.set()
    for one in threads:
        one.join()
    papers = PrintedPapers(tmp_path)
    assert (papers.times(first), papers.times(second)) == ((1, 7), (1, 7))


def test_a_spoilt_entry_takes_no_other_along(tmp_path: Path, scene: Scene) -> None:
    first, second, third = (scene.a.runtime.new_id() for _ in range(3))
    for one in (first, second):
        PrintedPapers(tmp_path).note(one, 7)
    noted = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(noted | {first.hex: [1]}))
    papers = PrintedPapers(tmp_path)
    assert (papers.times(first), papers.times(second)) == ((0, 0), (1, 7))
    papers.note(third, 9)
    assert papers.times(second) == (1, 7)


@pytest.mark.expects_log("printed papers were not")
def test_what_cannot_be_read_now_is_not_written_over(
    tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scanner of viruses holds the file for a moment: the history is not begun anew."""
    first, second = scene.a.runtime.new_id(), scene.a.runtime.new_id()
    papers, read = PrintedPapers(tmp_path), Path.read_text
    papers.note(first, 7)

    def held(self: Path, *rest: Any) -> str:
        raise PermissionError(13, "used by another process", str(self))

    monkeypatch.setattr(Path, "read_text", held)
    papers.note(second, 9)
    assert papers.times(first) == (0, 0)
    monkeypatch.setattr(Path, "read_text", read)
    assert papers.times(first) == (1, 7)
