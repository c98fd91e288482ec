"""Many seeds: a row for each block of them, and each failure as short as it gets."""

import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from merchant_desk.rehearsal.cast import Found
from merchant_desk.rehearsal.rehearsal import Rehearsal
from merchant_desk.rehearsal.shrinking import shrink
from merchant_desk.rehearsal.stage import Stage, make_stage

LEAST_DESKS = 2
MOST_DESKS = 12
USUAL_DESKS = 5
"""How many different numbers of desks seeds have where nobody says how many: 2 to 6."""

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""Linux's file system in memory: what is played there wears no disk."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to rehearse: desks (0: by the seed), steps of each seed, the program's version, how much work goes
    into making a failure shorter, and the PostgreSQL server to keep the data at ("": in a file)."""

    desks: int
    steps: int
    version: str
    tries: int = 60
    postgres: str = ""

    def desks_of(self, seed: int) -> int:
        """Return how many desks a seed has."""
        return self.desks or LEAST_DESKS + seed % USUAL_DESKS


@dataclass(frozen=True, slots=True)
class Failure:
    """A seed that failed: how, which steps are enough, and what happened in them."""

    seed: int
    violation: str
    kept: list[int]
    trace: list[str]


@dataclass
class Block:
    """What a run of seeds found, from `first` to `last` inclusive."""

    first: int
    last: int
    steps: int = 0
    operations: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    trace_hash: str = ""


def rehearse(seed: int, plan: Plan, skip: frozenset[int] = frozenset()) -> Found:
    """Play one seed in a folder that is gone afterwards."""
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=where, ignore_cleanup_errors=True) as name:
        stage = _stage(plan.desks_of(seed), plan.version, plan.postgres)
        rehearsal = Rehearsal(seed, stage, Path(name), plan.version)
        try:
            return rehearsal.play(plan.steps, skip)
        finally:
            rehearsal.close()


def rehearse_block(first: int, last: int, plan: Plan) -> Block:
    """Play the seeds from `first` to `last` inclusive."""
    block, begun = Block(first, last), time.monotonic()
    hashes = hashlib.sha256()
    for seed in range(first, last + 1):
        found = rehearse(seed, plan)
        hashes.update(found.trace_hash.encode())
        block.steps += found.steps
        block.operations += found.operations
        block.faults += found.faults
        if found.violation:
            block.failures.append(_shortest(found, plan))
    block.trace_hash = hashes.hexdigest()[:16]
    block.seconds = time.monotonic() - begun
    return block


def blocks_of(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ends of the blocks that a range of seeds falls into: each begins at a multiple of `size`."""
    while first <= last:
        end = min(last, first - first % size + size - 1)
        yield first, end
        first = end + 1


def _shortest(found: Found, plan: Plan) -> Failure:
    play = partial(_play_without, found.seed, plan)
    best, kept = shrink(found, plan.steps, play, plan.tries)
    return Failure(found.seed, best.violation, kept, best.trace)


def _play_without(seed: int, plan: Plan, skip: frozenset[int]) -> Found:
    return rehearse(seed, plan, skip)


@lru_cache(maxsize=MOST_DESKS)
def _stage(desks: int, version: str, postgres: str) -> Stage:
    return make_stage(desks, version, postgres)
