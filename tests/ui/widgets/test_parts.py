import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText, chip_size, paint_chip
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.keys import key_text
from merchant_desk.ui.widgets.labels import ElidedLabel
from merchant_desk.ui.widgets.meter import Meter
from merchant_desk.ui.widgets.overlay import Overlay
from merchant_desk.ui.widgets.panel import PageHead, Panel, Tile
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.widgets.task_card import CardAction, CardText, TaskCard
from merchant_desk.ui.widgets.toast import MOST, Notice, Notices


@pytest.fixture
def host(look: Look, qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_chip_hides_when_it_has_nothing_to_say(look: Look, host: QWidget) -> None:
    chip = Chip(look, ChipText("待拣货"), host)
    chip.show()
    chip.show_chip(ChipText(""))
    assert not chip.isVisible()
    chip.show_chip(ChipText("已发货", Tone.OK))
    assert chip.isVisible()
    assert chip.accessibleName() == "已发货"


def test_a_chip_without_a_parent_opens_no_window(look: Look) -> None:
    chip = Chip(look, ChipText(""))
    chip.show_chip(ChipText("x"))
    chip.show_chip(ChipText(""))
    assert not chip.isVisible()
    chip.deleteLater()


@pytest.mark.parametrize("tone", [tone for tone in Tone if tone is not Tone.NEUTRAL])
def test_a_marked_chip_shows_its_shape_before_the_words(look: Look, tone: Tone) -> None:
    plain, marked = ChipText("x", tone), ChipText("x", tone, marked=True)
    assert chip_size(marked).width() > chip_size(plain).width()
    size = chip_size(marked)
    image = QImage(size, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_chip(painter, QRectF(0, 0, size.width(), size.height()), marked, look.colours)
    painter.end()
    column = {image.pixelColor(12, y).name().upper() for y in range(size.height())}
    row = {image.pixelColor(x, size.height() // 2).name().upper() for x in range(8, 18)}
    assert look.colours.ink_of(tone) in column | row


@pytest.mark.parametrize("kind", Kind)
def test_a_button_has_room_for_icon_words_and_key(look: Look, host: QWidget, kind: Kind) -> None:
    bare = ActionButton(look, "完成收货", kind=kind).sizeHint()
    full = ActionButton(look, "完成收货", kind=kind, key="F12", icon="check").sizeHint()
    assert full.width() > bare.width() + 16 + 20
    assert bare.height() >= Size.CONTROL


def test_a_button_in_focus_shows_it(look: Look, host: QWidget) -> None:
    one, two = ActionButton(look, "一", parent=host), ActionButton(look, "二", parent=host)
    for i, button in enumerate((one, two)):
        button.setGeometry(10 + 100 * i, 10, 80, 34)
        button.show()
    one.setFocus(Qt.FocusReason.TabFocusReason)
    edges = [button.grab().toImage().pixelColor(QPoint(40, 1)).name().upper() for button in (one, two)]
    assert edges[0] == look.colours.accent
    assert edges[1] != look.colours.accent


def test_buttons_and_tabs_take_no_input_method(look: Look, host: QWidget) -> None:
    for widget in (ActionButton(look, "x"), FilterTabs(look), Overlay(look, host)):
        assert not widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        widget.deleteLater()


@pytest.mark.parametrize(
    ("shortcut", "cap"),
    [
        ("Return", "⏎"),
        ("Up Down", "↑ ↓"),
        ("F12", "F12"),
        ("Ctrl+K", "Ctrl K"),
        ("Alt+1 … Alt+9", "Alt 1 … Alt 9"),
    ],
)
def test_key_caps(qapp: object, shortcut: str, cap: str) -> None:
    assert key_text(shortcut) == cap


def test_a_label_that_has_no_room_ends_in_dots_and_tells_on_asking(look: Look, host: QWidget) -> None:
    words = ElidedLabel("供应商：鲁北粮油批发 · 采购单 PO-2611-0457", "small", host)
    words.resize(100, 20)
    words.show()
    words.grab()
    assert words.toolTip() == words.text()
    words.resize(600, 20)
    words.grab()
    assert words.toolTip() == ""


def test_a_meter_fills_and_turns_red_when_there_is_too_much(look: Look, host: QWidget) -> None:
    meter = Meter(look, parent=host)
    meter.resize(100, 9)
    meter.show_value(500)
    half = meter.grab().toImage()
    assert half.pixelColor(30, 4).name().upper() == look.colours.ok
    assert half.pixelColor(70, 4).name().upper() == look.colours.neutral_tint
    meter.show_value(1010)
    assert meter.grab().toImage().pixelColor(70, 4).name().upper() == look.colours.refused


def test_tabs_are_chosen_by_key_and_click_and_keep_the_choice(
    look: Look, host: QWidget, qtbot: QtBot
) -> None:
    tabs = FilterTabs(look, host)
    tabs.resize(600, 34)
    tabs.show()
    tabs.show_tabs([Tab("a", "待审核", "21"), Tab("b", "待拣货", "34"), Tab("c", "全部")])
    chosen: list[str] = []
    tabs.chosen.connect(chosen.append)
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=QPoint(20, 17))
    tabs.choose("c")
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert chosen == ["b", "a", "c"]
    tabs.show_tabs([Tab("c", "全部"), Tab("b", "待拣货", "33")])
    assert (tabs.current, chosen) == ("c", ["b", "a", "c"])


def test_an_empty_state_offers_what_to_do_next(look: Look, host: QWidget) -> None:
    done: list[int] = []
    empty = EmptyState(look, parent=host)
    empty.resize(400, 300)
    empty.show()
    empty.set_texts("没有订单", "导入或新建", action="导入", run=lambda: done.append(1))
    button = empty.findChild(ActionButton)
    assert button is not None
    assert button.isVisible()
    button.click()
    assert done == [1]
    empty.set_texts("没有订单")
    assert not button.isVisible()


def test_a_tile_and_a_head_say_what_they_show(look: Look, host: QWidget) -> None:
    tile = Tile(look, parent=host)
    tile.set_texts("待发送", "37 项", "均已落盘", Tone.WARNING)
    assert tile.accessibleName() == "待发送 37 项 均已落盘"
    head = PageHead(look, host)
    head.set_texts("入库", "供应商", "RC-03-000218")
    assert [label.text() for label in head.findChildren(QLabel)] == ["入库", "供应商"]
    panel = Panel(look, "明细", parent=host)
    panel.set_chips([ChipText("超收 1", Tone.REFUSED), ChipText("临期 1", Tone.WARNING)])
    panel.set_chips([ChipText("超收 2", Tone.REFUSED)])
    assert [chip.chip.text for chip in panel.findChildren(Chip) if not chip.isHidden()] == ["超收 2"]


def test_a_head_cuts_none_of_its_buttons(look: Look, host: QWidget, qtbot: QtBot) -> None:
    head = PageHead(look, host)
    head.set_texts("Inbound · delivery", "Supplier: Bluestone", "RC-03-000218")
    names = ("Differences", "Print label", "Finish receipt")
    buttons = [ActionButton(look, name, key="F6") for name in names]
    for button in buttons:
        head.add_button(button)
    head.show()
    for width in (1200, 620, 1200):
        head.resize(width, 100)
        qtbot.wait(10)
        places = [QRect(one.mapTo(head, QPoint(0, 0)), one.size()) for one in buttons]
        assert all(one.width() >= one.sizeHint().width() for one in buttons), width
        assert all(head.rect().contains(place) for place in places), (width, places)
        title = head.findChildren(QLabel)[0]
        assert (places[0].top() > title.geometry().bottom()) == (width == 620)


def test_a_task_card_offers_its_decisions(look: Look, host: QWidget) -> None:
    decided: list[str] = []
    text = CardText(ChipText("预占被拒绝", Tone.REFUSED), "订单 4093", "服务器可用 2。")
    card = TaskCard(
        look,
        text,
        [
            CardAction("拆单", lambda: decided.append("split"), primary=True),
            CardAction("退款", lambda: decided.append("refund")),
        ],
        host,
    )
    buttons = card.findChildren(ActionButton)
    assert [(button.text(), button.kind) for button in buttons] == [
        ("拆单", Kind.PRIMARY),
        ("退款", Kind.SECONDARY),
    ]
    for button in buttons:
        button.click()
    assert decided == ["split", "refund"]
    assert card.tone is Tone.REFUSED


def test_notices_make_room_go_by_themselves_and_refusals_stay(
    look: Look, host: QWidget, qtbot: QtBot
) -> None:
    notices = Notices(look, host)
    notices.tell("拒绝", Tone.REFUSED)
    for i in range(MOST):
        notices.tell(f"第 {i} 条")
    assert [notice.text for notice in notices.notices()] == ["拒绝", "第 1 条", "第 2 条", "第 3 条"]
    assert host.rect().contains(notices.geometry())
    notices.clear()
    assert notices.isHidden()
    notices.show_notice(Notice("一会儿", seconds=1))
    qtbot.waitUntil(lambda: not notices.notices(), timeout=3000)


def test_a_notice_can_be_acted_on(look: Look, host: QWidget) -> None:
    notices = Notices(look, host)
    done: list[int] = []
    notices.show_notice(Notice("已删除", action="撤销", run=lambda: done.append(1), seconds=0))
    button = next(one for one in notices.findChildren(ActionButton) if one.text() == "撤销")
    button.click()
    assert done == [1]
    assert notices.notices() == []


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 720), (900, 600), (640, 440)])
def test_notices_never_hide_the_button_of_an_open_sheet(
    look: Look, host: QWidget, size: tuple[int, int]
) -> None:
    host.resize(*size)
    notices, overlay = Notices(look, host), Overlay(look, host, width=860)
    for n in range(MOST):
        notices.tell(f"SH-02-00000{n} 已发货")
    corner = notices.geometry().bottomRight()
    foot, button = QHBoxLayout(), ActionButton(look, "完成发货", kind=Kind.PRIMARY, key="Return")
    foot.addStretch(1)
    foot.addWidget(button)
    overlay.column.addWidget(QLabel("完成发货?"))
    overlay.column.addLayout(foot)
    overlay.open()
    QApplication.processEvents()
    where = QRect(button.mapTo(host, QPoint()), button.size())
    assert host.rect().contains(notices.geometry())
    assert not notices.geometry().intersects(where)
    notices.tell("已取消", Tone.REFUSED)
    assert not notices.geometry().intersects(where), "one that comes while it is open"
    overlay.close_sheet()
    assert notices.geometry().bottomRight() == corner, "back where they belong"


def test_an_overlay_keeps_the_focus_and_gives_it_back(look: Look, host: QWidget, qtbot: QtBot) -> None:
    field = QLineEdit(host)
    field.show()
    field.setFocus()
    overlay = Overlay(look, host)
    one, two = QLineEdit(), QLineEdit()
    overlay.column.addWidget(one)
    overlay.column.addWidget(two)
    overlay.open(one)
    assert overlay.geometry() == host.rect()
    focused = []
    for _ in range(3):
        QTest.keyClick(host.focusWidget(), Qt.Key.Key_Tab)
        focused.append(host.focusWidget())
    assert focused == [two, one, two]
    host.resize(700, 500)
    assert overlay.geometry() == host.rect()
    with qtbot.waitSignal(overlay.closed):
        QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert host.focusWidget() is field


def test_long_work_is_shown_and_stopped_once(look: Look, host: QWidget) -> None:
    stopped: list[int] = []
    busy = BusyOverlay(look, host)
    busy.begin("正在导入", lambda: stopped.append(1))
    QTest.keyClick(busy, Qt.Key.Key_Escape)
    assert busy.isVisible()
    busy.show_progress(1_820, 541_909)
    assert "1,820 / 541,909" in [label.text() for label in busy.findChildren(QLabel)]
    button = busy.findChild(ActionButton)
    assert button is not None
    button.click()
    button.click()
    assert (stopped, button.text(), button.isEnabled()) == ([1], "正在停止…", False)
    busy.finish()
    assert not busy.isVisible()


@pytest.fixture
def answers() -> dict[str, str]:
    return {"sku": "已被使用", "": "有 1 处需要修改"}


def test_a_form_shows_each_error_at_its_field_and_closes_when_there_is_none(
    look: Look, host: QWidget, qtbot: QtBot, answers: dict[str, str]
) -> None:
    dialog = FormDialog(look, host, "新建商品", lambda: answers, note="条码以后再学")
    name = dialog.add_field("name", "名称", QLineEdit(), "显示在标签上")
    sku = dialog.add_field("sku", "编码", QLineEdit())
    dialog.open()
    qtbot.waitExposed(dialog)
    QTest.keyClick(name.editor, Qt.Key.Key_Return)
    assert (name.error, sku.error) == ("", "已被使用")
    assert dialog.focusWidget() is sku.editor
    assert sku.editor.property("invalid") == "true"
    assert sku.editor.accessibleDescription() == "已被使用"
    assert dialog.isVisible()
    answers.clear()
    with qtbot.waitSignal(dialog.accepted):
        dialog.save.click()
    assert sku.error == ""


LONG = "税种 V13 从 2019-04-01 起已是 13%，没有改动。确要更正，请选“更正”，再保存一次。" * 2


@pytest.mark.parametrize("fields", [4, 60])
def test_a_form_grows_with_its_errors_or_scrolls_to_the_first(
    look: Look, host: QWidget, qtbot: QtBot, fields: int
) -> None:
    """At its narrowest, where an error takes three lines: as high as needed, never higher than the screen."""
    wrong = f"f{fields - 1}"
    dialog = FormDialog(look, host, "新税率", lambda: {wrong: LONG, "": LONG})
    last = [
        dialog.add_field(f"f{n}", "名称", QLineEdit(), "如 13、6.5，最多四位小数") for n in range(fields)
    ][-1]
    dialog.open()
    qtbot.waitExposed(dialog)
    QTest.keyClick(last.editor, Qt.Key.Key_Return)

    def whole() -> None:
        area = dialog.findChild(QScrollArea)
        assert area is not None
        shown = QRect(last.mapTo(area.viewport(), QPoint(0, 0)), last.size())
        assert area.viewport().rect().contains(shown)
        assert last.height() >= last.heightForWidth(last.width())
        assert dialog.height() <= dialog.screen().availableGeometry().height()
        assert (area.verticalScrollBar().maximum() > 0) == (fields == 60)

    qtbot.waitUntil(whole)


def test_editors_keep_their_text_visible(look: Look, host: QWidget) -> None:
    """Nothing typed is cut: each editor is at least as high as its type."""
    column = QVBoxLayout(host)
    for editor in (QLineEdit("高gÅ"), QComboBox(), QPlainTextEdit("高gÅ")):
        column.addWidget(editor)
        assert editor.sizeHint().height() >= editor.fontMetrics().height() + 8


def test_a_long_notice_shows_all_its_lines(look: Look, host: QWidget) -> None:
    host.resize(1366, 740)
    notices = Notices(look, host)
    for _ in range(2):
        notices.tell("这一句话很长，" * 12, Tone.REFUSED)
        notices.show_notice(Notice("短", Tone.REFUSED, "说明也很长，" * 12, action="去处理", seconds=0))
    QApplication.processEvents()
    words = [one for one in notices.findChildren(QLabel) if one.isVisible()]
    assert len(words) == 6
    assert [one.text() for one in words if one.height() < one.heightForWidth(one.width())] == []
