"""The key player: orders one after another, as real keys of the window system, each answered by a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.key_strokes import person_strokes, wedge_strokes
from merchant_desk.ui.player import KeyPlayer, Stage
from merchant_desk.ui.scanner.hub import ScannerHub


class Board(QWidget):
    """A field, a shortcut, and a stage that can be told to be busy."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.shortcuts: list[str] = []
        for keys in ("F12", "Ctrl+Shift+L"):
            QShortcut(QKeySequence(keys), self).activated.connect(
                lambda keys=keys: self.shortcuts.append(keys)
            )
        self.left_busy = 0
        self.left = False
        self.measured: list[int] = []
        self.stage = Stage(
            self,
            self.busy,
            lambda: {"screen": "board", "pending": 3},
            self.leave,
            lambda: self.measured.append(1),
        )

    def busy(self) -> bool:
        self.left_busy -= 1
        return self.left_busy > 0

    def leave(self) -> None:
        self.left = True


@pytest.fixture
def hub(qapp: QApplication) -> Iterator[ScannerHub]:
    made = ScannerHub(qapp)
    yield made
    made.close()


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    made = Board()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.field.setFocus()
    return made


class Player:
    """Gives orders and collects what is answered."""

    def __init__(self, board: Board, bot: QtBot) -> None:
        self.player = KeyPlayer(board.stage, board)
        self.answers: list[dict[str, Any]] = []
        self.player.answered.connect(self.answers.append)
        self._bot = bot

    def __call__(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        before = len(self.answers)
        for order in orders:
            self.player.take(order)
        self._bot.waitUntil(lambda: len(self.answers) == before + len(orders), timeout=10_000)
        return self.answers[before:]


@pytest.fixture
def play(board: Board, qtbot: QtBot) -> Player:
    return Player(board, qtbot)


@pytest.mark.parametrize("code", ["6901234567892", "WX261121-4127", "a/B_c:1"])
def test_a_scan_arrives_as_one_scan_and_not_in_the_field(
    hub: ScannerHub, board: Board, play: Player, qtbot: QtBot, code: str
) -> None:
    scans: list[str] = []
    hub.scanned.connect(lambda scan: scans.append(scan.text))
    assert play({"do": "scan", "text": code}) == [{"do": "scan", "ok": True}]
    qtbot.waitUntil(lambda: bool(scans))
    assert scans == [code]
    assert board.field.text() == ""


def test_a_code_with_separators_comes_whole(hub: ScannerHub, play: Player, qtbot: QtBot) -> None:
    scans: list[str] = []
    hub.scanned.connect(lambda scan: scans.append(scan.text))
    code = "01095200000000111725123110ABC\x1d2112"
    play({"do": "scan", "text": code})
    qtbot.waitUntil(lambda: bool(scans))
    assert scans == [code]


def test_what_a_person_types_is_no_scan(hub: ScannerHub, board: Board, play: Player, qtbot: QtBot) -> None:
    scans: list[str] = []
    hub.scanned.connect(lambda scan: scans.append(scan.text))
    play({"do": "type", "text": "Tail 2078"}, {"do": "type", "text": "尾号"})
    qtbot.waitUntil(lambda: board.field.text() == "Tail 2078尾号")
    assert scans == []


def test_keys_reach_shortcuts(board: Board, play: Player) -> None:
    play({"do": "press", "key": "F12"}, {"do": "press", "key": "L", "modifiers": ["ctrl", "shift"]})
    play({"do": "press", "key": "Ctrl+Shift+L"})
    assert board.shortcuts == ["F12", "Ctrl+Shift+L", "Ctrl+Shift+L"]


def test_orders_are_carried_out_in_order_and_carry_their_number(board: Board, play: Player) -> None:
    answers = play(
        {"do": "type", "text": "ab", "gap_ms": 40, "id": 1},
        {"do": "state", "id": 2},
        {"do": "type", "text": "c", "id": 3},
    )
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert answers[1] == {"do": "state", "ok": True, "screen": "board", "pending": 3, "id": 2}
    assert board.field.text().startswith("ab")


def test_idle_waits_until_nothing_is_under_way(board: Board, play: Player) -> None:
    board.left_busy = 20
    (answer,) = play({"do": "idle"})
    assert answer == {"do": "idle", "ok": True}
    assert board.left_busy < 0
    board.left_busy = 1_000_000
    (answer,) = play({"do": "idle", "seconds": 0.1})
    assert answer == {"do": "idle", "ok": False, "error": "still busy"}


def test_a_picture_shows_the_window(board: Board, play: Player, tmp_path: Path) -> None:
    path = tmp_path / "board.png"
    (answer,) = play({"do": "shot", "path": str(path)})
    assert answer["ok"]
    assert QImage(str(path)).size() == board.grab().size()


@pytest.mark.parametrize(
    "order",
    [
        {"do": "dance"},
        {"do": "scan"},
        {"do": "scan", "text": "米"},
        {"do": "press", "key": "NoSuchKey"},
        {"do": "press", "key": "A", "modifiers": ["hyper"]},
        {"do": "shot", "path": "/no/such/folder/a.png"},
        {},
    ],
)
def test_an_impossible_order_is_answered_and_the_next_one_done(
    board: Board, play: Player, order: dict[str, Any]
) -> None:
    refused, done = play(order, {"do": "state"})
    assert not refused["ok"]
    assert refused["error"]
    assert done["ok"]


def test_figures_begin_anew_when_told(board: Board, play: Player) -> None:
    assert play({"do": "measure"}) == [{"do": "measure", "ok": True}]
    assert board.measured == [1]


def test_quit_ends_the_program(board: Board, play: Player) -> None:
    assert play({"do": "quit"}) == [{"do": "quit", "ok": True}]
    assert board.left


def test_strokes_keep_the_pace_that_was_asked_for() -> None:
    assert [stroke.at_ms for stroke in wedge_strokes("123", 2) if stroke.press] == [0, 2, 4, 6]
    assert [stroke.at_ms for stroke in person_strokes("12", 90) if stroke.press] == [0, 90]
