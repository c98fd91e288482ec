"""What a doctor finds: one thing examined, how it weighs, what to do, and which repair may help."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from merchant_desk.models.faults import Fault


class Grade(StrEnum):
    """How a finding weighs."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: a grade, what was seen, and what to do, in both languages.

    `repair` names the repair that helps (see `support/repairs.py`), `code` the fault that was met, `figures`
    are the numbers in it: these three are all of a finding that leaves the machine with a support bundle.
    """

    subject: str
    grade: Grade
    zh: str
    en: str
    repair: str = ""
    code: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)


class Steps(Protocol):
    """Long work tells here how far it is, and learns that nobody wants the rest."""

    @property
    def cancelled(self) -> bool:
        """Whether to stop after what is under way."""
        ...

    def report(self, done: int, total: int) -> None:
        """Say how many of `total` steps are done (total 0: unknown)."""
        ...


class NoSteps:
    """Nobody looks on."""

    cancelled = False

    def report(self, done: int, total: int) -> None:
        """See `Steps.report`."""


def of_fault(subject: str, grade: Grade, fault: Fault, repair: str = "") -> Finding:
    """Return a finding that says what a fault says."""
    return Finding(subject, grade, fault.sentence("zh_CN"), fault.sentence("en"), repair, fault.code)


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Return findings with what is bad first, in the order of examination otherwise."""
    weight = {Grade.BAD: 0, Grade.NOTE: 1, Grade.GOOD: 2}
    return sorted(found, key=lambda finding: weight[finding.grade])
