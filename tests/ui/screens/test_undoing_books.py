"""Taking the opening books back in the window: how far it is, and stopping between two steps."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.opening_undo import OpeningUndo
from tests.ui.screens.acting import notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_opening_books import answer, facts, screen_of

Key = Qt.Key


def test_it_is_stopped_by_a_key_says_so_and_goes_on(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "期初.csv"
    path.write_text("货号,库位,数量,单位成本\nOIL-5,A-02,7,50\nNOODLE,A-03,3,\n", encoding="utf-8")
    mapping = suggested_mapping("opening_stock", open_table(path).headers, "import")
    desk = scene.a
    ImportJob(desk.runtime, lambda: desk.person.id, path, mapping).run()
    program = show(desk, "opening", "en")
    screen, real = screen_of(program), OpeningUndo.run
    until(qtbot, lambda: facts(program).stated == 2)
    shown: list[str] = []

    def slow(self: OpeningUndo, cancelled: Callable[[], bool], told: Callable[[int, int], None]) -> Any:
        told(0, 2)
        end = time.monotonic() + 10
        while not cancelled() and time.monotonic() < end:
            time.sleep(0.01)
        return real(self, cancelled, told)

    def watched(self: OpeningUndo, cancelled: Callable[[], bool], told: Callable[[int, int], None]) -> Any:
        def both(done: int, total: int) -> None:
            shown.append(f"{done} of {total}")
            told(done, total)

        return real(self, cancelled, both)

    monkeypatch.setattr(OpeningUndo, "run", slow)
    press(program, Key.Key_F9)
    answer(qtbot, program)
    until(qtbot, lambda: "Taking back: 0 of 2" in texts_in(screen))
    press(program, Key.Key_F8)
    until(qtbot, lambda: any("The undo was stopped: 0 items" in said for said in notices_of(program)))
    assert facts(program).stated == 2
    monkeypatch.setattr(OpeningUndo, "run", watched)
    settled(qtbot, program)
    press(program, Key.Key_F9)
    answer(qtbot, program)
    until(qtbot, lambda: facts(program).stated == 0)
    assert shown[0] == "0 of 2"
