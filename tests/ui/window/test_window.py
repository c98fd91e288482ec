from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.actions import Action, check_shortcut
from merchant_desk.ui.background import ImmediateRunner
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme, Tone
from merchant_desk.ui.widgets.keys import KeyCap
from merchant_desk.ui.window.command_palette import Hit, matching
from merchant_desk.ui.window.screens import Badge, ScreenContext, ScreenSpec
from merchant_desk.ui.window.status_line import DeskStatus, ScannerState, SoundState
from merchant_desk.ui.window.window import DeskWindow, WindowParts
from tests.ui.samples.scenes import SCENES, sample_window
from tests.ui.samples.words import NOW


class Screen(QWidget):
    """A screen with a field, that remembers what it was asked to show."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__()
        self.context = context
        self.targets: list[object] = []
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)

    def show_target(self, target: object) -> None:
        self.targets.append(target)


class Shop:
    """What the window is made of in these tests."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.built: list[str] = []
        self.badge: Badge | None = Badge(18)
        self.rights = {"sell"}
        self.closable = True
        self.broken = False
        self.found: list[str] = []

    def build(self, name: str) -> Callable[[ScreenContext], QWidget]:
        def make(context: ScreenContext) -> QWidget:
            if self.broken and name == "orders":
                raise RuntimeError("no such table")
            self.built.append(name)
            return Screen(context)

        return make

    def search(self, typed: str) -> list[Hit]:
        return [Hit(f"SO-{typed}", lambda: self.found.append(typed), icon="receipt")]

    def window(self) -> DeskWindow:
        specs = [
            ScreenSpec("inbound", "group.work", "screen.inbound", "package-plus", self.build("inbound")),
            ScreenSpec(
                "orders",
                "group.business",
                "screen.orders",
                "receipt",
                self.build("orders"),
                lambda: self.badge,
                "sell",
            ),
            ScreenSpec("sync", "group.system", "screen.sync", "refresh-cw", self.build("sync")),
        ]
        parts = WindowParts(
            self.look,
            ImmediateRunner(),
            specs,
            now=lambda: NOW,
            permitted=lambda right: right in self.rights,
            sources=(self.search,),
            may_close=lambda: self.closable,
        )
        return DeskWindow(parts)


@pytest.fixture
def shop(look: Look) -> Shop:
    return Shop(look)


@pytest.fixture
def window(shop: Shop, qtbot: QtBot) -> Iterator[DeskWindow]:
    made = shop.window()
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    shop.closable = True


def in_front(window: DeskWindow) -> str:
    return window.current


def is_dark(look: Look) -> bool:
    return look.theme.scheme is Scheme.DARK


def key(window: DeskWindow, keys: str) -> None:
    """Press a portable shortcut on the window, as a keyboard would."""
    combination = QKeySequence.fromString(keys)[0]  # type: ignore[index]  # missing in Qt's annotations
    QTest.keyClick(window.windowHandle(), combination.key(), combination.keyboardModifiers())


def test_a_screen_is_built_when_it_is_first_shown_and_only_once(window: DeskWindow, shop: Shop) -> None:
    assert shop.built == []
    window.go("orders")
    window.go("inbound")
    window.go("orders")
    assert shop.built == ["orders", "inbound"]
    assert window.current == "orders"
    assert window.windowTitle() == "订单 — Merchant Desk"
    assert window.navigation._items["orders"].isChecked()
    assert not window.navigation._items["inbound"].isChecked()


def test_alt_and_a_number_show_a_screen(window: DeskWindow, qtbot: QtBot) -> None:
    for keys, screen in (("Alt+3", "sync"), ("Alt+1", "inbound"), ("Alt+2", "orders")):
        key(window, keys)
        assert window.current == screen


def test_the_navigation_is_walked_by_arrows(window: DeskWindow) -> None:
    first = window.navigation._items["inbound"]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    second = window.navigation._items["orders"]
    assert window.focusWidget() is second
    assert window.current == ""
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert window.current == "orders"


def test_a_screen_is_opened_at_a_record(window: DeskWindow) -> None:
    window.context.go("orders", b"id")
    screen = window.built("orders")
    assert isinstance(screen, Screen)
    assert screen.targets == [b"id"]
    with pytest.raises(KeyError):
        window.go("no-such-screen")


def test_the_focus_goes_into_the_screen_and_comes_back_to_where_it_was(window: DeskWindow) -> None:
    window.go("orders")
    screen = window.built("orders")
    assert isinstance(screen, Screen)
    screen.field.setFocus()
    window.go("inbound")
    assert not screen.isVisible()
    window.go("orders")
    assert window.focusWidget() is screen.field


@pytest.mark.expects_log("screen orders could not be built")
def test_a_screen_that_fails_does_not_take_the_window_with_it(window: DeskWindow, shop: Shop) -> None:
    shop.broken = True
    window.go("orders")
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "这个页面打不开" in shown
    assert any("no such table" in words for words in shown)
    window.go("inbound")
    shop.broken = False
    window.go("orders")
    assert shop.built == ["inbound", "orders"]


def test_rights_hide_screens_and_leave_one_that_was_lost(window: DeskWindow, shop: Shop) -> None:
    window.go("orders")
    shop.rights.clear()
    window.show_person("店员")
    assert window.current == "inbound"
    assert window.navigation._items["orders"].isHidden()
    window.go("orders")
    assert window.current == "inbound"
    key(window, "Alt+2")
    assert window.current == "inbound"
    shop.rights.add("sell")
    window.refresh_rights()
    assert not window.navigation._items["orders"].isHidden()


def test_badges_are_asked_for(window: DeskWindow, shop: Shop) -> None:
    item = window.navigation._items["orders"]
    shown = [item._badge]
    shop.badge = Badge(0)
    window.refresh_badges()
    shown.append(item._badge)
    window.refresh_badges({"orders": Badge(3, Tone.REFUSED)})
    shown.append(item._badge)
    assert shown == [Badge(18), None, Badge(3, Tone.REFUSED)]


def test_search_finds_commands_screens_and_records(window: DeskWindow, shop: Shop, qtbot: QtBot) -> None:
    window.go("inbound")
    key(window, "Ctrl+K")
    palette = window._palette
    assert palette.isVisible()
    QTest.keyClicks(palette.field, "orders")
    assert [hit.title for hit in palette.list.hits] == ["订单"]
    qtbot.waitUntil(lambda: len(palette.list.hits) == 2)
    assert palette.list.hits[1].title == "SO-orders"
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert shop.found == ["orders"]
    assert not palette.isVisible()
    key(window, "Ctrl+K")
    palette.field.setText("订单")
    palette.field.textEdited.emit("订单")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.current == "orders"


def test_escape_closes_the_palette_and_gives_the_focus_back(window: DeskWindow) -> None:
    window.go("orders")
    screen = window.built("orders")
    assert isinstance(screen, Screen)
    screen.field.setFocus()
    window.open_palette()
    QTest.keyClick(window._palette.field, Qt.Key.Key_Escape)
    assert not window._palette.isVisible()
    assert window.focusWidget() is screen.field


def test_what_begins_with_the_words_comes_first() -> None:
    hits = [
        Hit("Reopen order", lambda: None),
        Hit("Orders", lambda: None, words="订单"),
        Hit("Stock", lambda: None),
    ]
    assert [hit.title for hit in matching(hits, "order")] == ["Orders", "Reopen order"]
    assert [hit.title for hit in matching(hits, "订")] == ["Orders"]
    assert [hit.title for hit in matching(hits, "open re")] == ["Reopen order"]


def test_help_lists_the_keys_of_the_screen_in_front(window: DeskWindow, qtbot: QtBot) -> None:
    window.commands.add(
        [
            Action(
                "receipt.finish",
                "screen.receipts",
                lambda: None,
                "F12",
                screen="inbound",
                group="actions.document",
            ),
            Action(
                "order.new",
                "screen.orders",
                lambda: None,
                "Ctrl+N",
                screen="orders",
                group="actions.document",
            ),
        ]
    )
    window.go("inbound")
    key(window, "F1")
    caps = {cap._text for cap in window._help.findChildren(KeyCap)}
    assert {"F12", "F1", "Ctrl K", "Alt 1"} <= caps
    assert "Ctrl N" not in caps


def test_language_and_light_are_switched_live(window: DeskWindow, look: Look) -> None:
    window.go("orders")
    key(window, "Ctrl+Shift+L")
    assert window.windowTitle() == "Orders — Merchant Desk"
    assert window.navigation._items["orders"].text() == "Orders"
    assert window.header.search.text().startswith("Search")
    window.header.light.click()
    assert is_dark(look)
    key(window, "Ctrl+Shift+D")
    assert not is_dark(look)
    window.header.language.click()
    assert window.windowTitle() == "订单 — Merchant Desk"


def test_a_narrow_window_keeps_the_icons(window: DeskWindow, qtbot: QtBot) -> None:
    wide = window.navigation.width()
    window.resize(900, 560)
    qtbot.waitUntil(lambda: window.navigation.width() < wide / 2)
    assert window.status_line.isHidden()
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.navigation.width() == wide)
    assert not window.status_line.isHidden()


def test_the_status_line_tells_how_the_desk_is(window: DeskWindow, look: Look) -> None:
    window.status_line.show_status(
        DeskStatus("Zebra", ScannerState.FAULT, "拔出", SoundState.NONE, "A-03-2", ("青石", "城关", "03"))
    )
    words = [label.text() for label in window.status_line.findChildren(QLabel)]
    assert words == [
        "扫描枪 Zebra · 有问题：拔出",
        "提示音 无设备",
        "库位 A-03-2（扫库位码可切换）",
        "青石 · 城关 · 03",
    ]
    look.language.toggle()
    assert "No sound device" in [label.text() for label in window.status_line.findChildren(QLabel)]
    look.language.toggle()


def test_closing_can_be_refused(window: DeskWindow, shop: Shop, qtbot: QtBot) -> None:
    shop.closable = False
    window.close()
    assert window.isVisible()
    shop.closable = True
    with qtbot.waitSignal(window.closing):
        window.close()


def test_the_sync_indicator_opens_the_sync_centre(window: DeskWindow) -> None:
    window.header.sync.click()
    assert window.current == "sync"


def test_no_key_that_types_is_a_shortcut_anywhere(window: DeskWindow) -> None:
    keys = [action.shortcut for action in window.commands.in_scope() if action.shortcut]
    assert len(keys) >= 7
    for shortcut in keys:
        check_shortcut(shortcut)
    for button in window.findChildren(QAbstractButton):
        assert button.shortcut().isEmpty()


def test_every_control_is_reached_by_tab(window: DeskWindow) -> None:
    window.go("orders")
    reached = set()
    for _ in range(40):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    header = window.header
    wanted = {header.search, header.sync, header.language, header.light, header.person}
    assert wanted <= reached
    assert set(window.navigation._items.values()) <= reached


@pytest.mark.parametrize("scene", list(SCENES))
def test_every_scene_of_the_gallery_is_drawn_whole(look: Look, qtbot: QtBot, scene: str) -> None:
    """No label of a fixed text is narrower than its words at the smallest size that the gallery shows."""
    window = sample_window(look, ImmediateRunner())
    qtbot.addWidget(window)
    window.resize(960, 600)
    window.show()
    kept = SCENES[scene](window)
    image = window.grab().toImage()
    assert not image.isNull()
    cut = [
        label.text()
        for label in window.findChildren(QLabel)
        if type(label) is QLabel
        and label.isVisible()
        and not label.wordWrap()
        and label.text()
        and label.width() < label.sizeHint().width() - 1
    ]
    assert cut == []
    if kept is not None:
        kept.close()
