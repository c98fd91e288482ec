"""Work carried by hand to the server's own computer, beside the server that runs there."""

import json
from pathlib import Path

import pytest

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from tests.server.own_shop import PASSWORD, Shop, check_equal, told


def test_it_is_taken_in_beside_the_running_server(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Desk.open(shop.second, ask_passphrase=told) as second:
        second.sign_in("manager", PASSWORD)
        second.count("01-OUT")
    file = tmp_path / "village.mdcarry"
    assert main(["carry", "--profile", str(shop.second), "--to", str(file)]) == 0
    assert "merchant-desk carry --deliver village.mdcarry" in capsys.readouterr().out
    data = ("--server", "--data-dir", str(shop.profile / "server"))
    with shop.at_work() as desk:
        assert main(["carry", "--deliver", str(file), *data, "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["new"], said["whole"]) == (1, True)
        desk.sync()
        assert len(desk.ask(lambda one: one.exec_driver_sql("SELECT id FROM counts").all())) == 3
        with Desk.open(shop.second, ask_passphrase=told) as second:
            second.sign_in("manager", PASSWORD)
            status = second.sync()
            assert (status.waiting, status.fault) == (0, None)
        desk.sync()
    assert main(["carry", "--deliver", str(file), *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 0
    check_equal(shop.profile / "server", shop.profile, shop.second)
