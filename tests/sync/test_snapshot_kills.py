"""Does a desk whose process dies at any step of a snapshot keep the old file or the new one, whole?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.profile import enrol_profile, open_profile
from merchant_desk.sync.transport import HttpFetch, ServerApi
from tests.helpers.web_server import PortServer, port_server
from tests.sync.test_over_http import assert_nothing_is_lost, do

ROOT = Path(__file__).resolve().parents[2]
KILLED = 9

DYING = """
import os, sys
from pathlib import Path
from merchant_desk.desk import Desk
from merchant_desk.sync import exchange, rebuild, snapshot, transport
from merchant_desk.sync.pace import Pace

exchange.LOOK_ROWS = 20
snapshot.Pace = lambda *amounts: Pace(100_000, 100_000, 100_000)
moment = os.environ["DIE_AT"]

def die(owner, name, when, after, times=1):
    if when != moment:
        return
    real, left = getattr(owner, name), [times]
    def dying(*args, **named):
        left[0] -= 1
        if not left[0] and not after:
            os._exit(9)
        found = real(*args, **named)
        if not left[0]:
            os._exit(9)
        return found
    setattr(owner, name, dying)

die(transport, "write_part", "a part written", True, 3)
die(snapshot, "change_key", "about to be opened", False)
die(snapshot, "change_key", "under its own key", True)
die(snapshot.Snapshots, "_note", "proved", True)
die(snapshot.Snapshots, "make_draft", "a draft", True)
die(rebuild.Rebuild, "_finish", "caught up", False)
die(rebuild, "hand_over", "own work carried out", True)
die(rebuild, "exchange_file", "about to be exchanged", False)
die(rebuild, "exchange_file", "exchanged", True)
desk = Desk.open(Path(sys.argv[1]), demo=True, courier=len(sys.argv) > 2)
desk.sync()
"""

MOMENTS = (
    "a part written",
    "about to be opened",
    "under its own key",
    "proved",
    "a draft",
    "caught up",
    "own work carried out",
    "about to be exchanged",
    "exchanged",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PortServer]:
    with port_server(tmp_path, snapshots=True) as opened:
        for n in range(1, 40):
            opened.services.house.do(opened.merchant, opened.adjust(n))
        yield opened


def run_to(moment: str, folder: Path, *words: str) -> int:
    """Let a process sync the desk until it dies; returns its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(folder), *words],
        cwd=ROOT,
        env={**os.environ, "DIE_AT": moment},
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=120,
    )
    return done.returncode


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.parametrize("moment", MOMENTS)
def test_unsent_work_outlives_it(server: PortServer, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "one"
    desk = server.desk(folder)
    saved = {do(desk, server).bytes}
    desk.sync()
    saved |= {do(desk, server, n).bytes for n in (2, 3)}
    desk.close()
    server.restore(server.copy())
    assert run_to(moment, folder) == KILLED
    assert_nothing_is_lost(server, folder, saved)
    assert sorted(file.name for file in folder.glob("desk.db*")) == ["desk.db"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [("a part written", ()), ("under its own key", ()), ("exchanged", ()), ("exchanged", ("by courier",))],
)
def test_a_new_desk_goes_on(server: PortServer, tmp_path: Path, moment: str, words: tuple[str, ...]) -> None:
    folder = tmp_path / "new"
    enrol_only(server, folder)
    assert run_to(moment, folder, *words) == KILLED
    desk = Desk.open(folder, demo=True)
    desk.sync()
    saved = do(desk, server).bytes
    desk.close()
    assert_nothing_is_lost(server, folder, {saved})


def enrol_only(server: PortServer, folder: Path) -> None:
    """Enrol a desk that does not get to pull anything."""
    code = parse_enrolment_code(server.code())
    profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
    fetch = HttpFetch(code.url, code.fingerprint)
    enrol_profile(profile, code, "new", ServerApi(fetch, "").enrol)
    fetch.close()
    profile.close()
