"""The window of a desk that does not open: what was found, what mends it, and a way on."""

import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk import app
from merchant_desk.cli import open_desk
from merchant_desk.models.faults import AlreadyOpen, Corrupted, DiskFull, Fault, NotADatabase
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.support import repairs
from merchant_desk.support.putting_aside import NotPutAside, put_aside
from merchant_desk.sync.closed_health import Closed
from merchant_desk.sync.logs import DESK_LOG, configure_logs
from merchant_desk.ui.background import ThreadRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.trouble import TroubleDialog, Wish
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import texts_in, until
from tests.ui.screens.test_opening import options


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = Look(Theme(qapp), Language(app=qapp))
    yield look
    look.language.leave()


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[ThreadRunner]:
    made = ThreadRunner(1)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile whose database is none, and whose files others may read."""
    made = tmp_path / "desk"
    made.mkdir()
    (made / "desk.db").write_bytes(b"spoilt" * 400)
    (made / "desk.db").chmod(0o644)
    return made


def shown(look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path, fault: Fault) -> TroubleDialog:
    dialog = TroubleDialog(look, runner, Closed(folder, fault, ask=False))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    until(qtbot, dialog.isActiveWindow)
    until(qtbot, lambda: dialog.found)
    # What is new in a window that stands is visible once the layout has been asked for it.
    until(qtbot, lambda: all(one.isVisible() for one in dialog.findChildren(QLabel) if one.text()))
    return dialog


def button(widget: QWidget, title: str) -> ActionButton:
    (found,) = [one for one in widget.findChildren(ActionButton) if one.isVisible() and one.text() == title]
    return found


def test_all_that_needs_no_desk_is_shown_in_both_languages(
    look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path
) -> None:
    dialog = shown(look, runner, qtbot, folder, NotADatabase(folder / "desk.db"))
    subjects = {one.subject for one in dialog.found}
    assert subjects >= {"desk", "restore", "files", "recovery", "copy", "clock", "rights", "disk", "fonts"}
    assert "放到一边" in texts_in(dialog)
    look.language.toggle()
    until(qtbot, lambda: "Put this folder aside" in texts_in(dialog))
    said = texts_in(dialog)
    assert "is not a database of this program" in said
    assert "放到一边" not in said
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isHidden(), dialog.wish) == (True, Wish.CLOSE)


def test_what_can_be_mended_is_mended_and_looked_at_again(
    look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path
) -> None:
    look.language.toggle()
    dialog = shown(look, runner, qtbot, folder, NotADatabase(folder / "desk.db"))
    QTest.keyClick(button(dialog, "Take back access"), Qt.Key.Key_Space)
    until(qtbot, lambda: "Only you can read the profile's files." in texts_in(dialog))
    assert (folder / "desk.db").stat().st_mode & 0o077 == 0


def test_a_bundle_is_shown_and_saved(
    look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path, tmp_path: Path
) -> None:
    look.language.toggle()
    dialog = shown(look, runner, qtbot, folder, Corrupted(folder / "desk.db", "page 7"))
    QTest.keyClick(dialog.bundle, Qt.Key.Key_Space)
    until(qtbot, lambda: dialog.findChildren(BundleSheet))
    (sheet,) = dialog.findChildren(BundleSheet)
    sheet.choose(str(tmp_path / "bundle.zip"))
    until(qtbot, (tmp_path / "bundle.zip").exists)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as packed:
        subjects = {one["subject"] for one in json.loads(packed.read("findings.json"))}
    assert "restore" in subjects


@pytest.mark.parametrize("damaged", [True, False])
def test_a_damaged_one_can_be_put_aside_and_no_other(
    look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path, damaged: bool
) -> None:
    look.language.toggle()
    fault: Fault = Corrupted(folder / "desk.db", "page 7") if damaged else DiskFull(folder, 0)
    dialog = shown(look, runner, qtbot, folder, fault)
    assert dialog.aside.isVisible() == damaged
    if damaged:
        QTest.keyClick(dialog.aside, Qt.Key.Key_Space)
        (form,) = dialog.findChildren(FormDialog)
        assert "nothing is deleted" in texts_in(form)
        QTest.keyClick(form.save, Qt.Key.Key_Space)
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.wish is (Wish.ASIDE if damaged else Wish.AGAIN)


def test_one_that_is_open_elsewhere_says_only_what_to_do(
    look: Look, runner: ThreadRunner, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wrong with it: who started it twice is not shown a wall, and no Return ends the other."""
    ended: list[Path] = []

    def free(where: Path, _: object) -> int:
        ended.append(where)
        return 1

    monkeypatch.setattr(repairs, "free_lock", free)
    look.language.toggle()
    dialog = shown(look, runner, qtbot, folder, AlreadyOpen(folder, 0))
    assert "use that window or close it" in texts_in(dialog)
    assert "of this computer can read" not in texts_in(dialog)
    QTest.keyClick(button(dialog, "Free the profile"), Qt.Key.Key_Space)
    (form,) = dialog.findChildren(FormDialog)
    until(qtbot, form.isActiveWindow)
    QTest.keyClick(form, Qt.Key.Key_Return)
    until(qtbot, lambda: not dialog.findChildren(FormDialog))
    assert not ended, "Return calls it off"
    QTest.keyClick(button(dialog, "Free the profile"), Qt.Key.Key_Space)
    (form,) = dialog.findChildren(FormDialog)
    QTest.keyClick(form.save, Qt.Key.Key_Space)
    until(qtbot, lambda: "can be opened" in dialog.failure.text())
    assert ended == [folder]
    assert dialog.failure.property("look") != "error", "what went well is not said as if it failed"
    assert dialog.focusWidget() is dialog.submit
    QTest.keyClick(dialog.more, Qt.Key.Key_Space)
    until(qtbot, lambda: "of this computer can read" in texts_in(dialog))


def test_putting_aside_keeps_every_file_and_takes_none_from_a_window(folder: Path) -> None:
    with ProfileLock(folder), pytest.raises(AlreadyOpen):
        put_aside(folder)
    aside = put_aside(folder)
    assert not folder.exists()
    assert (aside / "desk.db").read_bytes() == b"spoilt" * 400


def test_the_command_opens_it_again_as_often_as_somebody_wants(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes, opened = iter(("again", "aside", "close")), []

    def run(_: object) -> int:
        opened.append(folder.exists())
        folder.mkdir(exist_ok=True)
        raise NotADatabase(folder / "desk.db")

    monkeypatch.setattr(open_desk, "_run", run)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda told: True)
    monkeypatch.setattr(app, "show_trouble", lambda *rest, **more: next(wishes))
    with pytest.raises(NotADatabase):
        open_desk.run(options(folder))
    assert opened == [True, True, False], "put aside, it begins like a new computer"
    assert len(list(folder.parent.glob("desk-aside-*"))) == 1


def test_what_keeps_it_from_being_put_aside_is_said_in_the_window(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has a terminal: the window comes again with the reason, and the next try leads back."""
    wishes, told = iter(("aside", "again", "close")), list[Fault]()

    def run(_: object) -> int:
        raise NotADatabase(folder / "desk.db")

    def show(fault: Fault, *rest: object, **more: object) -> str:
        told.append(fault)
        return next(wishes)

    def rename(self: Path, target: Path) -> Path:
        raise PermissionError(13, "used by another process", str(self))

    monkeypatch.setattr(open_desk, "_run", run)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda _: True)
    monkeypatch.setattr(app, "show_trouble", show)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(NotADatabase):
        open_desk.run(options(folder))
    assert [type(fault) for fault in told] == [NotADatabase, NotPutAside, NotADatabase]
    assert str(folder) in told[1].sentence("en")
    assert "没有访问权限" in told[1].sentence()
    assert (folder / "desk.db").exists()


def test_the_log_is_closed_before_its_folder_is_put_aside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames no folder in which a file is open."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    wishes, rename = iter(("aside", "close")), Path.rename
    still_open: list[bool] = []

    def run(_: object) -> int:
        folder.mkdir(exist_ok=True)
        configure_logs(folder / DESK_LOG)
        logs.extend(one for one in root.handlers if isinstance(one, logging.FileHandler))
        raise NotADatabase(folder / "desk.db")

    def renamed(self: Path, target: Path) -> Path:
        logging.getLogger("merchant_desk.probe").warning("it opens its file again where it is told to")
        still_open.extend(one.stream is not None and not one.stream.closed for one in logs)
        return rename(self, target)

    logs: list[logging.FileHandler] = []
    monkeypatch.setattr(open_desk, "_run", run)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda _: True)
    monkeypatch.setattr(app, "show_trouble", lambda *rest, **more: next(wishes))
    monkeypatch.setattr(Path, "rename", renamed)
    try:
        with pytest.raises(NotADatabase):
            open_desk.run(options(folder))
    finally:
        configure_logs(None, shown=False)
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert still_open == [False]
    (aside,) = folder.parent.glob("desk-aside-*")
    assert (aside / DESK_LOG).exists()
