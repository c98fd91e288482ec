"""The shift's report: one HTML page with every step's screen, and the same as JSON."""

import html
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from merchant_desk.cli.shift.director import ShiftReport

STYLE = (
    "body{font:15px/1.6 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:32px auto;max-width:1100px;"
    "color:#171b24;background:#f4f5f7}h1{font-size:26px}"
    "table{border-collapse:collapse;background:#fff}"
    "td,th{padding:6px 14px;border:1px solid #e3e6eb;text-align:left}figure{margin:24px 0;background:#fff;"
    "border:1px solid #e3e6eb;border-radius:8px;padding:12px}img{width:100%}"
    ".ok{color:#0f7a57}.no{color:#c0281f}"
)


PARTS = {
    "set-up": "准备 / set-up",
    "round 1": "第 1 轮 / round 1",
    "round 2": "第 2 轮 / round 2",
    "round 3": "第 3 轮 / round 3",
    "sync": "同步 / sync",
    "comparison": "比对 / comparison",
}
"""What the parts of a shift are called."""


def as_json(report: ShiftReport) -> dict[str, Any]:
    """Return the report as plain values."""
    told = asdict(report)
    told["passed"] = report.passed
    told["verdict"] = (
        {
            "equal": report.verdict.equal,
            "rows": dict(report.verdict.rows),
            "differences": report.verdict.differences,
        }
        if report.verdict
        else None
    )
    return told


def write(report: ShiftReport, pictures: Path, folder: Path) -> Path:
    """Write the page, the JSON and the pictures into a folder; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in report.shots:
        shutil.copyfile(pictures / shot.file, folder / shot.file)
    (folder / "report.json").write_text(
        json.dumps(as_json(report), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    page = folder / "index.html"
    page.write_text(_page(report), encoding="utf-8")
    return page


def _page(report: ShiftReport) -> str:
    verdict = report.verdict
    rows = "".join(
        f"<tr><td>{html.escape(subject)}</td><td>{count}</td></tr>"
        for subject, count in (verdict.rows if verdict else {}).items()
    )
    differences = "".join(f"<li>{html.escape(d)}</li>" for d in (verdict.differences if verdict else ()))
    surprises = "".join(f"<li>{html.escape(s)}</li>" for s in report.surprises)
    figures = "".join(
        f"<figure><figcaption><b>{shot.desk}</b> {html.escape(shot.title)}</figcaption>"
        f'<img src="{shot.file}" alt="{html.escape(shot.title)}"></figure>'
        for shot in report.shots
    )
    tone, said = ("ok", "一致 / equal") if report.passed else ("no", "不一致 / not equal")
    word = f'<span class="{tone}">{said}</span>'
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>第一班 / The first shift</title>'
        f"<style>{STYLE}</style><h1>第一班 / The first shift: {word}</h1>"
        f"{_desks(report)}{_parts(report)}"
        f"<table><tr><th>比对的数据 / compared</th><th>行 / rows</th></tr>{rows}</table>"
        f"<ul>{differences}{surprises}</ul>{figures}</html>"
    )


def _desks(report: ShiftReport) -> str:
    """Return what each desk did, as a table."""
    lines = []
    for name, scans in report.scans.items():
        latency = report.latency.get(name, {})
        cells = (
            name,
            scans,
            report.pending_before.get(name, 0),
            f"{latency.get('p50_ms', 0):.1f} ms",
            f"{latency.get('p99_ms', 0):.1f} ms",
        )
        lines.append("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>")
    return (
        "<table><tr><th>工作台 / desk</th><th>扫描 / scans</th><th>联网前待发送 / waiting before sync</th>"
        "<th>扫描到显示，中位 / scan to screen, median</th><th>p99</th></tr>" + "".join(lines) + "</table>"
        f"<p>推送途中切断 {report.cuts} 次 / the line was cut {report.cuts}× in the middle of a push</p>"
    )


def _parts(report: ShiftReport) -> str:
    """Return how long each part took, as a table."""
    lines = "".join(
        f"<tr><td>{html.escape(PARTS.get(part, part))}</td><td>{seconds:.1f} s</td></tr>"
        for part, seconds in report.seconds.items()
    )
    return f"<table><tr><th>用时 / time</th><th></th></tr>{lines}</table>"
