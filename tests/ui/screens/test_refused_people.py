"""Refused work on people: does the task name whom and what, and what comes first?"""

from datetime import UTC
from pathlib import Path
from uuid import uuid4

from merchant_desk.domain.organisation import AddPerson, GrantRole, RevokeRole
from merchant_desk.models.queries.people import grants_held
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.tasks.task_reading import read_tasks
from merchant_desk.ui.screens.tasks.task_words import task_text
from merchant_desk.ui.texts.catalogue import LanguageCode
from tests.helpers.web_server import port_server


def test_a_refused_request_about_people_names_whom_and_what_and_what_comes_first(tmp_path: Path) -> None:
    with port_server(tmp_path) as server, server.desk(tmp_path / "desk") as desk:
        desk.sync()
        held = desk.ask(lambda connection: grants_held(connection, server.manager))[0].id
        lin, manager = uuid4(), server.manager
        for body in (AddPerson(lin, "lin", "小林", ""), GrantRole(lin, "clerk", None), RevokeRole(held)):
            desk.runtime.do(body, manager)
        desk.sync()
        readings = desk.ask(lambda connection: read_tasks(connection, "open", 10))
        assert [one.task.code for one in readings] == ["person_not_proved"] * 3
        said = {
            code: [task_text(one, Language(code, UTC), one.task.raised_at) for one in readings]
            for code in (LanguageCode.CHINESE, LanguageCode.ENGLISH)
        }
        assert [one.title for one in said[LanguageCode.ENGLISH]] == [
            "Refused: add 小林 (lin)",
            "Refused: give 小林 the role Clerk",
            "Refused: take the role Manager back from 店长",
        ]
        assert [one.title for one in said[LanguageCode.CHINESE]] == [
            "新增 小林（lin）没有被接受",
            "给 小林 角色：店员没有被接受",
            "收回 店长 的角色：店长没有被接受",
        ]
        first = "It needs 小林 to be added: submit that first."
        assert [first in one.explanation for one in said[LanguageCode.ENGLISH]] == [False, True, False]

        server.services.people.set_password(server.merchant, manager, "青石-sesame-7")
        desk.sign_in("manager", "青石-sesame-7")
        desk.resubmit(readings[0].task.id, readings[0].body)
        asked = desk.ask(lambda connection: read_tasks(connection, "open", 10))[0]
        assert (asked.names[lin], asked.first) == ("小林", ""), "asked for again, and not answered yet"
