from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.models.faults import SHORT_PATH, DiskFull, StorageFailed, short_path
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme, Tone
from merchant_desk.ui.widgets.bigtext import Headline, two_lines
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.keys import KeyHint
from merchant_desk.ui.widgets.last_scan import LastScan, LastScanPanel, RunningCount, ScanState

SCAN = "青岛啤酒 500ml×12"


@pytest.fixture
def panel(look: Look, qtbot: QtBot) -> LastScanPanel:
    made = LastScanPanel(look)
    qtbot.addWidget(made)
    made.resize(1160, 300)
    made.set_hints([KeyHint("撤销上一扫", "Ctrl+Z")])
    return made


def drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("state", [ScanState.ACCEPTED, ScanState.ATTENTION, ScanState.REFUSED])
def test_the_bar_has_the_colour_of_the_state(
    look: Look, panel: LastScanPanel, state: ScanState, scheme: Scheme
) -> None:
    look.theme.switch(scheme)
    panel.show_scan(LastScan(state, SCAN))
    image = drawn(panel)
    bar = image.pixelColor(QPoint(4, image.height() // 2))
    assert bar == QColor(look.colours.ink_of(state.tone))
    look.theme.switch(Scheme.LIGHT)


def test_attention_and_refusal_colour_the_whole_panel(look: Look, panel: LastScanPanel) -> None:
    middle = QPoint(600, 280)
    grounds = []
    for state in (ScanState.ACCEPTED, ScanState.ATTENTION, ScanState.REFUSED):
        panel.show_scan(LastScan(state, SCAN))
        grounds.append(drawn(panel).pixelColor(middle).name().upper())
    colours = look.colours
    assert grounds == [colours.panel, colours.tint_of(Tone.WARNING), colours.tint_of(Tone.REFUSED)]


def test_a_blocked_station_offers_ok_until_it_is_acknowledged(
    look: Look, panel: LastScanPanel, qtbot: QtBot
) -> None:
    panel.show()
    panel.show_scan(LastScan(ScanState.BLOCKED, "这是库位"))
    panel.show_waiting(3)
    ok = panel.findChild(ActionButton)
    assert ok is not None
    assert ok.isVisible()
    assert ok.hasFocus() or not panel.isActiveWindow()
    with qtbot.waitSignal(panel.acknowledged, timeout=1000):
        QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    panel.show_scan(LastScan(ScanState.ACCEPTED, SCAN))
    assert not ok.isVisible()


def test_the_panel_says_what_it_shows(look: Look, panel: LastScanPanel) -> None:
    panel.show_scan(LastScan(ScanState.ACCEPTED, SCAN))
    assert panel.accessibleName() == f"已接收: {SCAN}"
    look.language.toggle()
    assert panel.accessibleName() == f"Accepted: {SCAN}"
    panel.show_idle()
    assert panel.accessibleName().startswith("Ready to scan")
    look.language.toggle()


def test_without_an_expectation_there_is_no_bar(look: Look, panel: LastScanPanel) -> None:
    panel.show()
    panel.show_scan(LastScan(ScanState.ACCEPTED, SCAN))
    panel.show_count(RunningCount("已盘", "12"))
    assert panel._right.isVisible()
    assert not panel._meter.isVisible()
    panel.show_count(RunningCount("已收", "61", "60", "多 1", 1017))
    assert panel._meter.isVisible()
    assert panel._meter.value == 1017
    panel.show_count(None)
    assert not panel._right.isVisible()


def test_a_scan_is_painted_well_within_a_frame(
    look: Look, panel: LastScanPanel, best_of: Callable[..., float]
) -> None:
    panel.show()

    def scan() -> None:
        panel.show_scan(LastScan(ScanState.ACCEPTED, SCAN, "6901035605724 · L2611A"))
        panel.show_count(RunningCount("已收", "48", "60", "还差 12", 800))
        panel.repaint()

    assert best_of(scan, times=20) <= 0.010


def test_every_size_of_panel_shows_the_whole_name(look: Look, qtbot: QtBot) -> None:
    headline = Headline(look)
    qtbot.addWidget(headline)
    name = "心相印茶语丝享系列抽取式面巾纸 3 层 130 抽×24 包整箱装（赠品随机）"
    headline.show_text(name)
    for width in (1100, 800, 620, 460):
        face, lines = headline.layout_text(float(width), 130.0)
        metrics = QFontMetricsF(face)
        assert all(metrics.horizontalAdvance(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    _, lines = headline.layout_text(200.0, 40.0)
    assert lines[-1].endswith("…")


@pytest.mark.parametrize("width", [920, 560])
def test_a_sentence_that_says_what_to_do_keeps_its_end(look: Look, width: int) -> None:
    path = Path("/home/shop/.local/share/merchant-desk/a folder with a long name/demo/desk/desk.db")
    for language in ("zh_CN", "en"):
        sentence = StorageFailed(path, "disk I/O error").sentence(language, brief=True)
        headline = Headline(look)
        headline.show_text(sentence)
        face, lines = headline.layout_text(float(width), 76.0)
        assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")
        assert all(QFontMetricsF(face).horizontalAdvance(line) <= width for line in lines)
        headline.deleteLater()


def test_a_long_path_is_named_by_its_end() -> None:
    assert short_path(Path("/data/desk.db")) == str(Path("/data/desk.db"))
    long = Path("/home/shop/.local/share/merchant-desk/demo/desk/desk.db")
    assert short_path(long) == str(Path("…/demo/desk/desk.db"))
    strange = short_path(Path("/data/folder") / ("x" * 60 + ".db"))
    assert len(strange) <= SHORT_PATH
    assert strange.endswith("xxx.db")
    fault = DiskFull(long, 0)
    assert str(long) in fault.sentence("en"), "who has the room is told the whole"
    assert str(long) not in fault.sentence("en", brief=True)


def test_lines_break_between_characters_but_not_before_a_stop(look: Look) -> None:
    headline = Headline(look)
    metrics = QFontMetricsF(headline.layout_text(10_000, 100)[0])
    one = metrics.horizontalAdvance("啤")
    assert two_lines("啤酒饮料，矿泉水", metrics, 4.5 * one) == ["啤酒饮", "料，矿泉水"]
    assert two_lines("Cable ties", metrics, metrics.horizontalAdvance("Cable t")) == ["Cable", "ties"]
    headline.deleteLater()
