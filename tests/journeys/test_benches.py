"""Speed as a person meets it, in the short form: a real window in its own process, real keys, a real server.

Whether budgets are met is for the full form on a quiet computer; here every scan is measured and saved.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_desk.cli.benches import bench_load
from merchant_desk.cli.benches.bench_load import Scale
from merchant_desk.cli.benches.stage import DATABASE_URL

FIGURES = {
    "scan": [
        "scan.p50",
        "scan.p99",
        "scan.p50_during_sync",
        "scan.p99_during_sync",
        "stall.max",
        "stall.max_during_sync",
        "stall.work_max",
    ],
    "start": ["start.seconds", "switch.max_seconds"],
}
LOAD = Scale("2x3", 2, 1, 3, 3.0, 200)


@pytest.mark.timeout(400)
@pytest.mark.long
@pytest.mark.parametrize("group", ["scan", "start"])
def test_a_group_says_all_its_figures_as_json_lines(group: str) -> None:
    command = [sys.executable, "-m", "merchant_desk.cli.main", "bench", group, "--short", "--json"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=380, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3_000:]
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert [figure["name"] for figure in figures] == FIGURES[group]
    assert all(figure["value"] > 0 and figure["n"] > 0 for figure in figures)
    assert all(
        figure["ratio"] == pytest.approx(figure["value"] / figure["limit"], abs=0.02)
        for figure in figures
        if "limit" in figure
    )


def test_desks_of_a_load_hear_of_each_other_and_an_upload_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_load, "EVERY", 1.0)
    monkeypatch.delenv(DATABASE_URL, raising=False)
    figures = {found.name.removeprefix("load.2x3."): found for found in bench_load.measured(tmp_path, LOAD)}
    assert figures["unanswered"].value == 0
    assert figures["notice_p99"].n >= 10, "each operation comes to two other desks"
    assert 0 < figures["notice_p50"].value < figures["notice_p99"].value < 5_000
    assert figures["upload_seconds"].n == LOAD.uploaded
