"""People by file at the window, by keyboard: asked of the server, said so, and there once it has answered."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from merchant_desk.domain.imports_setup import ImportPeople
from merchant_desk.ui.screens.people.people_words import request_text
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import press, settled, texts_in
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_imports import ended, opened, written

Key = Qt.Key
PEOPLE = "Login,Name,Role,Outlet\nli,李红,warehouse,CG\nli,李红,clerk,all\nsun,孙力,clerk,Nowhere\n"


def logins(scene: Scene) -> list[str]:
    with scene.a.read() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT login FROM persons ORDER BY login").all()
    return [str(row[0]) for row in rows]


def test_people_are_asked_for_and_told(scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    scene.a.sign_in("manager", PASSWORD)
    program = show(scene.a, "imports", "en")
    screen = opened(qtbot, program, written(tmp_path, PEOPLE, "people.csv"))
    assert screen.flow.draft is not None
    assert screen.flow.draft.mapping.kind == "people"
    press(program, Key.Key_F6)
    ended(qtbot, program)
    assert screen.flow.result is not None
    assert [reason.en for reason in screen.flow.result.reasons] == [
        'There is no outlet "Nowhere". For all of them write "all".'
    ]
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert 'Asked of the server; once they are there, "Reset password"' in texts_in(screen.results)
    assert not program.window.commands.possible("imports.undo")
    assert logins(scene) == ["manager", "worker"]
    (asked,) = [body for body in scene.a.requested() if isinstance(body.body, ImportPeople)]
    said = request_text(asked.body, {}, {}, program.look.language)
    assert said == "add people from a file: 1, roles: 2"
    scene.a.sync()
    settled(qtbot, program)
    assert (scene.a.refused(), logins(scene)) == ([], ["li", "manager", "worker"])
