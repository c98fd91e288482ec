"""Does the guided trial find what is wrong with a scanner, by its keys, and keep that it is ready?"""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.printers import LABEL, Printer, Reach
from merchant_desk.domain.scanner_trial import ready_day
from merchant_desk.ui.scanner.settings import GS, Layout
from merchant_desk.ui.scanner.trial import TrialCode, TrialFault
from merchant_desk.ui.screens.devices.devices import DevicesScreen
from merchant_desk.ui.screens.devices.scanner_pane import ScannerPane
from merchant_desk.ui.surroundings import scanner_trial
from tests.helpers.scanner_wedge import Keyboard, send
from tests.helpers.zpl_printer import ZplPrinter
from tests.ui.screens.acting import CONTROL, notices_of, press, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
EAN, MIXED, GS1, MATRIX = TrialCode
GERMAN_SCANNER = str.maketrans("yYzZ-/_+", "zZyY/&?]")
"""What a US keyboard has where a scanner that is set to a German one presses."""
AGAIN = {TrialFault.INPUT_METHOD, TrialFault.TOO_SLOW, TrialFault.GARBLED}


class Wedge:
    """Types as a scanner does: the stamps say how fast, and that seconds are between two scans."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._now_ms = time.monotonic_ns() // 1_000_000

    def __call__(self, text: str, keyboard: Keyboard = Keyboard()) -> None:  # noqa: B008 - frozen
        plan = keyboard.plan(text)
        for event in plan:
            send(self._program.window.windowHandle(), event, self._now_ms + int(event.at_ms))
        self._now_ms += int(plan[-1].at_ms) + 5_000


class Hand:
    """Scans, and scans again as people do until it is judged: right behind a scan that nothing ended, or an
    input method at work, no scan is trusted.
    """

    def __init__(self, program: Program, pane: ScannerPane, bot: QtBot) -> None:
        self._program, self._pane, self._bot = program, pane, bot
        self.wedge = Wedge(program)

    def scan(
        self,
        code: TrialCode,
        text: str,
        fault: TrialFault | None,
        keyboard: Keyboard = Keyboard(),  # noqa: B008
    ) -> None:
        """Scan a text while a code is waited for, until the fault (None: whole) is told."""
        until(self._bot, lambda: not self._program.hub.holding)
        assert self._pane.code is code
        self.wedge(text, keyboard)

        def judged() -> bool:
            last = self._pane.verdict
            if last is not None and (last.code, last.fault) == (code, fault):
                return True
            if last is not None and last.fault in AGAIN and not self._program.hub.holding:
                self.wedge(text, keyboard)
            return False

        until(self._bot, judged)


def find_faults(qtbot: QtBot, program: Program, pane: ScannerPane, hand: Hand) -> None:
    """Scan the second code with everything that is wrong with scanners."""
    for text, keyboard, fault in (
        (f"{MIXED.text.swapcase()}\r", Keyboard(), TrialFault.CASE),
        (f"{MIXED.text}\r", Keyboard(key_ms=80), TrialFault.TOO_SLOW),
        (MIXED.text, Keyboard(), TrialFault.NO_TERMINATOR),
        (f"{MIXED.text[:5]}{MIXED.text[8:]}\r", Keyboard(), TrialFault.INCOMPLETE),
        (f"#{MIXED.text}\r", Keyboard(), TrialFault.EXTRA),
        (f"{EAN.text}\r", Keyboard(), TrialFault.OTHER_CODE),
        (f"{MIXED.text.translate(GERMAN_SCANNER)}\r", Keyboard(), TrialFault.LAYOUT),
    ):
        hand.scan(MIXED, text, fault, keyboard)
    press(program, Key.Key_F3)
    assert program.hub.settings.layout is Layout.HOST
    program.hub.use(replace(program.hub.settings, layout=Layout.US))
    eaten = QInputMethodEvent()
    eaten.setCommitString("我的")
    QCoreApplication.sendEvent(pane.field, eaten)
    until(qtbot, lambda: pane.verdict is not None and pane.verdict.fault is TrialFault.INPUT_METHOD)
    assert "input method" in texts_in(program.window)
    press(program, Key.Key_F5)


def pass_with_a_substitute(program: Program, pane: ScannerPane, hand: Hand, ready: Callable[[], int]) -> None:
    """Scan all with something else for the separator: kept when all are whole with it, by one trial."""
    replaced = f"]C1{GS1.text.replace(GS, '~')}\r"
    scan_first_two(hand)
    hand.scan(GS1, f"{GS1.text.replace(GS, '')}\r", TrialFault.GS_LOST)
    hand.scan(GS1, f"{GS1.text.replace(GS, 'x')}\r", TrialFault.GS_ORDINARY)
    hand.scan(GS1, replaced, TrialFault.GS_REPLACED)
    assert pane.code is EAN, "what was whole before tells nothing of the codes with what was learned"
    scan_first_two(hand)
    press(program, Key.Key_F5)
    assert pane.code is EAN
    scan_first_two(hand)
    hand.scan(GS1, replaced, TrialFault.GS_REPLACED)
    assert not program.hub.settings.gs_substitutes, "a trial that was left off teaches nothing"
    scan_first_two(hand)
    assert not ready()
    hand.scan(GS1, replaced, None)
    assert program.hub.settings.gs_substitutes == ("~",)


def scan_first_two(hand: Hand) -> None:
    """Scan the codes without a separator."""
    hand.scan(EAN, f"{EAN.text}\r", None)
    hand.scan(MIXED, f"{MIXED.text}\r", None, Keyboard(caps=True))


def try_the_square(qtbot: QtBot, program: Program, pane: ScannerPane, hand: Hand) -> None:
    """Whoever has passed may try the square code; whoever begins anew is not stopped by it."""
    until(qtbot, lambda: "If it reads square codes" in texts_in(program.window))
    hand.scan(MATRIX, f"{MATRIX.text[:-4]}\r", TrialFault.INCOMPLETE)
    assert pane.passed, "a scanner without a camera is none the worse"
    hand.scan(MATRIX, f"]d2{MATRIX.text}\r", None)
    until(qtbot, lambda: pane.code is None)
    press(program, Key.Key_F5)
    scan_first_two(hand)
    hand.scan(GS1, f"{GS1.text.replace(GS, '~')}\r", None)
    until(qtbot, lambda: pane.code is MATRIX and not program.hub.holding)
    hand.wedge(f"{EAN.text}\r")
    until(qtbot, lambda: pane.code is MIXED)


def print_codes(qtbot: QtBot, program: Program) -> None:
    """Print the codes as labels, and read them."""
    with ZplPrinter() as printer:
        named = Printer("L", Reach.ZPL, printer.where, LABEL)
        program._desk.settings.local.decide({"printers.named": (named.written,)}, None, 0)
        press(program, Key.Key_P, CONTROL)
        elements = "(10)aB7(21)x-9"
        square = "(01)06901234567892(17)281231(10)aB7-x"
        printed = [label.codes for label in printer.wait_for(4)]
        assert printed == [[EAN.text], [MIXED.text], [elements], [square]]
        until(qtbot, lambda: not program.printing.jobs)


def test_a_scanner_is_led_through_its_trial(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "devices", "en")
    screen = program.window.built("devices")
    assert isinstance(screen, DevicesScreen)
    pane, local = screen.scanner, scene.a.settings.local
    hand = Hand(program, pane, qtbot)
    hand.scan(EAN, f"{EAN.text}\r", None)
    assert screen.tabs.current == "scanner", "scanning begins the trial"
    assert pane.field.hasFocus()
    find_faults(qtbot, program, pane, hand)

    pass_with_a_substitute(program, pane, hand, lambda: ready_day(local.standing))
    until(qtbot, lambda: "This scanner is ready." in notices_of(program))
    day = ready_day(local.standing)
    assert day == int(program.look.language.day(scene.a.runtime.clock()).replace("-", ""))
    assert f"passed on {day // 10_000}-" in scanner_trial(local).en
    until(qtbot, lambda: "This scanner is ready; it passed on" in texts_in(program.window))

    try_the_square(qtbot, program, pane, hand)
    print_codes(qtbot, program)
    program.hub.use(replace(program.hub.settings, gap_ms=20))
    assert not ready_day(local.standing)
    assert pane.code is EAN, "a scanner that is read otherwise is tried anew"
    until(qtbot, lambda: "changed since" in texts_in(program.window))
