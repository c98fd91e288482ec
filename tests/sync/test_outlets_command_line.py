"""`merchant-desk outlets`: closed with its desks, opened again, with a real server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.desk_leaving import Unsent
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.organisation import AddOutlet, RenameOutlet
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.queries.people import outlets
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.server_faults import DeskRetired
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def second(server: PortServer) -> UUID:
    """Another outlet."""
    outlet, warehouse = server.chance.new_id(), server.chance.new_id()
    added = AddOutlet(outlet, "ZH", "镇上门店", "Asia/Shanghai", 0, warehouse)
    server.services.house.do(server.merchant, added)
    return outlet


def desk_at(server: PortServer, outlet: UUID, folder: Path) -> Desk:
    secret = server.services.enrolment.invite(server.merchant, outlet, ())
    code = EnrolmentCode("127.0.0.1", server.port, outlet, bytes.fromhex(secret), tls=False)
    return Desk.enrol(folder, code.text, folder.name, demo=True)


def tell_what_waits(desk: Desk) -> None:
    """Say any word to the server: each tells how much waits."""
    desk.runtime.refresh_status()
    desk.api.desks()


@pytest.fixture
def run(
    server: PortServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run a command at a desk of the first outlet as the manager."""
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    with server.desk(tmp_path / "first") as desk:
        desk.sign_in("manager", PASSWORD)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["outlets", *words, "--profile", str(tmp_path / "first"), "--login", "manager", "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {"said": err}

    return run


def test_to_the_end_and_back(server: PortServer, second: UUID, run: Run, tmp_path: Path) -> None:
    with desk_at(server, second, tmp_path / "second") as desk:
        desk.sign_in("manager", PASSWORD)
        desk.work_offline(True)
        desk.do(RenameOutlet(second, "镇上", "镇上"))
        tell_what_waits(desk)
        code, told = run("close", "ZH", "--reason", "租约到期")
        assert (code, desk.identity.code in told["said"], "没发送" in told["said"]) == (1, True, True)
        desk.work_offline(False)
        desk.sync()
        tell_what_waits(desk)
        assert run("close", "ZH", "--reason", "租约到期") == (
            0,
            {"status": "applied", "desks": [desk.identity.code]},
        )
        with pytest.raises(DeskRetired):
            desk.sync()
    first, closed = run("list")[1]["outlets"]
    assert (first["code"], first["closed"]) == ("CG", False)
    assert closed == {"code": "ZH", "name": "镇上", "closed": True, "desks": []}
    with pytest.raises(Refusal, match="outlet_closed"):
        desk_at(server, second, tmp_path / "third")
    with Desk.open(tmp_path / "first", demo=True) as desk:
        assert [one.code for one in desk.ask(outlets)] == ["CG"]
    assert run("reopen", "ZH") == (0, {"status": "applied"})
    with desk_at(server, second, tmp_path / "third") as desk:
        assert desk.identity.outlet_id == second


def test_why_one_stays_open_is_told(server: PortServer, second: UUID, run: Run, tmp_path: Path) -> None:
    with desk_at(server, second, tmp_path / "second") as desk:
        desk.sign_in("manager", PASSWORD)
    code, told = run("close", "CG", "--reason", "x")
    assert (code, "另一个门店" in told["said"], "another outlet" in told["said"]) == (1, True, True)
    code, told = run("close", "XX", "--reason", "x")
    assert (code, "no outlet with the code XX" in told["said"]) == (1, True)


def test_what_a_desk_did_without_a_line_arrives_after_the_closing(
    server: PortServer, second: UUID, run: Run, tmp_path: Path
) -> None:
    with desk_at(server, second, tmp_path / "second") as desk:
        desk.sign_in("manager", PASSWORD)
        tell_what_waits(desk)
        desk.work_offline(True)
        of_it = "SELECT id FROM warehouses WHERE outlet_id = ?"
        warehouse = desk.ask(lambda c: UUID(bytes=c.exec_driver_sql(of_it, (second.bytes,)).scalar_one()))
        place = derived_id(warehouse, "receiving")
        desk.do(AdjustStock(second, warehouse, place, server.rice, None, "sellable", 7 * MICRO, "found", ""))
        desk.do(AddLocations(second, warehouse, "storage", ("Z-01",)))
        assert run("close", "ZH", "--reason", "租约到期")[0] == 0
        desk.work_offline(False)
        for _ in range(2):
            with pytest.raises(DeskRetired):
                desk.sync()
            assert desk.leaving().unsent == Unsent(), "nothing is stranded"
            desk.do(AdjustStock(second, warehouse, place, server.rice, None, "sellable", MICRO, "found", ""))
        told = list(server.outcomes().values())
        assert (told.count("refused"), told.count("held"), told.count("parked")) == (1, 0, 0)
