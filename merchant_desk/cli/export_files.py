"""`merchant-desk export`: any list as a table for other programs."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from merchant_desk.cli.desk_options import add_desk_arguments, opened_desk
from merchant_desk.cli.import_words import in_words
from merchant_desk.cli.interrupting import interruptible
from merchant_desk.domain.wording import counted
from merchant_desk.jobs.export_job import ExportStopped, export
from merchant_desk.jobs.export_tables import EXPORTS
from merchant_desk.models.faults import Fault

TOLD_EVERY = 0.2
"""Seconds between two lines of progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=list(EXPORTS), help="、".join(one.zh for one in EXPORTS.values()))
    parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .csv or .csv.gz")
    parser.add_argument("--language", choices=["zh", "en"], default="zh", help="of the headings / 标题的语言")
    parser.add_argument("--json", action="store_true", help="say what was done as JSON / 以 JSON 输出")
    add_desk_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Export; 1 if the file could not be written."""
    try:
        with opened_desk(options) as desk, interruptible() as stopped:
            told = _paced(as_json=options.json)
            count = export(desk.runtime, options.kind, options.file, options.language, told, stopped.is_set)
    except ExportStopped:
        print("已停止，没有写出文件。\nStopped; no file was written.", file=sys.stderr)
        return 1
    except (Fault, OSError) as error:
        zh, en, code, facts = in_words(error)
        if options.json:
            problem = {"type": "problem", "code": code, "facts": facts, "zh": zh, "en": en}
            print(json.dumps(problem, ensure_ascii=False, default=str))
        else:
            print(f"{zh}\n{en}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"type": "result", "file": str(options.file), "rows": count}, ensure_ascii=False))
    else:
        print(f"已导出 {count:,} 行：{options.file}\n{counted(count, 'row')} exported: {options.file}")
    return 0


def _paced(*, as_json: bool) -> Callable[[int], None]:
    """Return what tells how many rows are written, a few times a second: to programs, or at a terminal."""
    last = time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < TOLD_EVERY:
            return
        last = time.monotonic()
        if as_json:
            print(json.dumps({"type": "progress", "rows": rows}), flush=True)
        elif sys.stderr.isatty():
            print(f"\r{rows:,}", end="", file=sys.stderr, flush=True)

    return told
