"""Measuring of tests that hold a budget."""

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def best_of() -> Callable[..., float]:
    """Return a function that gives the best time in seconds of several runs: what the code can do."""

    def measure(run: Callable[[], None], times: int = 5) -> float:
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            run()
            taken.append(time.perf_counter() - began)
        return min(taken)

    return measure
