"""A desk's settings: what counts here, who decided it, and deciding it, at whatever level."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import T, Value
from merchant_desk.domain.settings import Decided, Decisions, Level, SetSetting, Setting
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.models.queries.people import has_left
from merchant_desk.models.queries.settings import Change, Whose, changes_of, decided
from merchant_desk.sync.runtime import DeskRuntime


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands decided for a desk and a person, with who decided it and when."""

    decisions: Decisions
    decided: tuple[Decided, ...]

    def last(self, setting: Setting[Any]) -> Decided | None:
        """Return the decision that counts, or None while the default does."""
        level = self.decisions.level(setting)
        return next((one for one in self.decided if (one.key, one.level) == (setting.key, level)), None)


class DeskSettings:
    """The settings of an open desk. May be used from any thread."""

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self.local = runtime.profile.local

    def value(self, setting: Setting[T], person_id: UUID | None = None) -> T:
        """Return what counts at this desk, for a person or (None) whoever works."""
        return self.standing(person_id).decisions.value(setting)

    def standing(self, person_id: UUID | None = None) -> Standing:
        """Return everything that was decided for this desk and a person."""
        everything = (*self.travelling(person_id), *self.local.standing)
        return Standing(Decisions.of(KNOWN, everything), everything)

    def travelling(self, person_id: UUID | None = None) -> list[Decided]:
        """Return what was decided for the merchant, this outlet and a person."""
        with self._runtime.read() as connection, connection.begin():
            return decided(connection, self._whose(person_id))

    def changes(self, key: str, person_id: UUID | None = None) -> list[Change]:
        """Return who changed a setting when, the latest first; a desk keeps of its own only the last."""
        with self._runtime.read() as connection, connection.begin():
            return changes_of(connection, self._whose(person_id), key)

    def check_may(self, setting: Setting[Any], level: Level, person_id: UUID) -> None:
        """Refuse (`not_allowed`) what somebody may not decide, by the rights that this desk knows."""
        wanted = (KINDS["set_setting"].right, setting.right_at(level))
        outlet_id = None if level is Level.MERCHANT else self._runtime.identity.outlet_id
        with self._runtime.read() as connection, connection.begin():
            held, version = grants(connection, person_id)
            gone = has_left(connection, person_id)
        for right in wanted:
            if right and (gone or not may(held, right, outlet_id, version)):
                raise Refusal("not_allowed", right=right)

    def decide(self, setting: Setting[T], level: Level, value: T | None, person_id: UUID) -> None:
        """Decide a setting, or (None) take a level's decision back; returns when that is durable.

        Raises:
            Refusal: `not_allowed`, `setting_not_at_level`, or a value that is none.
        """
        if level is Level.DESK:
            self.check_may(setting, level, person_id)
            self.local.decide({setting.key: value}, person_id, self._runtime.now())
            return
        stored = "" if value is None else setting.kind.stored(setting.kind.judged(value))
        outlet_id = None if level is Level.MERCHANT else self._runtime.identity.outlet_id
        self._runtime.do(SetSetting(setting.key, level, outlet_id, stored), person_id)

    def submit(self, setting: Setting[T], level: Level, value: T | None, person_id: UUID) -> "Future[None]":
        """Decide as `decide` does, in the order of these calls; returns at once.

        Two that follow each other quickly must not be carried out the other way round.
        """
        return self._runtime.writer.submit(lambda: self.decide(setting, level, value, person_id))

    def follow(self, values: Mapping[str, Value]) -> None:
        """Keep what this desk was made to do, such as how large its window is; nobody decided it.

        What a desk alone decides and is as it would be by default counts as undecided.
        """
        plain = {key for key in values if KNOWN[key].levels == (Level.DESK,)}
        kept = {
            key: None if key in plain and value == KNOWN[key].default else value
            for key, value in values.items()
        }
        self.local.decide(kept, None, self._runtime.now())

    def _whose(self, person_id: UUID | None) -> Whose:
        identity = self._runtime.identity
        return Whose(identity.merchant_id, identity.outlet_id, person_id)
