"""One operation followed from the sync centre: what the desk knows at once, then what the server says."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.desk import Desk
from merchant_desk.sync.server_faults import Unreachable
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.screens.sync_centre.trace_form import TraceForm
from merchant_desk.ui.widgets.buttons import ActionButton
from tests.helpers.web_server import PortServer
from tests.ui.screens.acting import press, settled, texts_in, until
from tests.ui.screens.conftest import Show


def past(server: PortServer, seq: int) -> int:
    """Return how many desks have asked for what comes after a number."""
    with server.services.database.reader.connect() as connection, connection.begin():
        sql = "SELECT count(*) FROM device_heads WHERE cursor >= ?"
        return int(connection.exec_driver_sql(sql, (seq,)).scalar() or 0)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_operation_is_followed_to_every_desk(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with server.desk(tmp_path / "other") as other:
        other.sync()
        desk.do(server.adjust())
        desk.sync()
        program = show(desk, "sync", language=language)
        settled(qtbot, program)
        centre = program.window.built("sync")
        assert isinstance(centre, SyncCentre)
        until(qtbot, lambda: centre.history.model.rows)
        row = centre.history.model.rows[0]
        centre.history.table.choose(row.id)
        centre.history.table.view.setFocus()
        until(qtbot, lambda: program.window.commands.possible("sync.trace"))
        press(program, Qt.Key.Key_F8)
        until(qtbot, lambda: program.window.findChildren(TraceForm))
        (form,) = program.window.findChildren(TraceForm)
        has, has_not = ("has it", "does not have it") if language == "en" else ("已拿到", "还没有拿到")
        until(qtbot, lambda: has_not in texts_in(form.facts))
        said = texts_in(form.facts)
        assert str(row.id) in said
        assert "店长" in said
        assert said.replace(has_not, "").count(has) == 1, "its own desk alone"
        buttons = form.findChildren(ActionButton)
        copy = [one for one in buttons if one.text() in ("Copy the id", "复制编号")]
        copy[0].click()
        assert QApplication.clipboard().text() == str(row.id)
        form.save.click()
        until(qtbot, lambda: not program.window.findChildren(TraceForm))
        for one in (other, other, desk, desk):
            one.sync()
        until(qtbot, lambda: past(server, centre.history.model.rows[0].last_seq) == 2)
        settled(qtbot, program)
        press(program, Qt.Key.Key_F8)
        until(qtbot, lambda: program.window.findChildren(TraceForm))
        (form,) = program.window.findChildren(TraceForm)
        until(qtbot, lambda: texts_in(form.facts).count(has) == 2)
        assert has_not not in texts_in(form.facts)


def test_without_a_line_it_tells_its_own_half_and_why(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "sync", language="en")
    server.stop()
    desk.do(server.adjust())
    with pytest.raises(Unreachable):
        desk.sync()
    settled(qtbot, program)
    centre = program.window.built("sync")
    assert isinstance(centre, SyncCentre)
    until(qtbot, lambda: centre.history.model.rows and centre.history.model.rows[0].status == "pending")
    row = centre.history.model.rows[0]
    until(qtbot, lambda: centre.history.table.choose(row.id))
    centre.history.table.view.setFocus()
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: program.window.findChildren(TraceForm))
    (form,) = program.window.findChildren(TraceForm)
    until(qtbot, lambda: "The server cannot be reached" in form.trouble.text())
    assert "to send" in texts_in(form.facts)
    assert str(row.id) in texts_in(form.facts)
    press(program, Qt.Key.Key_Return)
    server.start()
