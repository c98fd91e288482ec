"""Can a manager name a printer, try it and print on it, by keyboard, with the printer away and back?"""

import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.printers import LABEL, Printer, Reach
from merchant_desk.printing.outcomes import Outcome
from merchant_desk.ui.screens.devices.devices import DevicesScreen
from merchant_desk.ui.screens.devices.printer_form import PrinterForm
from merchant_desk.ui.surroundings import printers_there
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.zpl_printer import ZplPrinter
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def devices_of(program: Program) -> DevicesScreen:
    found = program.window.built("devices")
    assert isinstance(found, DevicesScreen)
    return found


def form_of(qtbot: QtBot, program: Program) -> FormDialog:
    def open_forms() -> list[FormDialog]:
        return [one for one in program.window.findChildren(FormDialog) if one.isVisible()]

    until(qtbot, open_forms)
    (form,) = open_forms()
    until(qtbot, lambda: QApplication.focusWindow() is form.windowHandle())
    return form


def name_printer(qtbot: QtBot, program: Program, printer: ZplPrinter) -> Printer:
    """Name a label printer by keyboard, mistyping its address first."""
    press(program, Key.Key_N, CONTROL)
    form = form_of(qtbot, program)
    type_text("Shelf labels")
    press(program, Key.Key_Tab)
    press(program, Key.Key_Down)
    press(program, Key.Key_Tab)
    type_text("not/an address")
    press(program, Key.Key_Return)
    until(qtbot, lambda: "cannot be read" in texts_in(form))
    assert isinstance(form, PrinterForm)
    form.where.selectAll()
    type_text(printer.where)
    press(program, Key.Key_Return)
    made = Printer("Shelf labels", Reach.ZPL, printer.where, LABEL)
    pane = devices_of(program).printers
    until(qtbot, lambda: [row.printer for row in pane.rows] == [made])
    return made


def test_a_label_printer_is_named_tried_and_printed_on_though_it_was_away(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "devices", "en")
    pane = devices_of(program).printers
    with ZplPrinter() as printer:
        made = name_printer(qtbot, program, printer)
        press(program, Key.Key_F7)
        until(qtbot, lambda: pane.rows[0].report is not None)
        assert pane.rows[0].report is not None
        assert pane.rows[0].report.outcome is Outcome.PRINTED
        assert [label.codes for label in printer.wait_for(1)] == [["TEST-60x40"]]
        (found,) = printers_there(program.printing.printers)
        assert "Shelf labels is able to print (60 × 40 mm; Labels)" in found.en
    (found,) = printers_there(program.printing.printers)
    assert "takes nothing" in found.en
    program.window.go("locations")
    settled(qtbot, program)
    press(program, Key.Key_F7)
    form_of(qtbot, program)
    press(program, Key.Key_Return)
    until(qtbot, lambda: any("takes nothing" in words for words in notices_of(program)))
    program.window.go("devices")
    until(qtbot, lambda: "Labels that wait" in texts_in(program.window))
    (job,) = program.printing.jobs
    with ZplPrinter(made.address[1]) as back:
        press(program, Key.Key_F9)
        until(qtbot, lambda: not program.printing.jobs)
        assert len(back.labels) == len(job.labels) > 3
        assert all(label.codes[0].startswith("L:") for label in back.labels)
    until(qtbot, lambda: any("printed: Print " in words for words in notices_of(program)))
    press(program, Key.Key_F8)
    until(qtbot, lambda: not pane.rows)


def test_a_form_keeps_what_a_printer_is(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "devices", "zh_CN")
    kept = Printer("货架标签", Reach.ZPL, "127.0.0.1:9101", LABEL, 300)
    page = "queue:laser?name=激光&paper=A4&for=documents,labels"
    scene.a.settings.local.decide({"printers.named": (kept.written, page)}, None, 0)
    pane = devices_of(program).printers
    until(qtbot, lambda: len(pane.rows) == 2)
    for name in ("货架标签", "激光"):
        pane.printers.choose(name)
        pane.printers.setFocus()
        press(program, Key.Key_F2)
        form = form_of(qtbot, program)
        settled(qtbot, program)
        assert isinstance(form, PrinterForm)
        assert form.printer().name == name
        press(program, Key.Key_Return)
        until(qtbot, lambda: not program.window.findChildren(PrinterForm))
    assert [row.printer.written for row in pane.rows] == [kept.written, page]
    pane.printers.choose("激光")
    press(program, Key.Key_F6)
    until(qtbot, lambda: [row.printer.name for row in pane.rows] == ["激光", "货架标签"])


def test_keys_in_quick_succession_are_carried_out_in_their_order(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk at the first of them lets no later one go ahead, which it would then undo."""
    program = show(scene.a, "devices", "zh_CN")
    labels = Printer("货架标签", Reach.ZPL, "127.0.0.1:9101", LABEL, 300)
    page = "queue:laser?name=激光&paper=A4&for=documents,labels"
    scene.a.settings.local.decide({"printers.named": (labels.written, page)}, None, 0)
    pane = devices_of(program).printers
    until(qtbot, lambda: len(pane.rows) == 2)
    decide, begun = scene.a.settings.decide, list[object]()

    def slow(*given: Any) -> None:
        begun.append(given)
        if len(begun) == 1:
            time.sleep(0.5)
        decide(*given)

    monkeypatch.setattr(scene.a.settings, "decide", slow)
    pane.printers.choose("货架标签")
    pane._decide([row.printer for row in pane.rows], pane.rows[0].printer)
    pane.printers.choose("激光")
    press(program, Key.Key_F6)
    until(qtbot, lambda: len(begun) == 2)
    settled(qtbot, program)
    assert [row.printer.name for row in pane.rows] == ["激光", "货架标签"]
