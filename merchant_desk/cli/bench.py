"""`merchant-desk bench`: our figures, each beside a limit or a peer measured in the same run."""

import argparse
import importlib

from merchant_desk.cli.figures import report

GROUPS = {
    "push": "bench_push",
    "bootstrap": "bench_bootstrap",
    "notice": "bench_notice",
    "resolver": "bench_resolver",
    "import": "bench_import",
    "scan": "bench_scan",
    "start": "bench_start",
    "slow": "bench_slow",
    "load": "bench_load",
}
"""Group -> the module that measures it with `measure(short)`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    names = ", ".join(GROUPS)
    parser.add_argument(
        "group", nargs="*", choices=[*GROUPS, []], metavar="group", help=f"what to measure: {names}; or all"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line and nothing else")
    parser.add_argument("--short", action="store_true", help="less data, for a quick look")


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 if a budget was missed."""
    missed = 0
    for group in options.group or GROUPS:
        module = importlib.import_module(f"merchant_desk.cli.benches.{GROUPS[group]}")
        missed |= report(module.measure(options.short), as_json=options.json)
    return missed
