"""Look-up shows the last scan, however slow the reading of an earlier one is."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from merchant_desk.ui.background import Task
from merchant_desk.ui.changes import Changes
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage


class Holdup:
    """Keeps the results of work that begins while it is `on`, until `release`."""

    def __init__(self, stage: Stage, patch: pytest.MonkeyPatch) -> None:
        self.on = False
        self.held = 0
        self._gate = threading.Event()
        for way in ("run", "run_in_order"):
            patch.setattr(stage.runner, way, self._slow(getattr(stage.runner, way)))

    def _slow(self, real: Callable[..., Task]) -> Callable[..., Task]:
        def run(work: Callable[[], Any], done: Callable[[Any], None], **options: Any) -> Task:
            if not self.on:
                return real(work, done, **options)
            self.held += 1

            def late() -> Any:
                try:
                    return work()
                finally:
                    self._gate.wait(10)

            return real(late, done, **options)

        return run

    def release(self) -> None:
        """Let everything arrive."""
        self._gate.set()


@pytest.fixture
def here(stage: Stages, floor: Floor) -> Stage:
    """A look-up station that shows a product."""
    return stage("lookup").scan(floor.codes["SOY-19"])


@pytest.fixture
def slow(here: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Holdup]:
    """What the look-up reads can be kept."""
    held = Holdup(here, monkeypatch)
    yield held
    held.release()


def wait(condition: Callable[[], object]) -> None:
    """Let the window work until something is so: not until nothing is under way, which something is."""
    for _ in range(500):
        if condition():
            return
        QTest.qWait(20)
    raise AssertionError("it never came to be")


def keep_back(here: Stage, slow: Holdup, code: str) -> None:
    """Scan a product whose reading is kept."""
    slow.on = True
    here.burst(code)
    wait(lambda: slow.held)
    slow.on = False


def state(here: Stage) -> tuple[ScanState, str]:
    scan = here.lookup.panel.scan
    return scan.state, scan.headline


@pytest.mark.parametrize("code", ["MYSTERY77", "twin", "PO-2611-0457"])
def test_a_slow_product_is_not_shown_over_a_newer_scan(
    here: Stage, floor: Floor, slow: Holdup, code: str
) -> None:
    if code == "twin":
        floor.twin()
        here.desk.sync()
        here.settle()
        code = floor.codes["SOY-19"]
    screen = here.lookup
    keep_back(here, slow, floor.codes["OIL-5"])
    here.burst(code)
    wait(lambda: screen._found is not None and screen._found.result.text == code)
    before = screen.panel.scan
    slow.release()
    here.settle(150)
    assert screen.panel.scan == before
    assert screen.shown is not screen.page


def test_a_burst_of_product_and_unknown_code_ends_with_the_unknown_code(here: Stage, floor: Floor) -> None:
    for n in range(4):
        here.burst(floor.codes["OIL-5"], f"MYSTERY{n}")
        here.settle(100)
        assert here.lookup.shown is here.lookup.empty
        assert here.lookup._unknown == f"MYSTERY{n}"


def test_a_slow_search_is_not_shown_over_a_newer_scan(here: Stage, floor: Floor, slow: Holdup) -> None:
    slow.on = True
    here.lookup.search.setFocus()
    here.lookup.search.setText("Beef")
    wait(lambda: slow.held)
    slow.on = False
    here.burst(floor.codes["OIL-5"])
    wait(lambda: here.lookup.shown is here.lookup.page and "大豆油" in state(here)[1])
    slow.release()
    here.settle(150)
    assert here.lookup.shown is here.lookup.page


def test_news_do_not_take_a_search_away(here: Stage, floor: Floor, slow: Holdup) -> None:
    here.wait_for_search()
    slow.on = True
    here.lookup.search.setFocus()
    here.lookup.search.setText("Beef")
    wait(lambda: slow.held)
    slow.on = False
    news: Changes = {"skus": set()}
    here.changes.note(news)
    QTest.qWait(300)
    slow.release()
    here.settle(100)
    assert here.lookup.shown is here.lookup.readings


def test_only_the_code_that_is_shown_is_put_aside(here: Stage, floor: Floor) -> None:
    here.scan("MYSTERY77", "PO-2611-0457")
    here.window.go("lookup")
    assert not here.window.commands.possible("lookup.put_aside")
    here.scan("MYSTERY78")
    assert here.window.commands.possible("lookup.put_aside")
    here.lookup._open_product(floor.skus["OIL-5"], None)
    here.settle()
    assert not here.window.commands.possible("lookup.put_aside")


def test_a_card_after_a_product_leaves_it_to_be_shown(here: Stage, floor: Floor, slow: Holdup) -> None:
    keep_back(here, slow, floor.codes["OIL-5"])
    here.burst("MD:OK")
    wait(lambda: here.lookup._found is not None and here.lookup._found.result.text == "MD:OK")
    slow.release()
    here.settle(100)
    assert "大豆油" in state(here)[1]
    assert here.press(Qt.Key.Key_F6).lookup.shown is here.lookup.page


def state_of(here: Stage) -> tuple[ScanState, object]:
    return here.lookup.panel.scan.state, here.lookup.shown


def test_what_is_found_by_name_is_not_shown_under_an_earlier_verdict(here: Stage) -> None:
    look = here.lookup
    here.scan("9529999999999")
    assert state_of(here) == (ScanState.ATTENTION, look.empty)
    wait(lambda: not here.search.behind)
    look.search.setFocus()
    look.search.setText("SOY-19")
    wait(lambda: look.shown is look.readings)
    assert state_of(here) == (ScanState.IDLE, look.readings)
    assert look.readings.view.model().rowCount() == 1
    here.look.language.toggle()
    here.settle(200)
    assert state_of(here) == (ScanState.IDLE, look.readings)
    here.look.language.toggle()
