"""The first shift, whole: server and two desks as processes, keys alone, a cut line, three equal books."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LEAST_SCANS = 200


@pytest.mark.timeout(900)
def test_the_first_shift_ends_with_three_equal_databases(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "merchant_desk.cli.main", "demo", "--shift", "--json"]
    command += ["--report", str(tmp_path / "report")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=850, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3_000:]
    report = json.loads(done.stdout)
    assert report["passed"]
    assert report["verdict"]["equal"]
    assert report["cuts"] >= 1
    assert min(report["scans"].values()) >= LEAST_SCANS
    assert min(report["pending_before"].values()) >= LEAST_SCANS
    assert min(report["verdict"]["rows"][name] for name in ("ledger", "receipts", "shipments", "counts")) > 0
    pictures = [tmp_path / "report" / shot["file"] for shot in report["shots"]]
    assert len(pictures) > 10
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
