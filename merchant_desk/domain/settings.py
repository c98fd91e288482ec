"""Settings: what each is, where it may be decided, which decision counts, and the decision itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import Kind, T, Value


class Level(StrEnum):
    """Where a setting is decided, the widest first: a narrower level's decision takes a wider one's place.

    What a desk decides stays at that desk; the others are operations, and travel.
    """

    MERCHANT = "merchant"
    OUTLET = "outlet"
    DESK = "desk"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting, declared once.

    Its name and explanation are the texts `setting.KEY` and `setting.KEY.why`, its group's `settings.GROUP`.
    `levels` are those at which it may be decided; `right` is needed for merchant and outlet, `desk_right`
    for the desk (empty: whoever is signed in); a person's own need none. `kept` ones follow what people do
    (the size of the window, what a scanner taught): they can be set back, not typed.
    """

    key: str
    group: str
    kind: Kind[T]
    default: T
    levels: tuple[Level, ...]
    right: str = "organise"
    desk_right: str = ""
    kept: bool = False

    def right_at(self, level: Level) -> str:
        """Return the right that a decision at a level needs; empty: whoever is signed in."""
        return {Level.PERSON: "", Level.DESK: self.desk_right}.get(level, self.right)


@operation("set_setting", nature=Nature.DECISION, right="look_up")
@dataclass(frozen=True)
class SetSetting:
    """Decision: what a setting is for the merchant, an outlet, or whoever decides it (`level`).

    `outlet_id` is None for the merchant; for a person's own the outlet where that is decided. `value` is as
    the setting's kind stores it; empty takes the level's decision back. The setting names the right that it
    needs beside the operation's. Of several decisions the last in the server's order stands.
    """

    key: str
    level: str
    outlet_id: UUID | None
    value: str


def setting_id(scope_id: UUID, key: str) -> UUID:
    """Return the id of the row that holds a decision: the same at every desk, so that decisions meet."""
    return derived_id(scope_id, "setting", key)


def check_decision(setting: Setting[Any], level: str, outlet_id: UUID | None, value: str) -> Level:
    """Return the level of a decision that travels.

    Raises:
        Refusal: `setting_not_at_level`, or that the value is none (see `Kind.judged`).
    """
    if level not in setting.levels or level == Level.DESK:
        raise Refusal("setting_not_at_level", setting=setting.key, level=level)
    if (outlet_id is None) is not (level == Level.MERCHANT):
        raise Refusal("setting_not_at_level", setting=setting.key, level=level)
    if value:
        setting.kind.restored(value)
    return Level(level)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it stands: its value as stored (empty: taken back), who and when (microseconds UTC)."""

    key: str
    level: str
    value: str
    set_at: int
    set_by: UUID | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """Every decision that concerns one desk and whoever works there."""

    values: Mapping[tuple[str, Level], Value] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Mapping[str, Setting[Any]], decided: Iterable[Decided]) -> "Decisions":
        """Return what was decided; what this version does not know or understand counts as undecided."""
        values: dict[tuple[str, Level], Value] = {}
        for one in decided:
            setting = known.get(one.key)
            if setting is None or not one.value or one.level not in setting.levels:
                continue
            try:
                values[one.key, Level(one.level)] = setting.kind.restored(one.value)
            except Refusal:
                continue
        return cls(values)

    def level(self, setting: Setting[Any]) -> Level | None:
        """Return the narrowest level that decided; None: the default counts."""
        return next((at for at in reversed(setting.levels) if (setting.key, at) in self.values), None)

    def value(self, setting: Setting[T]) -> T:
        """Return what counts: the narrowest decision, or the default."""
        level = self.level(setting)
        return setting.default if level is None else self.at(setting, level)

    def at(self, setting: Setting[T], level: Level) -> T:
        """Return what one level decided, or the default where it decided nothing."""
        found: Any = self.values.get((setting.key, level), setting.default)
        return setting.kind.judged(found)
