"""The ways of moving house, their steps, and how far each is: read from what the desk has, kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from merchant_desk.domain.desk_leaving import Unsent


class Way(StrEnum):
    """What somebody wants."""

    REPLACE = "replace"
    MERGE = "merge"
    GONE = "gone"
    ARCHIVE = "archive"


class Step(StrEnum):
    """Something that is done on the way."""

    SERVER = "server"
    SEND = "send"
    CODE = "code"
    END = "end"
    NEW = "new"
    GO_ON = "go_on"
    COPY = "copy"
    RETIRE = "retire"
    TAKE = "take"


class Grade(StrEnum):
    """How far a step is. OTHERWISE: only where the step before it was not possible."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"
    LOSES = "loses"
    OTHERWISE = "otherwise"


ORDER: Mapping[Way, tuple[Step, ...]] = MappingProxyType(
    {
        Way.REPLACE: (Step.SERVER, Step.SEND, Step.CODE, Step.END, Step.NEW),
        Way.MERGE: (Step.SERVER, Step.SEND, Step.END, Step.GO_ON),
        Way.GONE: (Step.CODE, Step.COPY, Step.RETIRE),
        Way.ARCHIVE: (Step.TAKE,),
    }
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the steps are judged by.

    `unsent` and `documents` (numbers) are this desk's; `ended`: it is retired. `serves`: the shop's server
    runs on this computer. `given`: a code was made since the screen was opened. `others`: desks of the
    outlet that stand beside this one.
    """

    unsent: Unsent
    documents: tuple[str, ...]
    ended: bool
    serves: bool
    given: bool
    others: int


@dataclass(frozen=True, slots=True)
class StepState:
    """A step and how far it is."""

    step: Step
    grade: Grade


def states_of(way: Way, facts: Facts) -> tuple[StepState, ...]:
    """Return the steps of a way that there are here, each with how far it is; one at most is next."""
    steps = [step for step in ORDER[way] if step is not Step.SERVER or facts.serves]
    found, is_next = [], True
    for step in steps:
        if _done(step, facts):
            found.append(StepState(step, Grade.DONE))
            continue
        grade = Grade.NEXT if is_next else Grade.OTHERWISE if step is Step.RETIRE else Grade.LATER
        if step is Step.SERVER or (step is Step.SEND and facts.ended):
            grade = Grade.LOSES
        found.append(StepState(step, grade))
        is_next = False
    return tuple(found)


def _done(step: Step, facts: Facts) -> bool:
    if step is Step.SEND:
        return facts.unsent == Unsent()
    if step is Step.CODE:
        return facts.given
    return step is Step.END and facts.ended
