"""Are pages whole on every paper, and do scanners read what a label printer gets?"""

from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PySide6.QtCore import QSize
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication

from merchant_desk.documents.command_cards import command_cards
from merchant_desk.documents.symbols import product_symbol
from merchant_desk.domain.printers import A4, LABEL, Paper, Printer, Purpose, Reach
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import bitmaps, write_pdf
from merchant_desk.ui.printing.pages import HtmlPages, Pages
from merchant_desk.ui.printing.service import look_at_printer, print_once
from merchant_desk.ui.printing.trial_page import TrialPage, trial_code
from merchant_desk.ui.screens.locations.label_paper import LocationLabels
from merchant_desk.ui.screens.stations.paper import CommandCards, LabelText, ProductLabel
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.speech import FixedSpeech
from tests.helpers.zpl_printer import ZplPrinter

CHINESE = FixedSpeech(LanguageCode.CHINESE)
EAN = "6901234567892"


def label_printer(where: str, paper: Paper = LABEL, dpi: int = 203) -> Printer:
    return Printer("标签机", Reach.ZPL, where, paper, dpi)


def read_pdf(path: Path, page: int, dpi: int = 203) -> list[str]:
    """Return what a scanner reads on a page of a PDF."""
    document = QPdfDocument()
    document.load(str(path))
    points = document.pagePointSize(page)
    image = document.render(page, QSize(round(points.width() * dpi / 72), round(points.height() * dpi / 72)))
    grey = image.convertToFormat(image.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return [found.text for found in zxingcpp.read_barcodes(pixels[:, : grey.width()])]


@pytest.mark.parametrize(
    ("paper", "dpi"), [(LABEL, 203), (Paper(50, 30), 300), (Paper(100, 150), 203)], ids=str
)
def test_what_a_label_printer_gets_is_read_by_a_scanner(qapp: QApplication, paper: Paper, dpi: int) -> None:
    with ZplPrinter() as there:
        printer = label_printer(there.where, paper, dpi)
        work: list[tuple[Pages, list[str]]] = [
            (TrialPage(printer, CHINESE, "11-22 14:00"), [trial_code(printer)]),
            (LocationLabels("labels", ("A-01-1", "B-02")), ["L:A-01-1", "L:B-02"]),
            (ProductLabel(LabelText("康师傅红烧牛肉面", "批号 L7", product_symbol(EAN))), [EAN]),
        ]
        for pages, codes in work:
            before = len(there.labels)
            report = print_once(printer, pages, Progress())
            assert report == Report(Outcome.PRINTED, len(codes), len(codes))
            assert [label.codes for label in there.labels[before:]] == [[code] for code in codes]
        height, width = there.labels[0].dots.shape
        assert width == pytest.approx(paper.width * dpi / 25.4, rel=0.003, abs=1)
        assert height == pytest.approx(paper.height * dpi / 25.4, rel=0.003, abs=1)


def test_chinese_is_drawn_and_the_frame_is_whole(qapp: QApplication) -> None:
    with ZplPrinter() as there:
        printer = label_printer(there.where)
        print_once(printer, TrialPage(printer, CHINESE, "11-22"), Progress())
        dots = there.labels[0].dots
        framed = np.flatnonzero(dots.sum(axis=0) > dots.shape[0] * 0.8)
        assert framed[0] < 20
        assert framed[-1] > dots.shape[1] - 20
        words = dots[30:70, 40:-40]
        assert 0.05 < words.mean() < 0.6, "letters, neither nothing nor a black box"


def test_pages_for_sheets_are_read_from_a_pdf(qapp: QApplication, tmp_path: Path) -> None:
    page = Printer("激光", Reach.QUEUE, "laser", A4, purposes=(Purpose.DOCUMENTS,))
    work: list[tuple[Pages, set[str]]] = [
        (TrialPage(page, CHINESE, "11-22"), {trial_code(page)}),
        (CommandCards(CHINESE), {card.symbol.text for card in command_cards()}),
        (ProductLabel(LabelText("面", "", product_symbol(EAN))), {EAN}),
    ]
    for n, (pages, codes) in enumerate(work):
        path = tmp_path / f"{n}.pdf"
        assert write_pdf(str(path), pages, A4, Progress())
        assert set(read_pdf(path, 0)) == codes


def test_a_long_document_takes_pages_with_nothing_lost(qapp: QApplication, tmp_path: Path) -> None:
    words = [f"line{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(150)]
    pages = HtmlPages("long", "".join(f"<p>{word}</p>" for word in words))
    path = tmp_path / "long.pdf"
    assert write_pdf(str(path), pages, A4, Progress())
    document = QPdfDocument()
    document.load(str(path))
    assert document.pageCount() == pages.count(A4) > 1
    text = "".join(document.getAllText(n).text() for n in range(document.pageCount()))
    assert [word for word in words if word not in text] == []


def test_a_document_that_cannot_be_put_in_its_place_leaves_the_one_there(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")

    def refused(path: Path, target: Path) -> None:
        raise PermissionError(13, "open in another program", str(target))

    monkeypatch.setattr(Path, "replace", refused)
    assert not write_pdf(str(path), HtmlPages("new", "<p>new</p>"), A4, Progress())
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.pdf", b"old")]


def test_drawing_dots_is_called_off(qapp: QApplication) -> None:
    progress = Progress()
    progress.cancel()
    assert list(bitmaps(LocationLabels("x", ("A",)), label_printer("127.0.0.1"), progress)) == []


def test_a_queue_that_is_not_there_is_said(qapp: QApplication) -> None:
    gone = Printer("gone", Reach.QUEUE, "no such queue", A4, purposes=(Purpose.DOCUMENTS,))
    assert look_at_printer(gone).outcome is Outcome.NO_QUEUE
    assert print_once(gone, CommandCards(CHINESE), Progress()).outcome is Outcome.NO_QUEUE
