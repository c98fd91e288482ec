"""A scanner that sends a code twice for one pull: both scans count, and it is said."""

from functools import partial

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.tones import Sound
from tests.ui.screens.acting import notices_of, settled, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_no_scan_swallowed import RICE, receiving, station
from tests.ui.screens.test_sign_in import BADGE, scan

BOUNCE = "同一条码紧接着扫了两次，可能是重复触发"


def test_a_code_twice_within_a_moment_is_recorded_twice_and_said(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Sound] = []
    monkeypatch.setattr(Sounds, "play", lambda self, sound: heard.append(sound))
    program = receiving(scene, show, qtbot)
    for _ in range(3):
        scan(program, RICE)
    until(qtbot, lambda: BOUNCE in notices_of(program))
    assert heard.count(Sound.ATTENTION) >= 1
    settled(qtbot, program)
    line = station(program).panel.line
    assert line is not None
    assert line.done == 3 * line.pack, "none was dropped"
    (notice,) = program.window.notices.notices()
    assert notice.detail == f"两次都已记下。如果只扫了一件，请撤销一次：{RICE}"
    program.look.language.toggle()
    assert notices_of(program) == ["One code twice within a moment: perhaps a bounce"]


def at_a_receipt(scene: Scene, show: Show, qtbot: QtBot) -> Program:
    """Open the delivery, and wait until a code twice is no bounce of what came before."""
    program = receiving(scene, show, qtbot)
    QTest.qWait(450)
    return program


@pytest.mark.parametrize("before", [[], ["PO-1"], [RICE, "MD:MINUS"]], ids=["unknown", "stopped", "minus"])
def test_nothing_is_to_be_undone_where_nothing_was_recorded_twice(
    scene: Scene, show: Show, qtbot: QtBot, before: list[str]
) -> None:
    program = at_a_receipt(scene, show, qtbot)
    for code in before:
        scan(program, code)
        settled(qtbot, program)
        QTest.qWait(450)
    for _ in range(2):
        scan(program, RICE if before else "9999999999994")
    until(qtbot, lambda: BOUNCE in notices_of(program))
    (notice,) = (one for one in program.window.notices.notices() if one.text == BOUNCE)
    assert notice.detail == (RICE if before else "9999999999994")


def test_of_several_codes_only_the_last_stands(scene: Scene, show: Show, qtbot: QtBot) -> None:
    """Whoever scans piece by piece is not to lose the scan log behind a stack of them."""
    program = at_a_receipt(scene, show, qtbot)
    for code in ("9999999999994", "9999999999987"):
        for _ in range(2):
            scan(program, code)
        until(qtbot, partial(_stands_alone, program, code))


def _stands_alone(program: Program, detail: str) -> bool:
    return [one.detail for one in program.window.notices.notices()] == [detail]


def test_one_that_was_held_back_is_not_to_be_undone(scene: Scene, show: Show, qtbot: QtBot) -> None:
    """The first of the two raised a question, the second waits behind it."""
    program = at_a_receipt(scene, show, qtbot)
    scan(program, "MD:QTY:95200")
    settled(qtbot, program)
    for _ in range(2):
        scan(program, RICE)
    until(qtbot, lambda: BOUNCE in notices_of(program))
    assert len(station(program).control.situation.held) == 1
    (notice,) = program.window.notices.notices()
    assert notice.detail == RICE


def test_after_a_moment_it_is_another_scan_and_nothing_is_said(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = receiving(scene, show, qtbot)
    scan(program, RICE)
    QTest.qWait(450)
    scan(program, RICE)
    settled(qtbot, program)
    assert notices_of(program) == []


def test_a_badge_twice_is_one_person(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "inbound")
    scan(program, BADGE)
    scan(program, BADGE)
    settled(qtbot, program)
    assert notices_of(program) == []
