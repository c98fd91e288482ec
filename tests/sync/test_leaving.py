"""Does a desk end only when nothing is left on it alone, and do others go on with what it began?"""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.desk_leaving import Unsent
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.open_work import open_documents
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.transport import Unreachable
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD


def signed_in(server: PortServer, folder: Path) -> Desk:
    desk = server.desk(folder)
    desk.sign_in("manager", PASSWORD)
    return desk


def numbers(server: PortServer, desk: Desk) -> dict[str, bool]:
    """Return the open counts of the outlet, and whether this desk began them."""
    found = desk.ask(lambda connection: open_documents(connection, "counts", server.warehouse))
    return {one.number: bool(one.own) for one in found}


def test_two_desks_become_one(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "stays") as stays, signed_in(server, tmp_path / "goes") as goes:
        count = goes.count("A-01")
        goes.do(server.adjust(3))
        left = goes.leave("并入 01")
        assert (left.unsent, left.documents) == (Unsent(), tuple(numbers(server, goes)))
        with pytest.raises(DeskRetired):
            goes.sync()
        stays.sync()
        assert numbers(server, stays) == {left.documents[0]: False}
        taken = stays.reopen("counts", count.document_id)
        taken.finish()
        stays.sync()
        assert numbers(server, stays) == {}
        assert set(server.outcomes().values()) == {"applied"}
        on_hand = stays.ask(
            lambda connection: connection.exec_driver_sql("SELECT sum(on_hand) FROM stock_balances").scalar()
        )
        assert on_hand == 3 * MICRO


def test_without_a_line_it_stays_a_desk(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "desk") as desk:
        desk.do(server.adjust())
        with pytest.raises(Refusal, match="reason_unreadable"):
            desk.leave(" ")
        server.stop()
        try:
            with pytest.raises(Unreachable):
                desk.leave("换新机")
            assert desk.leaving().unsent == Unsent(operations=1)
        finally:
            server.start()
        desk.leave("换新机")
