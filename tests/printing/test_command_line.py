"""`merchant-desk printers` as people and scripts call it, and what the doctor says of what was named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from merchant_desk.cli.main import main
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.ui.surroundings import around
from tests.helpers.shop import PASSWORD, Shop
from tests.helpers.zpl_printer import ZplPrinter

Run = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk's folder; the desk is closed."""
    shop = Shop(tmp_path)
    found = shop.desk("manager").runtime.profile.folder
    shop.close()
    return found


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `printers` on the desk; return its exit code, its JSON lines and what it complains of."""
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    monkeypatch.setenv("MERCHANT_DESK_LOGIN", "manager")

    def run(*words: str) -> tuple[int, list[dict[str, Any]], str]:
        code = main(["printers", words[0], "--profile", str(folder), "--json", *words[1:]])
        told = capsys.readouterr()
        return code, [json.loads(line) for line in told.out.splitlines()], told.err

    return run


def test_printers_are_named_tried_and_removed(qapp: QApplication, run: Run, folder: Path) -> None:
    with ZplPrinter() as printer:
        code, told, _ = run("add", "货架", "--socket", printer.where, "--paper", "50x30", "--dpi", "300")
        assert code == 0
        assert [(one["name"], one["paper"], one["dpi"]) for one in told] == [
            ("货架", {"width_mm": 50, "height_mm": 30}, 300)
        ]
        code, told, _ = run(
            "add", "laser", "--queue", "no such queue", "--for", "documents", "--for", "labels"
        )
        assert [(one["where"], one["purposes"]) for one in told][1] == (
            "no such queue",
            ["documents", "labels"],
        )
        code, told, _ = run("test", "货架")
        assert (code, told[0]["outcome"], told[0]["done"]) == (0, "printed", 1)
        assert printer.wait_for(1)[0].codes == ["TEST-50x30"]
    code, told, _ = run("test")
    assert code == 1
    assert [one["outcome"] for one in told] == ["refused", "no_queue"]
    said = [one.zh for one in around(LocalSettings(folder)) if one.subject == "printers"]
    assert "「货架」" in said[0]
    assert "拒绝接收" in said[0]
    assert "没有打印机「laser」" in said[1]
    code, told, _ = run("remove", "货架")
    assert [one["name"] for one in told] == ["laser"]
    code, _, complaint = run("remove", "货架")
    assert code == 1
    assert "There is no printer called 货架" in complaint
    code, _, complaint = run("add", "x", "--socket", "10.0.0.1:99999")
    assert code == 1
    assert "192.168.1.50:9100" in complaint
