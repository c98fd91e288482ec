"""`merchant-desk rehearse`: desks, a server and trouble, played from seeds and checked at each step."""

import argparse
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import structlog

import merchant_desk
from merchant_desk.rehearsal.blocks import LEAST_DESKS, MOST_DESKS, Block, Plan, blocks_of, rehearse_block

MOST_TRACE = 60
"""Lines of a failing seed's trace that a terminal shows: the last ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--seeds", type=_seeds, default=(0, 99), metavar="FROM:TO", help="both included")
    parser.add_argument(
        "--desks",
        type=_desks,
        default=0,
        help=f"1 to {MOST_DESKS}; by default {LEAST_DESKS} to 6, by the seed",
    )
    parser.add_argument("--steps", type=_at_least_one, default=100, help="of each seed (100)")
    parser.add_argument("--block", type=_at_least_one, default=100, help="seeds in one row (100)")
    parser.add_argument("--jobs", type=_at_least_one, default=1, help="processes at once (1)")
    parser.add_argument("--tries", type=int, default=60, help="plays to make a failure shorter (60)")
    parser.add_argument(
        "--postgres",
        default="",
        metavar="URL",
        help="keep the server's data at this PostgreSQL, in databases that are made and dropped",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line and nothing else")


def run(options: argparse.Namespace) -> int:
    """Rehearse and print a row for each block; 1 if anything was violated."""
    plan = Plan(options.desks, options.steps, merchant_desk.__version__, options.tries, options.postgres)
    first, last = options.seeds
    parts = list(blocks_of(first, last, options.block))
    failed = False
    if not options.json:
        print(f"{'seeds':>15} {'steps':>8} {'saved':>8} {'violations':>10} {'trace':>17} {'s':>7}  faults")
    if options.jobs == 1:
        with _silence():
            for part in parts:
                failed |= _tell(rehearse_block(*part, plan), as_json=options.json)
        return int(failed)
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), _be_silent) as pool:
        under_way = [pool.submit(rehearse_block, *part, plan) for part in parts]
        for one in under_way:
            failed |= _tell(one.result(), as_json=options.json)
    return int(failed)


@contextmanager
def _silence() -> Iterator[None]:
    """Log nothing meanwhile: trouble is what is rehearsed, and the trace tells of it."""
    before, level = structlog.get_config(), logging.root.manager.disable
    _be_silent()
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.disable(level)


def _be_silent() -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.disable(logging.CRITICAL)


def _tell(block: Block, *, as_json: bool) -> bool:
    """Print a block; tells whether something was violated."""
    seeds = f"{block.first}:{block.last}"
    if as_json:
        row = {
            "seeds": seeds, "steps": block.steps, "operations": block.operations,
            "violations": len(block.failures), "trace_hash": block.trace_hash,
            "seconds": round(block.seconds, 1), "faults": dict(sorted(block.faults.items())),
        }  # fmt: skip
        print(json.dumps(row, ensure_ascii=False), flush=True)
        for one in block.failures:
            told = {"seed": one.seed, "violation": one.violation, "kept": one.kept, "trace": one.trace}
            print(json.dumps(told, ensure_ascii=False), flush=True)
        return bool(block.failures)
    print(
        f"{seeds:>15} {block.steps:>8,} {block.operations:>8,} {len(block.failures):>10} "
        f"{block.trace_hash:>17} {block.seconds:>7.1f}  {sum(block.faults.values()):,}",
        flush=True,
    )
    for one in block.failures:
        print(f"  seed {one.seed}: {one.violation}\n  steps / 步骤: {one.kept}")
        for line in one.trace[-MOST_TRACE:]:
            print(f"    {line}")
    return bool(block.failures)


def _seeds(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    numbers = int(first), int(last if colon else first)
    if not 0 <= numbers[0] <= numbers[1]:
        raise argparse.ArgumentTypeError(f"{text}: FROM:TO, from 0 on / 形如 0:99")
    return numbers


def _desks(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_DESKS:
        raise argparse.ArgumentTypeError(f"{text}: 1–{MOST_DESKS}")
    return number


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: 1, 2, 3 …")
    return number
