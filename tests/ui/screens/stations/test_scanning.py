"""Floor 1 to 4, 8, 12, 13: scans by real key events, in a real window, on a real desk."""

import threading

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from merchant_desk.stations.scans import Scan, Tone
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.source import RejectedScan
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.stations.conftest import restarted
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.scenes import CARTON, LOTTED
from tests.ui.screens.stations.stage import Floor

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_delivery_is_taken_in_by_scans_alone(stage: Stages, floor: Floor) -> None:
    here = stage("inbound")
    here.scan("PO-2611-0457", LOTTED, CARTON, floor.codes["OIL-5"])
    assert (here.done("BEER-500"), here.done("OIL-5")) == (13, 1)
    assert here.headline == "大豆油 5L"
    here.scan("MD:FINISH", "MD:OK")
    assert here.document == ""
    stock = {row.sku: row.on_hand // 1_000_000 for row in here.desk.stock()}
    assert (stock["BEER-500"], stock["OIL-5"]) == (13, 1)
    assert [notice.text for notice in here.window.notices.notices()] == ["RC-01-000001 已收货完成"]


def test_cartons_and_pieces_are_shown_as_a_sum_in_base_units(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.cartons["SOY-19"], floor.codes["SOY-19"])
    line = next(line for line in here.screen.lines.lines if line.sku == "SOY-19")
    model = here.screen.lines.view.model()
    row = [line.sku for line in here.screen.lines.lines].index("SOY-19")
    assert "1 × 6 + 1 = 7" in str(model.index(row, 0).data())
    assert line.done == 7_000_000
    count = here.screen.panel.large
    assert "1 × 6 + 1 = 7" in count._remainder.text()
    assert count._count.accessibleName() == "7/18"


def test_a_scan_reaches_the_station_and_no_field(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["MILK-250"])
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    here.type("M11").scan(floor.codes["OIL-5"])
    assert field.text() == "M11"
    assert [held.text for held in here.screen.control.situation.held] == [floor.codes["OIL-5"]]
    here.type("02").press(Key.Key_Tab).type("20271231").press(Key.Key_Return)
    assert here.done("MILK-250") == 1
    here.press(Key.Key_Return)
    assert here.done("OIL-5") == 1


def test_five_scans_are_five_whatever_the_desk_is_busy_with(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    go_on = threading.Event()
    here.desk.runtime.writer.submit(lambda: go_on.wait(20))
    codes = [floor.codes["OIL-5"]] * 3 + [floor.codes["SOY-19"]] * 2
    here.burst(*codes)
    assert here.screen.control.queue == 5
    assert "队列 5" in here.screen.history._note.text()
    assert here.headline == "等待扫描", "nothing is shown before it is saved"
    go_on.set()
    here.settle()
    assert (here.done("OIL-5"), here.done("SOY-19")) == (3, 2)
    assert [line.text for line in here.screen.history.lines[:5]] == codes[::-1]
    assert "队列 0" in here.screen.history._note.text()


def test_after_a_restart_the_station_shows_exactly_what_was_journaled(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", LOTTED, floor.cartons["NOODLE"], "mystery")
    here.press((Key.Key_Z, CTRL)).scan(floor.codes["OIL-5"], "L:NOWHERE", floor.codes["OIL-5"])
    before = [(line.n, line.code, line.undone, line.text) for line in here.screen.history.lines]
    lines = here.screen.lines.lines
    here.close()
    again = stage("inbound", desk=restarted(floor, here.desk))
    assert again.document
    assert [(line.n, line.code, line.undone, line.text) for line in again.screen.history.lines] == before
    assert again.screen.lines.lines == lines
    assert again.headline == "大豆油 5L"
    assert again.asking() is again.screen.sheets.held
    again.press(Key.Key_Return)
    assert again.done("OIL-5") == 2


def test_undo_is_seen_in_the_history_and_taken_from_the_lines(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.cartons["OIL-5"], floor.codes["OIL-5"])
    here.press((Key.Key_Z, CTRL))
    assert here.done("OIL-5") == 4
    assert [(line.code, line.undone) for line in here.screen.history.lines[:3]] == [
        ("undone", False),
        ("accepted", True),
        ("accepted", False),
    ]
    assert here.headline == "已撤销：大豆油 5L"
    here.scan("MD:UNDO")
    assert here.done("OIL-5") == 0
    here.scan("MD:UNDO")
    assert here.tones.heard[-1] is Sound.REFUSED


def test_an_undo_after_an_unknown_code_says_so(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], "9529999999997")
    here.press((Key.Key_Z, CTRL))
    assert (here.done("OIL-5"), here.screen.history.tray) == (1, 0)
    assert here.headline == "已撤销：不认识的条码"
    assert "9529999999997" in here.words()
    assert [(line.code, line.undone) for line in here.screen.history.lines[:3]] == [
        ("undone", False),
        ("unknown_code", True),
        ("accepted", False),
    ]
    here.press((Key.Key_Z, CTRL))
    assert (here.done("OIL-5"), here.headline) == (0, "已撤销：大豆油 5L")
    here.press((Key.Key_Z, CTRL))
    assert here.headline == "没有可以撤销的扫描。"
    assert "MD:" not in here.words()


def test_quantity_is_typed_before_or_after_the_scan(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    here.press(Key.Key_F4).type("3").press(Key.Key_Return)
    assert "下一扫 × 3" in here.words()
    here.scan(floor.cartons["OIL-5"])
    assert here.done("OIL-5") == 12
    here.press(Key.Key_F4).type("5").press(Key.Key_Return)
    assert here.done("OIL-5") == 20
    for typed in ("0", "10000001", "99999999999"):
        here.press(Key.Key_F4).type(typed).press(Key.Key_Return)
        assert here.screen.sheets.quantity.error == "请输入大于 0、不超过 10,000,000 的数"
        here.press(Key.Key_Escape)
    here.press(Key.Key_F4)
    here.press(Key.Key_Escape)
    assert here.done("OIL-5") == 20


def test_a_scan_while_the_quantity_is_typed_waits_for_it(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457").press(Key.Key_F4).type("6")
    here.scan(floor.codes["SOY-19"])
    assert here.done("SOY-19") == 0
    here.press(Key.Key_Return)
    assert here.done("SOY-19") == 6


def test_the_mouse_wheel_changes_nothing(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["SOY-19"]).press(Key.Key_F4).type("6")
    field = here.screen.sheets.quantity.editor
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(field.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 240),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, wheel)
    here.settle()
    assert field.text() == "6"
    here.press(Key.Key_Escape)


def test_cards_do_what_keys_do(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "MD:QTY:4", floor.codes["OIL-5"])
    assert here.done("OIL-5") == 4
    here.scan("MD:MINUS")
    assert "减数模式" in here.words()
    here.scan(floor.codes["OIL-5"], "MD:MINUS")
    assert here.done("OIL-5") == 3
    here.screen.lines.view.choose(here.screen.lines.lines[0].id)
    here.scan("MD:NEXT")
    assert here.screen.lines.view.current_id == here.screen.lines.lines[1].id
    here.scan("MD:QTY")
    assert here.asking() is here.screen.sheets.quantity
    here.scan("MD:UNDO")
    assert here.asking() is None


def test_every_scan_is_measured_until_it_is_painted(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    latency = here.screen.control.latency
    latency.clear()
    for _ in range(12):
        here.scan(floor.codes["OIL-5"])
    assert latency.count == 12
    assert 0 < latency.p50 <= latency.p99 < 2_000
    assert here.screen.player_state()["scans"] == 12


@pytest.mark.parametrize(
    ("language", "accepted", "attention", "refused"),
    [
        (LanguageCode.CHINESE, "大豆油 5L", "不认识的条码，已放入待处理盘", "没有库位 X-9。"),
        (
            LanguageCode.ENGLISH,
            "Soybean oil 5 l",
            "Unknown code, kept in the tray",
            "There is no location X-9.",
        ),
    ],
)
def test_three_sounds_three_colours_in_both_languages(
    stage: Stages, floor: Floor, language: LanguageCode, accepted: str, attention: str, refused: str
) -> None:
    here = stage("inbound", language=language).scan("PO-2611-0457")
    here.tones.heard.clear()
    for code, words, state, sound in (
        (floor.codes["OIL-5"], accepted, ScanState.ACCEPTED, Sound.ACCEPTED),
        ("HX-99", attention, ScanState.ATTENTION, Sound.ATTENTION),
        ("L:X-9", refused, ScanState.BLOCKED, Sound.REFUSED),
    ):
        here.scan(code)
        assert (here.headline, here.state, here.tones.heard.pop()) == (words, state, sound)


def test_the_language_changes_under_an_open_question(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1")
    assert here.headline == "这是单据 PO-1，请扫描商品"
    here.press((Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier))
    assert here.headline == "This is a document (PO-1); scan a product"
    here.press(Key.Key_Return)
    assert here.state is not ScanState.BLOCKED


def test_a_badge_is_the_window_s_and_leaves_the_document_open(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], "P:1001")
    assert here.badges == ["P:1001"]
    here.desk.sign_in("manager", "sesame-sesame")
    here.scan(floor.codes["OIL-5"])
    assert here.done("OIL-5") == 2
    people = {operation.person for operation in here.desk.pending() if operation.kind == "receive_goods"}
    assert people == {"仓管", "店长"}


def test_a_badge_that_reaches_the_station_answers_nothing(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1")
    heard: list[str] = []
    here.screen.control.stepped.connect(lambda step, _: heard.extend(one.code for one in step.results))
    session = here.screen.control.session
    here.screen.control.submit(lambda: session.take(Scan(b"P:1001", "P:1001", None, "wedge", 1)))
    here.settle()
    assert heard == ["badge_scanned"]
    assert here.screen.control.situation.question is not None, "a badge answers nothing"
    assert here.screen.control.situation.held == ()


def test_what_fails_is_said_and_found_again(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    engine = here.desk.runtime.engine
    real = engine.do

    def broken(*args: object, **options: object) -> object:
        engine.do = real  # type: ignore[method-assign]
        raise OSError("the disk went away")

    engine.do = broken  # type: ignore[method-assign, assignment]
    here.scan(floor.codes["OIL-5"])
    assert here.state is ScanState.BLOCKED
    assert "the disk went away" in here.headline
    here.press(Key.Key_Return)
    assert [held.text for held in here.screen.control.situation.held] == [floor.codes["OIL-5"]]
    here.press(Key.Key_Return)
    assert here.done("OIL-5") == 1


def test_a_burst_that_cannot_be_trusted_is_refused_aloud(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    refused = RejectedScan(b"9520x", "9520x", RejectReason.MIXED, "wedge", 1, 1)
    here.hub.rejected.emit(refused)
    here.settle()
    assert here.state is ScanState.BLOCKED
    assert here.headline.startswith("两把扫描枪")
    assert here.tones.heard[-1] is Sound.REFUSED
    assert here.screen.history.lines[0].tone is Tone.REFUSED
