"""Does a desk end only when nothing is left on it alone, and do others go on with what it began?"""

import itertools
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.desk_leaving import Unsent
from merchant_desk.domain.organisation import RenameOutlet, RetireDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.open_work import open_documents
from merchant_desk.sync.leaving import Leave
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.status import SyncStatus
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


def on_hand(desk: Desk) -> int:
    return desk.ask(lambda c: int(c.exec_driver_sql("SELECT sum(on_hand) FROM stock_balances").scalar() or 0))


def test_two_desks_become_one(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "stays") as stays, signed_in(server, tmp_path / "goes") as goes:
        count = goes.count("CG-IN")
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
        assert on_hand(stays) == 3 * MICRO


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


def sync_as_far_as_it_goes(desk: Desk) -> None:
    """Sync a desk that was retired: what it sends is taken, nothing is given."""
    with pytest.raises(DeskRetired):
        desk.sync()


def test_what_is_done_while_it_ends_arrives(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "goes") as desk:
        real, rounds = desk.sync, itertools.count(1)

        def sync() -> SyncStatus:
            try:
                return real()
            finally:
                if next(rounds) == 2:  # a scan while the retirement is on its way
                    desk.do(server.adjust(5))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk, "sync", sync)
            left = desk.leave("并入 01")
        assert (left.unsent, desk.leaving().unsent) == (Unsent(), Unsent())
        assert set(server.outcomes().values()) == {"applied"}


def test_what_was_saved_after_the_look_keeps_it_a_desk(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "goes") as desk:
        real = desk.leaving

        def leaving() -> Leave:
            left = real()
            desk.do(server.adjust(5))
            return left

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk, "leaving", leaving)
            with pytest.raises(Refusal, match="desk_has_unsent") as refused:
                desk.leave("并入 01")
        assert refused.value.facts["operations"] == 1
        assert desk.sync().waiting == 0
        desk.leave("并入 01")


def test_facts_after_a_retirement_that_came_late_arrive(server: PortServer, tmp_path: Path) -> None:
    with signed_in(server, tmp_path / "goes") as desk, signed_in(server, tmp_path / "stays") as stays:
        desk.sync()
        desk.do(RetireDevice(desk.identity.device_id, "并入 02"))
        desk.do(server.adjust(1))
        sync_as_far_as_it_goes(desk)
        desk.do(server.adjust(2))
        desk.do(RenameOutlet(server.outlet, "别名", "别名"))
        sync_as_far_as_it_goes(desk)
        assert desk.leaving().unsent == Unsent()
        assert list(server.outcomes().values()).count("refused") == 1
        stays.do(RetireDevice(desk.identity.device_id, "被盗"))
        stays.sync()
        assert on_hand(stays) == 3 * MICRO
