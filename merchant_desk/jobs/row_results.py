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
    """Results by the row's number; rows that are empty have none.

    Args:
        first: the lowest number that comes, where a part of a file is looked at.
    """

    def __init__(self, first: int = 0) -> None:
        self._first = first
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
            self._effects[row - self._first] = 1 + _EFFECTS.index(Effect.UNCHANGED)

    def correct(self, row: int) -> None:
        """Note a row whose record stands and is corrected."""
        self._effects[row - self._first] = 1 + _EFFECTS.index(Effect.CORRECTED)

    def refuse(self, row: int, rule: str) -> None:
        """Note a row that is refused by what stands here."""
        self._set(row, Effect.REFUSED, rule)

    def of(self, row: int) -> RowResult | None:
        """Return the result of a row, None where it has none."""
        at = row - self._first
        if not 0 <= at < len(self._effects) or not self._effects[at]:
            return None
        return RowResult(row, _EFFECTS[self._effects[at] - 1], self._names[self._rules[at]])

    def absorb(self, part: "RowResults") -> None:
        """Take over the results of a part of the file."""
        first, effects, rules, names = part.packed
        places = bytes(map(self._place, names))
        start, count = first - self._first, len(effects)
        self._reach(start + count)
        if 0 in effects:  # its rows do not lie together
            for at, effect in enumerate(effects):
                if effect:
                    self._effects[start + at] = effect
                    self._rules[start + at] = places[rules[at]]
            return
        self._effects[start : start + count] = effects
        self._rules[start : start + count] = array("B", rules.tobytes().translate(places.ljust(256)))

    @property
    def packed(self) -> "tuple[int, array[int], array[int], list[str]]":
        """The number of the first row, effects (from 1) and rules from there on, and the rules' names."""
        return self._first, self._effects, self._rules, self._names

    def __iter__(self) -> Iterator[RowResult]:
        rows = range(self._first, self._first + len(self._effects))
        return (found for row in rows if (found := self.of(row)) is not None)

    def _set(self, row: int, effect: Effect, rule: str) -> None:
        at = row - self._first
        if at >= len(self._effects):
            self._reach(at + 1)
        place = self._place(rule)
        self._effects[at] = 1 + _EFFECTS.index(effect)
        self._rules[at] = place

    def _reach(self, count: int) -> None:
        missing = count - len(self._effects)
        if missing > 0:
            self._effects.frombytes(bytes(missing))
            self._rules.frombytes(bytes(missing))

    def _place(self, rule: str) -> int:
        place = self._places.get(rule)
        if place is None:
            place = self._places[rule] = len(self._names)
            self._names.append(rule)
        return place
