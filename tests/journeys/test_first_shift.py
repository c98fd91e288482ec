"""The first shift, whole: server and two desks as processes, keys alone, a cut line, three equal books."""

import json
import os
import re
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
    assert report["report"] == str(tmp_path / "report")
    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert "超过应有数量 / Inbound" in page
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)
    assert len(captions) == len(report["shots"])
    assert not [one for one in captions if "_" in one or " / " not in one], "in words, both languages"
    assert "{" not in page.partition("</style>")[2], "figures stand in tables"
    pictures = [tmp_path / "report" / shot["file"] for shot in report["shots"]]
    assert len(pictures) > 10
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
