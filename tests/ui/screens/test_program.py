"""Does the window program hold together: every screen, both languages, keys, closing?"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.symbologies import symbology
from merchant_desk.models.local_settings import FILE
from merchant_desk.ui.screens.registry import ENTRIES
from tests.ui.screens.acting import ALT, CONTROL, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_every_screen_of_the_registry_opens_with_something_to_read(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.work()
    program = show(scene.a)
    for entry in ENTRIES:
        program.window.go(entry.id)
        settled(qtbot, program)
        built = program.window.built(entry.id)
        assert built is not None, f"{entry.id} could not be built"
        assert len(texts_in(built)) > 10, entry.id
    assert program.window.notices.notices() == []


def test_language_and_colours_change_while_it_runs(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    for entry in ENTRIES:
        program.window.go(entry.id)
    settled(qtbot, program)
    press(program, Qt.Key.Key_L, CONTROL | SHIFT)
    press(program, Qt.Key.Key_D, CONTROL | SHIFT)
    program.window.go("sync")
    settled(qtbot, program)
    shown = texts_in(program.window.built("sync") or program.window)
    assert "Everything is saved here first" in shown
    assert "所有操作先存本机" not in shown
    assert program.window.windowTitle().startswith("Sync centre")
    assert program.look.colours.scheme == "dark"


def test_alt_and_a_figure_open_the_screens_in_order(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    order = program.window.navigation.order()
    press(program, Qt.Key.Key_3, ALT)
    assert program.window.current == order[2]
    press(program, Qt.Key.Key_1, ALT)
    assert program.window.current == order[0]


def test_ctrl_k_finds_a_record_and_goes_there(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    until(qtbot, lambda: not program.search.behind)
    press(program, Qt.Key.Key_K, CONTROL)
    palette = program.window._palette
    palette.field.setText("WX261121-4124")
    palette._typed()
    until(qtbot, lambda: [hit for hit in palette.list.hits if "4124" in hit.title])
    while palette.list.current is None or "4124" not in palette.list.current.title:
        press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_Return)
    settled(qtbot, program)
    assert program.window.current == "orders"
    until(qtbot, lambda: "WX261121-4124" in texts_in(program.window.built("orders") or program.window))


@pytest.mark.parametrize("typed", ["SOY-19", "海天生抽 1.9L", "Haitian soy sauce"])
def test_ctrl_k_offers_first_what_is_called_what_was_typed(
    scene: Scene, show: Show, qtbot: QtBot, typed: str
) -> None:
    """Before other products and orders that match as well; and products speak the window's language."""
    new_id = scene.world.chance.new_id
    other = NewSku(
        new_id(), "SOY-190", "阿香海天生抽 1.9L", "A Haitian soy sauce", "", "瓶", 0, False, False, 0, 0, ()
    )
    scene.a.do(AddProduct(other))
    program = show(scene.a, language="en")
    until(qtbot, lambda: not program.search.behind)
    press(program, Qt.Key.Key_K, CONTROL)
    palette = program.window._palette
    palette.field.setText(typed)
    palette._typed()
    until(qtbot, lambda: "A Haitian soy sauce" in [hit.title for hit in palette.list.hits])
    settled(qtbot, program)
    assert palette.list.current is not None
    assert palette.list.current.title == "Haitian soy sauce"
    assert palette.list.current.detail.startswith("SOY-19 ")


def test_a_worker_sees_what_a_worker_may_do(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, "orders")
    settled(qtbot, program)
    assert not program.session.permitted("order")
    assert not program.window.commands.possible("orders.accept")
    assert program.session.permitted("receive")


@pytest.mark.expects_log("window_error")
def test_an_error_nobody_caught_is_told_in_the_window(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)

    def fail() -> None:
        raise OSError("no such disk")

    program.runner.run(fail, lambda _: None)
    until(qtbot, program.window.notices.notices)
    assert "no such disk" in program.window.notices.notices()[0].text


def test_closing_ends_every_thread_and_gives_the_desk_back(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    settled(qtbot, program)
    program.close(keep=True)
    assert not program.search._thread.is_alive()
    assert (scene.a.runtime.profile.folder / FILE).exists()
    scene.a.receive("PO-1").scan("9520000000028")
    assert isinstance(program.window.findChild(QLabel), QLabel)


def test_the_gs1_library_is_loaded_before_the_first_scan_needs_it(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    symbology.cache_clear()
    show(scene.a)
    until(qtbot, lambda: symbology.cache_info().currsize)
