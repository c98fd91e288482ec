"""Prometheus' text format 0.0.4: counters, gauges and histograms, written by its published rules."""

import math
import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

MEDIA = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def sample(name: str, labels: Labels, value: float) -> str:
    """Return one line."""
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def heading(name: str, kind: str, about: str) -> list[str]:
    """Return the two lines before a metric's samples."""
    plain = about.replace("\\", "\\\\").replace("\n", "\\n")
    return [f"# HELP {name} {plain}", f"# TYPE {name} {kind}"]


def gauge(name: str, about: str, samples: Iterable[tuple[Labels, float]]) -> list[str]:
    """Return the lines of a gauge; none where nothing is known."""
    lines = [sample(name, labels, value) for labels, value in samples]
    return [*heading(name, "gauge", about), *lines] if lines else []


class Counter:
    """A number that only grows, by the values of its labels; from any thread."""

    def __init__(self, name: str, about: str, *labels: str) -> None:
        self._name, self._about, self._labels = name, about, labels
        self._lock = threading.Lock()
        self._values: dict[tuple[str, ...], float] = {} if labels else {(): 0}

    def add(self, amounts: Mapping[tuple[str, ...], float]) -> None:
        """Add to several at once."""
        with self._lock:
            for values, amount in amounts.items():
                self._values[values] = self._values.get(values, 0) + amount

    def lines(self) -> list[str]:
        """Return its lines."""
        with self._lock:
            found = sorted(self._values.items())
        head = heading(self._name, "counter", self._about)
        return head + [
            sample(self._name, dict(zip(self._labels, values, strict=True)), number)
            for values, number in found
        ]


class Histogram:
    """How often a value was at most each of `bounds` (ascending); from any thread."""

    def __init__(self, name: str, about: str, bounds: Sequence[float]) -> None:
        self._name, self._about, self._bounds = name, about, (*bounds, math.inf)
        self._lock = threading.Lock()
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Take one value in."""
        place = next(i for i, bound in enumerate(self._bounds) if value <= bound)
        with self._lock:
            self._counts[place] += 1
            self._sum += value

    def lines(self) -> list[str]:
        """Return its lines; each bucket holds those before it too."""
        with self._lock:
            counts, total = list(self._counts), self._sum
        sums = list(accumulate(counts))
        return [
            *heading(self._name, "histogram", self._about),
            *(
                sample(f"{self._name}_bucket", {"le": _number(bound)}, number)
                for bound, number in zip(self._bounds, sums, strict=True)
            ),
            sample(f"{self._name}_sum", {}, total),
            sample(f"{self._name}_count", {}, sums[-1]),
        ]
