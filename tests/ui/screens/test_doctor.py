"""The doctor's screen: does it show what is wrong, mend it when asked, and read logs without stalls?"""

import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.support.repairs import REPAIRS
from merchant_desk.sync import health
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.doctor import DoctorScreen
from merchant_desk.ui.screens.doctor.log_view import MOST_LINES
from merchant_desk.ui.texts.catalogue import catalogue
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

SPOILT = "UPDATE stock_balances SET on_hand = on_hand + 1000000"
STALL_SECONDS = 0.25
"""On a machine that does other things meanwhile; the bench holds 50 ms."""


def screen_of(program: Program) -> DoctorScreen:
    found = program.window.built("doctor")
    assert isinstance(found, DoctorScreen)
    return found


def free(program: Program, qtbot: QtBot) -> DoctorScreen:
    """Wait until nothing is under way on the screen."""
    screen = screen_of(program)
    until(qtbot, lambda: not screen.strip.busy and screen.found)
    settled(qtbot, program)
    return screen


def subjects(screen: DoctorScreen) -> dict[str, Finding]:
    return {one.subject: one for one in screen.found}


def dialogs(program: Program) -> list[FormDialog]:
    return [one for one in program.window.findChildren(FormDialog) if one.isVisible()]


def spoil(scene: Scene) -> None:
    with scene.a.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql(SPOILT)


def test_every_subject_has_a_name(scene: Scene) -> None:
    known = {
        *health.EXAMINATIONS,
        "recovery",
        "server",
        "backup",
        "check",
        "fonts",
        "scanner",
        "scanner_trial",
        "own_server",
        "printers",
        "desk",
    }
    assert {f"doctor.subject.{name}" for name in known} <= set(catalogue())


@pytest.mark.expects_log("totals_recounted")
def test_what_is_wrong_comes_first_and_is_mended_by_its_button(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    spoil(scene)
    program = show(scene.a, "doctor")
    screen = free(program, qtbot)
    first = screen.findings.cards()[0]
    assert "个库存余额与流水不符" in texts_in(first)
    assert "数据库完整。" in texts_in(screen.findings)
    first.buttons()[0].click()
    until(qtbot, lambda: any("已按流水重算" in told for told in notices_of(program)))
    screen = free(program, qtbot)
    assert subjects(screen)["ledger"].grade is Grade.GOOD
    screen.findings.buttons()["recount"].click()
    until(qtbot, lambda: any("没有改动" in told for told in notices_of(program)))
    free(program, qtbot)


def test_what_costs_time_is_asked_first(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "doctor", language="en")
    screen = free(program, qtbot)
    before = scene.a.runtime.engine.position
    screen.findings.buttons()["rebuild"].click()
    (form,) = dialogs(program)
    assert REPAIRS["rebuild"].asks_en in texts_in(form)
    form.reject()
    settled(qtbot, program)
    assert scene.a.runtime.engine.position is before
    screen.findings.buttons()["rebuild"].click()
    dialogs(program)[0].try_submit()
    assert not screen.findings.buttons()["recount"].isEnabled(), "one at a time"
    screen.ask_for("recount")
    until(qtbot, lambda: any("Rebuilt from the server" in told for told in notices_of(program)))
    free(program, qtbot)
    assert screen.findings.buttons()["recount"].isEnabled()


def test_without_the_server_a_repair_says_why_it_was_not_done(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "doctor")
    screen = free(program, qtbot)
    scene.shop.fetch.down = True
    screen.findings.buttons()["rebuild"].click()
    dialogs(program)[0].try_submit()
    until(qtbot, lambda: any("连不上服务器" in told for told in notices_of(program)))
    assert not screen.strip.busy
    press(program, Qt.Key.Key_F5)
    free(program, qtbot)
    assert subjects(screen)["server"].code == "unreachable"


def test_an_examination_can_be_stopped_and_says_that_it_is_part(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> Iterator[Finding]:
        begun.set()
        go_on.wait(10)
        yield Finding("ledger", Grade.GOOD, "一", "one")

    monkeypatch.setattr(health, "EXAMINATIONS", {"slow": slow, **health.EXAMINATIONS})
    program = show(scene.b, "home")
    program.window.go("doctor")
    screen = screen_of(program)
    until(qtbot, begun.is_set)
    assert screen.strip.busy
    screen.strip.stop.click()
    go_on.set()
    free(program, qtbot)
    assert "只是一部分" in texts_in(screen)
    assert "database" not in subjects(screen)
    press(program, Qt.Key.Key_F5)
    free(program, qtbot)
    assert "只是一部分" not in texts_in(screen)


# ---------------------------------------------------------------- log


def line(number: int, level: str = "info", **facts: object) -> str:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 100_000 + number))
    return json.dumps({"event": "sync_failed", "rows": number, "level": level, "time": at, **facts}) + "\n"


@pytest.fixture
def log(scene: Scene) -> Path:
    path = scene.a.runtime.profile.folder / "desk.log"
    path.write_text("".join(line(n) for n in range(50)) + line(50, "error", error="ValueError"), "utf-8")
    return path


def shown(screen: DoctorScreen) -> list[str]:
    return [dict(row.line.facts)["rows"] for row in screen.log.model.rows]


def test_the_log_is_chosen_followed_and_copied(scene: Scene, log: Path, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "doctor")
    screen = free(program, qtbot)
    screen.show_target("log")
    until(qtbot, lambda: len(shown(screen)) == 51)
    assert shown(screen)[:2] == ["50", "49"]
    view = screen.log
    view.level.setCurrentIndex(2)
    until(qtbot, lambda: shown(screen) == ["50"])
    view.level.setCurrentIndex(0)
    view.words.setText("rows=17")
    until(qtbot, lambda: shown(screen) == ["17"])
    view.words.setText("")
    view.range.setCurrentIndex(1)
    until(qtbot, lambda: shown(screen) == [])
    view.range.setCurrentIndex(0)
    until(qtbot, lambda: len(shown(screen)) == 51)
    with log.open("a") as file:
        file.write(line(51, login="王小明"))
    until(qtbot, lambda: shown(screen)[:1] == ["51"])
    view.copy.click()
    copied = QApplication.clipboard().text().splitlines()
    assert len(copied) == 52
    assert copied[-1].endswith("info sync_failed rows=51")
    assert "王小明" not in copied[-1]
    view.follow.setChecked(False)
    with log.open("a") as file:
        file.write(line(52))
    qtbot.wait(1_500)
    assert shown(screen)[0] == "51"


def test_a_large_log_does_not_hold_up_the_window(scene: Scene, log: Path, show: Show, qtbot: QtBot) -> None:
    log.write_text("".join(line(n, logger="merchant_desk.sync.line") for n in range(100_000)), "utf-8")
    program = show(scene.a, "doctor")
    screen = free(program, qtbot)
    longest = last = 0.0

    def look() -> bool:
        nonlocal longest, last
        now = time.perf_counter()
        longest, last = max(longest, now - last if last else 0.0), now
        return False

    screen.show_target("log")
    until(qtbot, lambda: look() or len(shown(screen)) == MOST_LINES)
    screen.log.words.setText("rows=77123 logger=merchant_desk")
    until(qtbot, lambda: look() or shown(screen) == ["77123"])
    assert longest < STALL_SECONDS
    screen.log.words.setText("nowhere")
    until(qtbot, lambda: shown(screen) == [])
    assert "没有这样的行" in texts_in(screen)


# ---------------------------------------------------------------- bundle


def test_a_bundle_is_shown_before_it_is_saved(
    scene: Scene, log: Path, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "doctor")
    screen = free(program, qtbot)
    program.window.commands.trigger("doctor.bundle")
    until(qtbot, lambda: program.window.findChildren(BundleSheet))
    (sheet,) = program.window.findChildren(BundleSheet)
    names = [sheet.parts.item(i).text() for i in range(sheet.parts.count())]
    assert "logs/desk.jsonl" in names
    for i, name in enumerate(names):
        sheet.parts.setCurrentRow(i)
        assert sheet.content.toPlainText(), name
    everything = tmp_path / "bundle.zip"
    sheet.choose(str(everything))
    until(qtbot, lambda: any("支持包" in told for told in notices_of(program)))
    with zipfile.ZipFile(everything) as packed:
        assert packed.namelist() == names
    assert not screen.strip.busy
