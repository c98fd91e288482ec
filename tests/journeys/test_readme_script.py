"""The README's script runs as it stands there, on a fresh profile, against a real server."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.cli import demo_shop
from merchant_desk.cli.demo_shop import DemoShop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.server.demo.shift import ShiftPlan, shift_plan
from merchant_desk.server.demo.structure import MANAGER

README = Path(__file__).parents[2] / "README.md"
MOST_LINES = 25


@pytest.fixture
def script() -> str:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def test_the_script_is_as_short_as_it_is_said_to_be(script: str) -> None:
    lines = [line for line in script.splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoShop]:
    """A demo merchant in a server's folder, to be copied: loading it takes seconds."""
    folder = tmp_path_factory.mktemp("loaded") / "server"
    return folder, demo_shop.prepare(folder, 1)


@pytest.fixture
def shop(loaded: tuple[Path, DemoShop], tmp_path: Path) -> Iterator[tuple[EmbeddedServer, ShiftPlan]]:
    """A demo merchant's server, and an enrolled desk in `tmp_path / "desk"`."""
    folder, made = loaded
    shutil.copytree(folder, tmp_path / "server")
    server = EmbeddedServer(tmp_path / "server", ["--demo"])
    try:
        code = demo_shop.enrolment_code(made.secrets[0], server.port)
        demo_shop.enrol(tmp_path / "desk", code, "script").close()
        yield server, shift_plan(made.demo)
    finally:
        server.close()


def run(script: str, folder: Path, plan: ShiftPlan) -> "subprocess.CompletedProcess[str]":
    """Run the script as a merchant does: a delivery, an order and a shelf of the demo merchant."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    order, shelf = plan.desk_b.stints[0], plan.desk_a.stints[1]
    code = next(scan.code for scan in order.scans if scan.meaning == "product")
    command = [sys.executable, str(folder / "script.py"), str(folder / "desk"), MANAGER.login]
    command += [MANAGER.password, plan.desk_a.stints[0].number, order.number, shelf.number, code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.timeout(180)
def test_the_script_receives_ships_counts_and_syncs(
    script: str, shop: tuple[EmbeddedServer, ShiftPlan], tmp_path: Path
) -> None:
    server, plan = shop
    done = run(script, tmp_path, plan)
    assert done.returncode == 0, done.stderr
    assert re.search(r"waiting: [1-9]", done.stdout)
    assert "after sync: 0" in done.stdout
    with Desk.open(tmp_path / "desk", demo=True, server_url=server.url) as desk:
        assert desk.pending() == []


@pytest.mark.timeout(180)
def test_what_a_rule_forbids_is_printed_and_the_rest_is_sent(
    script: str, shop: tuple[EmbeddedServer, ShiftPlan], tmp_path: Path
) -> None:
    server, plan = shop
    nothing = script.replace("for code in codes", "for code in ()")
    done = run(nothing, tmp_path, plan)
    assert done.returncode == 0, done.stderr
    order = plan.desk_b.stints[0].number
    assert re.search(rf"{order} .*还没有拣任何商品", done.stdout), done.stdout
    assert "after sync: 0" in done.stdout
    with Desk.open(tmp_path / "desk", demo=True, server_url=server.url) as desk:
        desk.sign_in(MANAGER.login, MANAGER.password)
        (begun,) = desk.documents("shipments", status="open")
        assert desk.ship(order).number == begun.number, "it is gone on with"


@pytest.mark.timeout(180)
def test_the_script_does_the_same_where_no_server_answers(
    script: str, shop: tuple[EmbeddedServer, ShiftPlan], tmp_path: Path
) -> None:
    """To its last line, the tasks; and what a rule forbids is said in words when it is printed."""
    server, plan = shop
    server.close()
    done = run(script + NOT_THERE, tmp_path, plan)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search(r"waiting: [1-9]", done.stdout)
    assert re.search(r"not sent yet: .*cannot be reached .*Work is saved", done.stdout), done.stdout
    last = done.stdout.splitlines()[-1]
    assert "PO-NOPE" in last
    assert re.search(r"[\u4e00-\u9fff]", last), last
    assert "unknown_purchase_order" not in last
    with Desk.open(tmp_path / "desk", demo=True) as desk:
        assert desk.pending() != []


NOT_THERE = """
from merchant_desk import Refusal

with Desk.open(folder) as desk:
    desk.sign_in(login, password)
    try:
        desk.receive("PO-NOPE")
    except Refusal as refusal:
        print(refusal)
"""
