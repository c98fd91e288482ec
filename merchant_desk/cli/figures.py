"""Figures: what a measurement found, beside its limit or a peer measured in the same run."""

import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `limit` is what the bare database, reader or window does with the same data.

    `ratio` is value over limit; `budget` the most that `value` may be (None: only told).
    """

    name: str
    n: int
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    peer: str | None = None
    budget: float | None = None
    machine: str = ""

    @property
    def missed(self) -> bool:
        """Tell whether the budget was missed. Rates (…/s) must reach it, everything else stay below."""
        if self.budget is None:
            return False
        return self.value < self.budget if self.unit.endswith("/s") else self.value > self.budget

    def line(self) -> str:
        """Return the figure as one line of JSON."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps({**told, "machine": self.machine or this_machine()}, ensure_ascii=False)


def figure(
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    limit: float | None = None,
    budget: float | None = None,
    peer: str | None = None,
) -> Figure:
    """Return the figure of several runs: their median, and its ratio to the limit."""
    value = median(values)
    ratio = round(value / limit, 2) if limit else None
    rounded = None if limit is None else round(limit, 4)
    return Figure(name, len(values), round(value, 4), unit, rounded, ratio, peer, budget, this_machine())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def this_machine() -> str:
    """Return a short description of the machine, without names."""
    cores = os.cpu_count() or 1
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


Group = Callable[[bool], Sequence[Figure]]
"""Measures; the argument is whether to run the short form."""


def report(figures: Sequence[Figure], *, as_json: bool) -> int:
    """Print figures and return 1 if a budget was missed."""
    for found in figures:
        if as_json:
            print(found.line())
            continue
        beside = f"  limit {found.limit:g} (x{found.ratio:g})" if found.limit and found.ratio else ""
        budget = f"  budget {found.budget:g}" if found.budget is not None else ""
        mark = "MISSED" if found.missed else "ok"
        print(f"{mark:7}{found.name:32}{found.value:>12g} {found.unit:8}{beside}{budget}")
    sys.stdout.flush()
    return int(any(found.missed for found in figures))
