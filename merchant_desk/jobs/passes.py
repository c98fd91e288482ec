"""One reading through a file: chunk after chunk, counted, told, and stopped when somebody says so."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from merchant_desk.domain.imports import Chunk, Outcome
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.imports_setup import PersonNote
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.plan import Step
from merchant_desk.jobs.reading import Order, Part, read_apart, read_here

OutcomeT = TypeVar("OutcomeT", bound=Outcome)


class Steps(Protocol[OutcomeT]):
    """Reads a file's outcomes, and turns chunks of them into operations."""

    def outcomes(self) -> Iterator[OutcomeT]:
        """Read the file: what becomes of each product or order."""

    def step(self, chunk: Chunk[OutcomeT]) -> Step:
        """Return what is to be done for a chunk, by what stands on this desk now."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: rows looked at, of `total` (0 while nobody knows).

    `new` and `standing` count products or orders, as in `Account`.
    """

    state: State
    rows: int
    total: int
    new: int
    standing: int


Told = Callable[[Progress], None]
Cancelled = Callable[[], bool]


def silent(progress: Progress) -> None:
    """Tell nobody."""


def never() -> bool:
    """Go on in any case."""
    return False


class Pass(Generic[OutcomeT]):
    """Reads a file once and keeps the account.

    Args:
        steps: the file.
        account: is filled.
        total: rows of the file, 0 while nobody knows.
        apart: has the file read in a process of its own; None reads it here.
    """

    def __init__(
        self, steps: Steps[OutcomeT], account: Account, total: int, apart: Order | None = None
    ) -> None:
        self._apart = apart
        self._steps = steps
        self._account = account
        self._total = total
        self._rows = 0

    def steps(self, told: Told, cancelled: Cancelled) -> Iterator[Step]:
        """Yield what each chunk asks for; a chunk counts as done when the next one is asked for.

        Args:
            told: is called after each chunk.
            cancelled: is asked before each chunk.
        """
        account = self._account
        for chunk in self._chunks(self._parts(whole=True), told, cancelled):
            step = self._steps.step(chunk)
            yield step
            account.new += step.new
            account.standing += step.standing
            account.results.stand(step.standing_rows)
            account.correct(step.corrected, step.changes)
            account.leave_out(step.taken)
            account.note(ProductNote.DIFFERS_HERE, step.differing)
            account.note(ProductNote.CLASHES_HERE, step.clashing)
            account.note(ProductNote.TAX_GIVEN, step.taxed)
            account.note(ProductNote.CORRECTED_HERE, step.rewritten)
            account.note(PersonNote.ROLE_GIVEN, step.roles)

    def look_through(self, told: Told, cancelled: Cancelled) -> None:
        """Judge every row without asking what stands here: what a file is, not what there is to do."""
        for _ in self._chunks(self._parts(whole=False), told, cancelled):
            pass

    def _parts(self, *, whole: bool) -> Generator[Part, None, None]:
        if self._apart is not None:
            return read_apart(replace(self._apart, whole=whole), self._account)
        return read_here(self._steps.outcomes(), self._account)

    def _chunks(
        self, parts: Generator[Part, None, None], told: Told, cancelled: Cancelled
    ) -> Iterator[Chunk[OutcomeT]]:
        account = self._account
        with closing(parts):
            for chunk, counted in parts:
                if cancelled():
                    account.state = State.CANCELLED
                    return
                account.absorb(counted)
                yield chunk
                self._rows += chunk.row_count
                account.chunks = chunk.number
                told(self.progress())

    def progress(self) -> Progress:
        """Return how far it is."""
        account = self._account
        return Progress(account.state, self._rows, self._total, account.new, account.standing)
