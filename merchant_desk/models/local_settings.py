"""What was set for one desk alone: a small file beside its database, never sent."""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings import Decided, Decisions, Level
from merchant_desk.domain.settings_known import KNOWN, TOGETHER, check_together, setting_of
from merchant_desk.models.faults import file_fault
from merchant_desk.models.private_files import write_private

FILE = "settings.json"

Listener = Callable[[frozenset[str]], None]

log = logging.getLogger(__name__)


class LocalSettings:
    """A desk's own decisions, in memory and in a file. May be used from any thread.

    What the file says that makes no sense (here: a newer version may have written it) counts as undecided,
    and stays in the file; without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._decided: dict[str, Decided] = {}
        self._strange: dict[str, Any] = {}
        if folder is not None:
            self._take(_load(folder))
        self._decisions = Decisions.of(KNOWN, self._decided.values())
        try:
            check_together(self._decisions)
        except Refusal as refusal:
            log.info("local settings do not go together: %s", refusal.code)
            self._decided = {key: one for key, one in self._decided.items() if key not in TOGETHER}
            self._decisions = Decisions.of(KNOWN, self._decided.values())

    @property
    def decisions(self) -> Decisions:
        """What this desk decided."""
        return self._decisions

    @property
    def standing(self) -> tuple[Decided, ...]:
        """The same with who decided and when."""
        return tuple(self._decided.values())

    def decide(self, values: Mapping[str, Value | None], by: UUID | None, at: int) -> None:
        """Decide several settings by key, or (None) take decisions back; kept before this returns.

        What stands already is no decision. In a folder that cannot be written, what somebody decides is not
        decided; what the desk follows counts until the program ends.

        Args:
            values: by key.
            by: who decides; None where the desk follows what was done (a window's size).
            at: microseconds UTC.

        Raises:
            Refusal: `unknown_setting`, `setting_not_at_level`, a value that is none, or does not go
                with the others (see `check_together`); nothing was decided.
            Fault: the folder cannot be written (`file_fault`); likewise.
        """
        fresh = {}
        for key, value in values.items():
            setting = setting_of(key)
            if Level.DESK not in setting.levels:
                raise Refusal("setting_not_at_level", setting=key, level=str(Level.DESK))
            stored = "" if value is None else setting.kind.stored(setting.kind.judged(value))
            fresh[key] = Decided(key, Level.DESK, stored, at, by)
        with self._lock:
            news = {key: one for key, one in fresh.items() if one.value != self._stored(key)}
            if not news:
                return
            decided = self._decided | news
            decisions = Decisions.of(KNOWN, decided.values())
            check_together(decisions)
            try:
                self._save(decided.values())
            except OSError as error:
                if by is not None and self._folder is not None:
                    raise file_fault(error, self._folder / FILE) from error
                log.info("local settings were not saved: %s", error)
            self._decided, self._decisions = decided, decisions
        for listener in tuple(self._listeners):
            listener(frozenset(news))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell of changes, by key, on the thread that made them; returns how to stop that."""
        self._listeners.append(listener)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def _stored(self, key: str) -> str:
        held = self._decided.get(key)
        return held.value if held is not None else ""

    def _take(self, told: Mapping[str, Any]) -> None:
        for key, entry in told.items():
            try:
                value, at, by = entry
                one = Decided(key, Level.DESK, str(value), int(at), UUID(by) if by else None)
            except (ValueError, TypeError, AttributeError) as error:
                log.info("a local setting was not understood: %s", error)
                self._strange[key] = entry
            else:
                self._decided[key] = one

    def _save(self, decided: Iterable[Decided]) -> None:
        """Write all that stands; raises OSError."""
        if self._folder is None:
            return
        told = {one.key: (one.value, one.set_at, one.set_by.hex if one.set_by else "") for one in decided}
        content = json.dumps(self._strange | told, ensure_ascii=False, indent=1)
        write_private(self._folder / FILE, content.encode())


def _load(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.info("local settings were not understood: %s", error)
        return {}
    return told if isinstance(told, dict) else {}
