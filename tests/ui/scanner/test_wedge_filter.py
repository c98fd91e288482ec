"""Floor, capture 1 to 3, with real key events in a real event loop."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QTableWidgetItem,
    QVBoxLayout,
)
from pytestqt.qtbot import QtBot

from merchant_desk.ui.scanner.focus_shelter import composes, refuse_input_method, takes_input_method
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner.wedge_filter import WedgeFilter
from tests.helpers.scanner_wedge import (
    BACKSPACE_PLACE,
    ENTER_PLACE,
    FAST_HUMAN,
    HUMAN,
    STX,
    GsForm,
    Host,
    Keyboard,
    Typist,
    settle,
    shifted,
    together,
)
from tests.ui.scanner.conftest import HELD_MS, Scenes

EAN = "6901234567892"
GS1 = "]C1010952000000000610AbC-7\x1d17261231"
SYMBOLS = "aZ09-./+%$ :_*#@!(){}[]<>|\\'\"`~^&=,;?"
WEDGE = Keyboard()
FRAMED = ScannerSettings(prefix=STX)
popup = pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)")

# ---------------------------------------------------------------- 1: whatever has the focus


def test_a_scan_reaches_the_station_and_not_the_field(scene: Scenes) -> None:
    here = scene()
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN]
    assert here.desk.edit.text() == ""


def test_a_scan_reaches_the_station_from_a_table_in_editing(scene: Scenes) -> None:
    here = scene()
    table = here.desk.table
    item = QTableWidgetItem("5")
    table.setItem(0, 0, item)
    table.setFocus()
    table.editItem(item)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN]
    assert QApplication.focusWidget() is editor
    assert editor.text() == "5"


def test_a_scan_presses_no_button(scene: Scenes) -> None:
    here = scene()
    here.desk.button.setFocus()
    here.type(WEDGE.plan("A B C D\r"))
    assert here.heard.texts == ["A B C D"]
    assert here.desk.clicks == 0


def test_a_scan_needs_no_focus(scene: Scenes) -> None:
    here = scene()
    here.desk.edit.clearFocus()
    assert QApplication.focusWidget() is None
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN]


def test_a_scan_reaches_the_station_through_a_modal_dialog(scene: Scenes, qtbot: QtBot) -> None:
    here = scene()
    dialog = QDialog(here.desk)
    field = QLineEdit()
    QVBoxLayout(dialog).addWidget(field)
    dialog.setModal(True)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    field.setFocus()
    handle = dialog.windowHandle()
    assert handle is not None
    here.type(WEDGE.plan(EAN + "\r"), handle)
    assert here.heard.texts == [EAN]
    assert field.text() == ""
    assert dialog.isVisible()
    dialog.close()


@popup
def test_a_scan_reaches_the_station_through_an_open_list(scene: Scenes, qtbot: QtBot) -> None:
    here = scene()
    combo = QComboBox(here.desk)
    combo.addItems(["1 a", "6 b", "9 c"])
    combo.show()
    combo.showPopup()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN]
    assert combo.currentIndex() == 0
    assert combo.view().isVisible()
    combo.hidePopup()


def test_a_scan_sets_off_no_shortcut(scene: Scenes) -> None:
    here = scene()
    fired = []
    for key in ("A", "6", "Return", "Shift+A", "F8", "Ctrl+]"):
        QShortcut(QKeySequence(key), here.desk).activated.connect(lambda key=key: fired.append(key))
    here.type(Keyboard(gs=GsForm.F8).plan("A6a6\x1d99\r"))
    here.type(WEDGE.plan("A6a6\x1d99\r"))
    assert here.heard.texts == ["A6a6\x1d99"] * 2
    assert fired == []


def test_a_scan_sets_off_no_shortcut_on_the_window_systems_own_way(scene: Scenes) -> None:
    here = scene()
    fired = []
    for key in ("A", "6", "Return"):
        QShortcut(QKeySequence(key), here.desk).activated.connect(lambda key=key: fired.append(key))
    # QTest asks the shortcuts before it presses, as a window system does.
    for key in "A6A6":
        QTest.keyClick(here.desk.handle, key)  # type: ignore[call-overload]
    QTest.keyClick(here.desk.handle, Qt.Key.Key_Return)
    settle(here.bot, HELD_MS)
    assert len(here.heard.scans) == 1
    assert fired == []


# ---------------------------------------------------------------- 1: no key is ever lost


@pytest.mark.parametrize("person", [HUMAN, FAST_HUMAN, Keyboard(key_ms=60, hold_ms=30)])
def test_typing_comes_out_exactly(scene: Scenes, person: Keyboard) -> None:
    here = scene()
    text = "Hi, 12! (a~b) -> <ok>"
    here.type(person.plan(text))
    assert here.desk.edit.text() == text
    assert not here.heard.scans
    assert not here.heard.rejected


def test_quick_bursts_of_three_characters_come_out_exactly(scene: Scenes) -> None:
    here = scene()
    burst = Keyboard(key_ms=20, hold_ms=15)
    here.type(together(*(burst.plan("abc", 200 * i) for i in range(5))))
    assert here.desk.edit.text() == "abc" * 5
    assert not here.heard.scans


def test_backspace_and_modifiers_keep_their_place(scene: Scenes) -> None:
    here = scene()
    quick = Keyboard(key_ms=20, hold_ms=15)
    plan = together(
        quick.plan("ab", 0),
        quick.tap(BACKSPACE_PLACE, 45),
        quick.plan("Cd", 70),
        quick.tap(BACKSPACE_PLACE, 115),
        quick.plan("e", 200),
    )
    here.type(plan)
    assert here.desk.edit.text() == "aCe"


def test_return_of_a_person_presses_the_default_button(scene: Scenes) -> None:
    here = scene()
    entered = []
    here.desk.edit.returnPressed.connect(lambda: entered.append(here.desk.edit.text()))
    here.type(Keyboard(key_ms=20).plan("12\r"))
    here.type(HUMAN.plan("34\r"))
    assert entered == ["12", "1234"]
    assert not here.heard.scans


def test_a_finger_that_stays_down_repeats(scene: Scenes) -> None:
    from tests.helpers.scanner_wedge import KeyPlan

    here = scene()
    repeats = [KeyPlan(260 + 30 * i, True, 30, 0x41, 0, "a", repeat=True) for i in range(6)]
    here.type([KeyPlan(0, True, 30, 0x41, 0, "a"), *repeats, KeyPlan(450, False, 30, 0x41, 0, "a")])
    assert here.desk.edit.text() == "a" * 7


def test_shortcuts_of_people_still_work_and_come_in_order(scene: Scenes) -> None:
    here = scene()
    saved = []
    shortcut = QShortcut(QKeySequence("Ctrl+S"), here.desk)
    shortcut.activated.connect(lambda: saved.append(here.desk.edit.text()))
    # Typed by QTest: through the window system's own way, which asks the shortcuts.
    QTest.keyClick(here.desk.handle, Qt.Key.Key_X)
    QTest.keyClick(here.desk.handle, Qt.Key.Key_Y)
    QTest.keyClick(here.desk.handle, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert saved == ["xy"]


def test_a_printable_shortcut_and_f8_of_a_person_work_after_the_silence(scene: Scenes) -> None:
    here = scene()
    fired = []
    for key in ("F8", "Ctrl+]"):
        QShortcut(QKeySequence(key), here.desk).activated.connect(lambda key=key: fired.append(key))
    here.type(Keyboard(gs=GsForm.F8, key_ms=100).plan("\x1d"))
    here.type(Keyboard(key_ms=100).plan("\x1d"))
    assert fired == ["F8", "Ctrl+]"]


def test_typing_goes_where_the_focus_was_when_it_was_typed(scene: Scenes) -> None:
    here = scene()
    QTimer.singleShot(30, here.desk, here.desk.other.setFocus)
    here.type(Keyboard(key_ms=15).plan("a"))
    assert (here.desk.edit.text(), here.desk.other.text()) == ("a", "")


def test_a_key_that_opens_a_dialog_does_not_swallow_the_next(scene: Scenes) -> None:
    here = scene()
    seen = []

    def ask(text: str) -> None:
        if text != "a":
            return
        dialog = QDialog(here.desk)
        QTimer.singleShot(300, dialog, dialog.accept)
        dialog.exec()
        seen.append(here.desk.edit.text())
        dialog.deleteLater()

    here.desk.edit.textEdited.connect(ask)
    here.type(Keyboard(key_ms=20).plan("abc"))
    settle(here.bot, 400)
    assert here.desk.edit.text() == "abc"
    assert seen == ["abc"]


def test_closing_the_hub_gives_held_keys_back(scene: Scenes) -> None:
    here = scene()
    Typist(here.desk.handle).type(here.bot, WEDGE.plan("ab"))
    here.hub.close()
    assert here.desk.edit.text() == "ab"
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.desk.edit.text() == "ab" + EAN


def test_a_click_in_mid_scan_does_no_harm(scene: Scenes) -> None:
    here = scene()
    QTimer.singleShot(
        12, here.desk, lambda: QTest.mouseClick(here.desk.other, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    )
    here.type(Keyboard(key_ms=5).plan(EAN + "\r"))
    assert here.heard.texts == [EAN]
    assert here.desk.edit.text() == here.desk.other.text() == ""


@popup
def test_a_context_menu_keeps_its_keys(scene: Scenes, qtbot: QtBot) -> None:
    here = scene()
    chosen = []
    menu = QMenu(here.desk)
    menu.addAction("&Copy").triggered.connect(lambda: chosen.append("copy"))
    menu.popup(here.desk.mapToGlobal(QPoint(5, 5)))
    qtbot.waitUntil(menu.isVisible)
    here.type(HUMAN.plan("c"))
    assert chosen == ["copy"]


# ---------------------------------------------------------------- 2: every character survives


@pytest.mark.parametrize("key_ms", [1, 2, 30])
def test_every_character_survives(scene: Scenes, key_ms: int) -> None:
    here = scene()
    here.type(Keyboard(key_ms=key_ms).plan(SYMBOLS + "\r"))
    assert here.heard.texts == [SYMBOLS]


@pytest.mark.parametrize("host", list(Host))
@pytest.mark.parametrize("caps", [False, True])
def test_layout_and_caps_lock_change_nothing(scene: Scenes, host: Host, caps: bool) -> None:
    here = scene()
    here.type(Keyboard(host=host, caps=caps).plan(SYMBOLS + "\r"))
    assert here.heard.texts == [SYMBOLS]
    typed = Keyboard(key_ms=100, host=host, caps=caps).plan("yZ-1")
    here.type(typed)
    assert here.desk.edit.text() == "".join(event.text for event in typed if event.press)


@pytest.mark.parametrize("form", list(GsForm))
@pytest.mark.parametrize("key_ms", [4, 20])
def test_the_separator_survives_however_it_is_sent(scene: Scenes, form: GsForm, key_ms: int) -> None:
    here = scene()
    here.type(Keyboard(key_ms=key_ms, gs=form).plan(GS1 + "\r"))
    (scan,) = here.heard.scans
    assert scan.aim == "]C1"
    assert scan.text == GS1[3:]
    assert scan.raw == GS1.encode()
    assert here.desk.edit.text() == ""


def test_a_leading_separator_and_a_substitute_survive(scene: Scenes) -> None:
    here = scene(ScannerSettings(gs_substitutes=("{GS}", "~")))
    here.type(WEDGE.plan("\x1d0109520000000006{GS}10A~21B\r"))
    assert here.heard.texts == ["\x1d0109520000000006\x1d10A\x1d21B"]


@pytest.mark.parametrize("code", ["96385074", "A1b2", "0001"])
def test_short_codes_count(scene: Scenes, code: str) -> None:
    here = scene()
    here.type(WEDGE.plan(code + "\r"))
    assert here.heard.texts == [code]


@pytest.mark.parametrize("key_ms", [5, 35, 60])
def test_a_prefix_frames_a_slow_scan(scene: Scenes, key_ms: int) -> None:
    here = scene(ScannerSettings(prefix=STX, suffix="\x03"))
    here.type(Keyboard(key_ms=key_ms).plan(STX + "7aB\x03\r"))
    (scan,) = here.heard.scans
    assert (scan.text, scan.raw) == ("7aB", b"\x027aB\x03")
    assert here.desk.edit.text() == ""


def test_keys_without_scan_codes_are_read_by_their_text(scene: Scenes) -> None:
    here = scene()
    for key in "Ab-9":
        QTest.keyClick(here.desk.handle, key)  # type: ignore[call-overload]
    QTest.keyClick(here.desk.handle, Qt.Key.Key_Return)
    settle(here.bot, 60)
    assert here.heard.texts == ["Ab-9"]


# ---------------------------------------------------------------- 2: input methods


def composed(preedit: str, commit: str = "") -> QInputMethodEvent:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    return event


def test_on_a_prefix_the_input_method_leaves_the_focus_and_comes_back(scene: Scenes) -> None:
    here = scene(FRAMED)
    assert takes_input_method(here.desk.edit)
    Typist(here.desk.handle).type(here.bot, WEDGE.plan(STX + "6901"))
    assert not takes_input_method(here.desk.edit)
    assert QApplication.focusWidget() is here.desk.edit
    here.type(WEDGE.plan(EAN + "\r"))
    assert takes_input_method(here.desk.edit)


@pytest.mark.parametrize(
    ("platform", "environment", "may"),
    [
        ("xcb", {}, False),
        ("xcb", {"QT_IM_MODULE": "compose"}, False),
        ("xcb", {"QT_IM_MODULE": "ibus"}, True),
        ("xcb", {"QT_IM_MODULES": "fcitx;ibus", "QT_IM_MODULE": "compose"}, True),
        ("wayland", {}, True),
        ("windows", {}, True),
    ],
)
def test_where_an_input_method_may_be_at_work(platform: str, environment: dict[str, str], may: bool) -> None:
    assert composes(platform, environment) is may


def test_an_editing_survives_a_framed_scan(scene: Scenes) -> None:
    here = scene(FRAMED)
    finished = []
    here.desk.edit.setText("half")
    here.desk.edit.editingFinished.connect(lambda: finished.append(1))
    here.type(WEDGE.plan(STX + EAN + "\r"))
    assert here.heard.texts == [EAN]
    assert finished == []
    assert here.desk.edit.text() == "half"


class Stubborn(QLineEdit):
    """A field that takes the input method whatever its attribute says."""

    def inputMethodQuery(self, query: Qt.InputMethodQuery, argument: object = None) -> object:
        return True if query == Qt.InputMethodQuery.ImEnabled else super().inputMethodQuery(query)


def test_a_field_that_always_says_it_takes_one_is_sheltered_too(scene: Scenes) -> None:
    here = scene(FRAMED)
    field = Stubborn(here.desk)
    field.show()
    field.setFocus()
    assert takes_input_method(field)
    Typist(here.desk.handle).type(here.bot, WEDGE.plan(STX + "6901"))
    assert not takes_input_method(field)
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == ["6901" + EAN]
    assert takes_input_method(field)


def test_tables_take_no_input_method_though_qt_lets_them(scene: Scenes) -> None:
    here = scene()
    table = here.desk.table
    table.setItem(0, 0, QTableWidgetItem("5"))
    table.setCurrentCell(0, 0)
    table.setFocus()
    assert QApplication.focusWidget() is table
    assert not takes_input_method(table)
    here.hub.close()
    assert takes_input_method(table)


def test_a_scan_field_takes_no_input_method_at_all(scene: Scenes) -> None:
    here = scene()
    refuse_input_method(here.desk.edit)
    assert not takes_input_method(here.desk.edit)
    assert takes_input_method(here.desk.other)


@pytest.mark.parametrize("event", [("ni", ""), ("", "你")])
def test_an_input_method_inside_a_frame_refuses_the_scan_aloud(scene: Scenes, event: tuple[str, str]) -> None:
    here = scene(FRAMED)
    QTimer.singleShot(25, here.desk, lambda: QApplication.sendEvent(here.desk.edit, composed(*event)))
    here.type(Keyboard(key_ms=5).plan(STX + EAN + "\r"))
    assert here.heard.scans == []
    assert [one.reason for one in here.heard.rejected] == [RejectReason.INPUT_METHOD]
    assert here.heard.rejected[0].raw == (STX + EAN).encode()


def test_the_rest_of_a_scan_whose_head_an_input_method_took_is_no_scan(scene: Scenes) -> None:
    here = scene()
    for text in ("w", "wo", "wod"):
        QApplication.sendEvent(here.desk.edit, composed(text))
    QApplication.sendEvent(here.desk.edit, composed("", "我的"))
    here.type(WEDGE.plan("2345\r"))
    assert here.heard.scans == []
    assert [one.reason for one in here.heard.rejected] == [RejectReason.INPUT_METHOD]


def test_a_scan_that_goes_into_an_input_method_whole_is_noticed(scene: Scenes) -> None:
    here = scene()
    for text in ("n", "ni", "ni h", "ni ha"):
        QApplication.sendEvent(here.desk.edit, composed(text))
        settle(here.bot, 4)
    assert not takes_input_method(here.desk.edit)
    settle(here.bot, 120)
    assert [one.reason for one in here.heard.rejected] == [RejectReason.INPUT_METHOD]
    assert takes_input_method(here.desk.edit)


def test_composing_at_human_speed_is_left_alone(scene: Scenes) -> None:
    here = scene()
    for preedit, commit in (("n", ""), ("ni", ""), ("ni h", ""), ("ni ha", ""), ("", "你好")):
        QApplication.sendEvent(here.desk.edit, composed(preedit, commit))
        settle(here.bot, 70)
    assert here.desk.edit.text() == "你好"
    assert here.heard.rejected == []
    settle(here.bot, 300)
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN]


# ---------------------------------------------------------------- 3: nothing dropped, nothing merged


def test_the_same_code_twice_within_50_ms_is_two_scans_and_said(scene: Scenes) -> None:
    here = scene()
    one = WEDGE.plan(EAN + "\r")
    here.type(together(one, shifted(one, one[-1].at_ms + 15)))
    assert here.heard.texts == [EAN, EAN]
    assert [scan.complaints for scan in here.heard.scans] == [(), ("bounce",)]
    assert here.heard.bounces == [here.heard.scans[1]]


def test_the_same_code_after_the_bounce_time_is_said_nothing_of(scene: Scenes) -> None:
    here = scene(ScannerSettings(bounce_ms=150))
    here.type(WEDGE.plan(EAN + "\r"))
    settle(here.bot, 100)
    here.type(WEDGE.plan(EAN + "\r"))
    assert here.heard.texts == [EAN, EAN]
    assert here.heard.bounces == []


def test_scans_without_any_pause_keep_their_order(scene: Scenes) -> None:
    here = scene()
    codes = [f"{i:013}" for i in range(40)]
    here.type(WEDGE.plan("".join(code + "\r" for code in codes)))
    assert here.heard.texts == codes


def test_a_window_that_is_busy_for_400_ms_still_reads_right(scene: Scenes) -> None:
    here = scene()
    typist = Typist(here.desk.handle)
    scans = Keyboard(key_ms=4)
    plan = together(
        scans.plan(EAN + "\r", 5),
        scans.plan("4006381333931\r", 90),
        HUMAN.plan("abc", 200),
    )
    thread = typist.start_beside(plan)
    time.sleep(0.55)  # a window that does not come to its event loop
    thread.join()
    settle(here.bot, 200)
    assert here.heard.texts == [EAN, "4006381333931"]
    assert here.desk.edit.text() == "abc"
    assert here.heard.rejected == []


def test_a_window_that_is_busy_in_mid_scan_reads_one_scan(scene: Scenes) -> None:
    here = scene()
    typist = Typist(here.desk.handle)
    thread = typist.start_beside(Keyboard(key_ms=30).plan(EAN))
    QTimer.singleShot(70, here.desk, lambda: time.sleep(0.4))
    settle(here.bot, 700)
    thread.join()
    assert here.heard.texts == [EAN]
    assert here.desk.edit.text() == ""


def test_keys_that_come_later_than_a_timer_belong_to_the_scan_all_the_same(scene: Scenes) -> None:
    # Some window systems hand keys over only after the timers that came due meanwhile.
    here = scene()
    typist = Typist(here.desk.handle, lag_ms=5)
    thread = typist.start_beside(Keyboard(key_ms=30).plan(EAN))
    QTimer.singleShot(70, here.desk, lambda: time.sleep(0.4))
    settle(here.bot, 700)
    thread.join()
    assert here.heard.texts == [EAN]
    assert here.desk.edit.text() == ""


class LeapingClock:
    """A clock that can be set forward."""

    def __init__(self) -> None:
        self.leap_ns = 0

    def __call__(self) -> int:
        return time.monotonic_ns() + self.leap_ns


def test_a_grace_that_ends_late_is_granted_again(scene: Scenes, qapp: QApplication) -> None:
    here = scene()
    here.hub.close()
    clock, rung = LeapingClock(), [0]
    watch = WedgeFilter(qapp, ScannerSettings(), clock)
    timer = watch.findChild(QTimer)
    assert timer is not None

    def ring() -> None:
        rung[0] += 1
        if rung[0] == 1:
            clock.leap_ns = 400_000_000  # the window was busy while the grace ran

    timer.timeout.connect(ring)
    here.type(Keyboard(key_ms=10).plan("ab"))
    assert rung[0] == 3
    assert here.desk.edit.text() == "ab"
    watch.close()


def test_two_wedges_in_each_other_are_refused_aloud(scene: Scenes) -> None:
    here = scene()
    here.type(together(WEDGE.plan(EAN + "\r"), WEDGE.plan("4006381333931\r", 7.5)))
    assert here.heard.scans == []
    assert RejectReason.MIXED in [one.reason for one in here.heard.rejected]
    assert here.desk.edit.text() == ""


def test_a_second_enter_doubts_the_scan_before(scene: Scenes) -> None:
    here = scene()
    here.type(WEDGE.plan(EAN + "\r\r"))
    (rejected,) = here.heard.rejected
    assert rejected.reason is RejectReason.STRAY_TERMINATOR
    assert rejected.suspect == here.heard.scans[0]


def test_a_slot_that_runs_a_dialog_still_gets_the_next_scans_in_order(scene: Scenes, qtbot: QtBot) -> None:
    here = scene()
    dialog = QDialog(here.desk)

    def acknowledge() -> None:
        if len(here.heard.scans) == 1:
            dialog.exec()
        elif len(here.heard.scans) == 3:
            dialog.accept()

    here.hub.scanned.connect(acknowledge)
    codes = ["1111", "2222", "3333", "4444"]
    here.type(WEDGE.plan("".join(code + "\r" for code in codes)))
    assert here.heard.texts == codes
    dialog.deleteLater()


def test_delivery_can_wait_and_capture_goes_on(scene: Scenes) -> None:
    here = scene()
    depths: list[int] = []
    here.hub.queued.connect(depths.append)
    here.hub.suspend_delivery()
    here.type(WEDGE.plan("1111\r2222\r3333\r"))
    assert here.heard.scans == []
    assert [item.text for item in here.hub.queue] == ["1111", "2222", "3333"]
    here.hub.resume_delivery()
    assert here.heard.texts == ["1111", "2222", "3333"]
    assert depths == [1, 2, 3, 0]


def test_the_time_of_a_scan_is_that_of_its_terminator(scene: Scenes) -> None:
    here = scene()
    before = time.monotonic_ns()
    here.type(Keyboard(key_ms=10).plan(EAN + "\r"))
    (scan,) = here.heard.scans
    arrived_ms = (scan.monotonic_ns - before) / 1e6
    assert 130 <= arrived_ms < 230
    assert abs(scan.captured_at_us - time.time_ns() // 1000) < 5_000_000


def test_the_enter_of_a_person_after_a_scan_is_theirs(scene: Scenes) -> None:
    here = scene()
    entered = []
    here.desk.edit.returnPressed.connect(lambda: entered.append(1))
    here.type(together(WEDGE.plan(EAN + "\r"), HUMAN.tap(ENTER_PLACE, 150)))
    assert entered == [1]
    assert here.heard.rejected == []
