"""The README's script runs as it stands there, on a fresh profile, against a real server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.server.demo.shift import shift_plan
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


@pytest.mark.timeout(180)
def test_the_script_receives_ships_counts_and_syncs(script: str, tmp_path: Path) -> None:
    shop = demo_shop.prepare(tmp_path / "server", 1)
    plan = shift_plan(shop.demo)
    server = EmbeddedServer(tmp_path / "server", ["--demo"])
    try:
        demo_shop.enrol(
            tmp_path / "desk", demo_shop.enrolment_code(shop.secrets[0], server.port), "script"
        ).close()
        (tmp_path / "script.py").write_text(script, encoding="utf-8")
        order, shelf = plan.desk_b.stints[0], plan.desk_a.stints[1]
        code = next(scan.code for scan in order.scans if scan.meaning == "product")
        command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "desk"), MANAGER.login]
        command += [MANAGER.password, plan.desk_a.stints[0].number, order.number, shelf.number, code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert re.search(r"waiting: [1-9]", done.stdout)
        assert "after sync: 0" in done.stdout
        with Desk.open(tmp_path / "desk", demo=True, server_url=server.url) as desk:
            assert desk.pending() == []
    finally:
        server.close()
