"""Can a manager make an aisle, label it and end it, by keyboard?"""

from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.locations import codes_of
from merchant_desk.domain.printers import A4, LABEL, Paper
from merchant_desk.domain.warehouses import AddWarehouse
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.screens.locations.label_paper import LocationLabels, label_grid, paint_location
from merchant_desk.ui.screens.locations.locations import LocationsScreen
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import CONTROL, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def screen_of(program: Program) -> LocationsScreen:
    found = program.window.built("locations")
    assert isinstance(found, LocationsScreen)
    return found


def codes(program: Program) -> list[str]:
    return [row.code for row in screen_of(program).pane.model.rows]


def visible_forms(program: Program) -> list[FormDialog]:
    return [one for one in program.window.findChildren(FormDialog) if one.isVisible()]


def form_of(program: Program) -> FormDialog:
    (found,) = visible_forms(program)
    return found


def add(qtbot: QtBot, program: Program, pattern: str) -> None:
    press(program, Key.Key_N, CONTROL)
    until(qtbot, lambda: bool(visible_forms(program)))
    until(qtbot, lambda: QApplication.focusWindow() is form_of(program).windowHandle())
    type_text(pattern)
    press(program, Key.Key_Return)


def said(program: Program, words: str) -> bool:
    return words in texts_in(program.window)


def find(qtbot: QtBot, program: Program, typed: str) -> None:
    press(program, Key.Key_F, CONTROL)
    type_text(typed)
    press(program, Key.Key_Return)
    settled(qtbot, program)


def test_an_aisle_is_made_by_a_pattern_and_found_by_its_beginning(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "locations", "en")
    until(qtbot, lambda: codes(program))
    before = set(codes(program))
    add(qtbot, program, "K-[01-03]-[1-2]")
    until(qtbot, lambda: said(program, "6 locations added"))
    until(qtbot, lambda: set(codes(program)) - before == set(codes_of("K-[01-03]-[1-2]")))
    add(qtbot, program, "K-[03-04]-[1-2]")
    until(qtbot, lambda: said(program, "2 locations added; 2 were there already"))
    find(qtbot, program, "k-03")
    assert codes(program) == ["K-03-1", "K-03-2"]


def test_where_there_are_two_warehouses_the_pattern_asks_for_one(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    world = scene.world
    world.server.house.do(world.merchant_id, AddWarehouse(world.outlet, world.chance.new_id(), "CG2", "后仓"))
    scene.a.sync()
    program = show(scene.a, "locations", "en")
    until(qtbot, lambda: codes(program))
    press(program, Key.Key_N, CONTROL)
    until(qtbot, lambda: bool(visible_forms(program)))
    until(qtbot, lambda: QApplication.focusWindow() is form_of(program).windowHandle())
    type_text("B-[01-02]")
    press(program, Key.Key_Tab)
    press(program, Key.Key_Tab)
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    until(qtbot, lambda: said(program, "2 locations added"))
    find(qtbot, program, "B-0")
    until(qtbot, lambda: len(screen_of(program).pane.model.rows) == 2)
    assert {row.warehouse for row in screen_of(program).pane.model.rows} == {"CG2"}


def test_the_form_shows_what_a_pattern_stands_for_and_what_is_wrong_with_it(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "locations", "en")
    until(qtbot, lambda: codes(program))
    add(qtbot, program, "K-[03-01]")
    form = form_of(program)
    assert "03-01 cannot be read" in texts_in(form)
    press(program, Key.Key_Backspace)
    press(program, Key.Key_Backspace)
    press(program, Key.Key_Backspace)
    type_text("12]")
    until(qtbot, lambda: "10 locations: K-03 … K-12" in texts_in(form))


def test_an_empty_shelf_is_archived_and_used_again_and_one_with_stock_is_not(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "locations", "en")
    until(qtbot, lambda: codes(program))
    find(qtbot, program, "A-01")
    screen_of(program).pane.table.view.setFocus()
    press(program, Key.Key_F8)
    until(qtbot, lambda: said(program, "Stock stands at location A-01"))
    add(qtbot, program, "K-1")
    until(qtbot, lambda: said(program, "1 location added"))
    find(qtbot, program, "K-1")
    screen_of(program).pane.table.view.setFocus()
    until(qtbot, lambda: codes(program) == ["K-1"])
    press(program, Key.Key_F8)
    until(qtbot, lambda: said(program, "Location K-1 is archived"))
    until(qtbot, lambda: codes(program) == [])
    press(program, Key.Key_PageDown, CONTROL)
    until(qtbot, lambda: codes(program) == ["K-1"])
    screen_of(program).pane.table.view.setFocus()
    press(program, Key.Key_F10)
    until(qtbot, lambda: said(program, "Location K-1 is in use again"))
    until(qtbot, lambda: codes(program) == [])


def test_who_may_not_organise_adds_nothing(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, "locations", "en")
    until(qtbot, lambda: codes(program))
    assert not program.window.commands.possible("locations.add")
    assert program.window.commands.possible("locations.labels")


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize("paper", [A4, LABEL], ids=["sheet", "single"])
@pytest.mark.parametrize("code", ["A-01-1", "FRESH-12-34-LEFT-ABCDEFG"])
def test_a_label_is_read_by_a_scanner(qapp: QApplication, paper: Paper, code: str) -> None:
    place, scale = label_grid(paper).place(0), 203 / 25.4  # what a label printer draws
    image = QImage(int(place.width() * scale), int(place.height() * scale), QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    paint_location(painter, QRectF(0, 0, place.width(), place.height()), scale, code, cut=False)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    read = [found.text for found in zxingcpp.read_barcodes(pixels[:, : image.width()])]
    assert read == [f"L:{code}"]


def test_labels_fill_their_pages_and_are_called_off_without_a_trace(
    qapp: QApplication, tmp_path: Path
) -> None:
    made = LocationLabels("labels", codes_of("A-[01-25]"))
    whole, half = tmp_path / "labels.pdf", tmp_path / "half.pdf"
    heard: list[tuple[int, int]] = []
    assert write_pdf(str(whole), made, A4, Progress(lambda *step: heard.append(step)))
    document = QPdfDocument()
    document.load(str(whole))
    assert document.pageCount() == 2
    assert heard == [(1, 2), (2, 2)]
    stopped = Progress()
    stopped.cancel()
    assert not write_pdf(str(half), made, LABEL, stopped)
    assert not write_pdf(str(tmp_path / "nowhere" / "x.pdf"), made, LABEL, Progress())
    assert [file.name for file in tmp_path.glob("*.pdf*")] == ["labels.pdf"]
