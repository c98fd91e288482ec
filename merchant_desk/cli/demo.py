"""`merchant-desk demo`: load the demo merchant, or play the first shift on a merchant of its own."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from merchant_desk.cli import demo_shop
from merchant_desk.cli.folders import demo_home
from merchant_desk.cli.shift.director import Director, ShiftReport
from merchant_desk.cli.shift.paper import PARTS, as_json, write
from merchant_desk.domain.wording import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--shift", action="store_true", help="play the first shift / 演示第一班")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="DIR",
        help="keep pictures and figures here; else none are kept / 截图与数据放在这里，不给则不保留",
    )
    parser.add_argument("--json", action="store_true", help="the result as JSON / 以 JSON 输出")
    parser.add_argument("--language", choices=["zh_CN", "en"], default="zh_CN", help="语言 / language")
    parser.add_argument("--dark", action="store_true", help="dark colours / 深色")


def run(options: argparse.Namespace) -> int:
    """Load the demo merchant (0), or play the shift: 0 only if the three databases are equal."""
    if not options.shift:
        server = demo_home() / "server"
        shop = demo_shop.prepare(server)
        if options.json:
            told = {"merchant": shop.demo.name, "server": str(server), "desk": str(demo_home() / "desk")}
            print(json.dumps(told, ensure_ascii=False))
            return 0
        print(f"演示商户已就绪：{shop.demo.name} / The demo merchant is ready.")
        return 0

    def tell(chinese: str, english: str) -> None:
        print(f"{chinese} {english}", file=sys.stderr, flush=True)

    extra = ["--language", options.language, *(["--dark"] if options.dark else [])]
    with tempfile.TemporaryDirectory(prefix="first-shift-", ignore_cleanup_errors=True) as folder:
        report = Director(Path(folder), tell, extra).play()
        if options.report is not None:
            page = write(report, Path(folder) / "pictures", options.report)
            tell(f"报告：{page}", f"Report: {page}")
    if options.json:
        kept = str(options.report) if options.report is not None else None
        print(json.dumps({**as_json(report), "report": kept}, ensure_ascii=False))
    else:
        _summarise(report)
    return 0 if report.passed else 1


def _summarise(report: ShiftReport) -> None:
    rows = sum(report.verdict.rows.values()) if report.verdict else 0
    for name, count in report.scans.items():
        median, slowest = (report.latency.get(name, {}).get(key, 0) for key in ("p50_ms", "p99_ms"))
        waited = report.pending_before.get(name, 0)
        print(
            f"工作台 {name}：扫描 {count} 次，扫描到显示 中位 {median:.0f} 毫秒、p99 {slowest:.0f} 毫秒，"
            f"离线积压 {waited} 条\n"
            f"Desk {name}: {counted(count, 'scan')}, scan to screen median {median:.0f} ms, p99 "
            f"{slowest:.0f} "
            f"ms, {waited} waiting before the network"
        )
    print(f"推送途中切断 {report.cuts} 次 / the line was cut {report.cuts}× in the middle of a push")
    for part, seconds in report.seconds.items():
        print(f"  {PARTS.get(part, part)}: {seconds:.1f} s")
    if report.passed:
        print(f"三个数据库一致，共比对 {rows} 行。 / Three databases agree on {rows} rows.")
        return
    print("不一致！ / NOT EQUAL:")
    for line in (*(report.verdict.differences if report.verdict else ()), *report.surprises):
        print(f"  {line}")
