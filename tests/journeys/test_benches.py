"""Speed as a person meets it, in the short form: a real window in its own process, real keys, a real server.

Whether budgets are met is for the full form on a quiet computer; here every scan is measured and saved.
"""

import json
import os
import subprocess
import sys

import pytest

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


@pytest.mark.timeout(400)
@pytest.mark.parametrize("group", ["scan", pytest.param("start", marks=pytest.mark.long)])
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
