"""What became of each row of a file: two bytes a row, so that a million rows are no burden."""

from array import array
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from merchant_desk.domain.imports import Effect, RowOutcome

_EFFECTS: Final = tuple(Effect)


class RowResult(NamedTuple):
    """One row's number as a spreadsheet shows it, what is done with it, and under which rule."""

    row: int
    effect: Effect
    rule: str


class RowResults:
    """Results by the row's number; rows that are empty have none."""

    def __init__(self) -> None:
        self._effects = array("B")
        self._rules = array("B")
        self._names: list[str] = []
        self._places: dict[str, int] = {}

    def add(self, row: RowOutcome) -> None:
        """Take down what the rules say of a row."""
        self._set(row.row, row.effect, row.rule)

    def stand(self, rows: Iterable[int]) -> None:
        """Note rows whose content is here already: nothing is to be written for them."""
        for row in rows:
            self._effects[row] = 1 + _EFFECTS.index(Effect.UNCHANGED)

    def refuse(self, row: int, rule: str) -> None:
        """Note a row that is refused by what stands here."""
        self._set(row, Effect.REFUSED, rule)

    def of(self, row: int) -> RowResult | None:
        """Return the result of a row, None where it has none."""
        if not 0 <= row < len(self._effects) or not self._effects[row]:
            return None
        return RowResult(row, _EFFECTS[self._effects[row] - 1], self._names[self._rules[row]])

    def __iter__(self) -> Iterator[RowResult]:
        return (found for row in range(len(self._effects)) if (found := self.of(row)) is not None)

    def _set(self, row: int, effect: Effect, rule: str) -> None:
        missing = row + 1 - len(self._effects)
        if missing > 0:
            self._effects.frombytes(bytes(missing))
            self._rules.frombytes(bytes(missing))
        place = self._places.get(rule)
        if place is None:
            place = self._places[rule] = len(self._names)
            self._names.append(rule)
        self._effects[row] = 1 + _EFFECTS.index(effect)
        self._rules[row] = place
