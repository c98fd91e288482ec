"""The window as it was set, and settings as the window is: what somebody does to it is kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, SignalInstance

from merchant_desk.desk import Desk
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings import Decided, Decisions, Level, Setting
from merchant_desk.domain.settings_known import COLOURS, KNOWN, LANGUAGE, LOCK_MINUTES, SOUNDS, VOLUME, ZONE
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.changes import ChangeBridge, Changes
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner_choices import scanner_habits, scanner_settings, serial_habits, serial_settings
from merchant_desk.ui.session import IdleWatch, Session
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme

REST_MS = 300
"""Somebody who pulls the volume up passes everything below: what the hand rests on is kept."""

TABLE = "settings"


@dataclass(frozen=True)
class Bound:
    """A setting and the part of the window that follows it."""

    setting: Setting[Any]
    read: Callable[[], Value]
    write: Callable[[Any], None]


@dataclass(frozen=True)
class Followers:
    """The parts of a window that follow settings; `idle` is None where nothing locks."""

    look: Look
    sounds: Sounds
    hub: ScannerHub
    idle: IdleWatch | None

    def bound(self) -> Iterable[Bound]:
        """Yield each setting with how its part of the window is read and written."""
        look, sounds, idle = self.look, self.sounds, self.idle
        yield Bound(
            LANGUAGE,
            lambda: str(look.language.code),
            lambda code: look.language.switch(LanguageCode(code)),
        )
        yield Bound(ZONE, lambda: str(look.language.zone), lambda name: look.language.move(ZoneInfo(name)))
        yield Bound(COLOURS, lambda: str(look.theme.scheme), lambda name: look.theme.switch(Scheme(name)))
        yield Bound(SOUNDS, lambda: not sounds.muted, lambda on: sounds.set_muted(not on))
        yield Bound(VOLUME, lambda: sounds.volume, sounds.set_volume)
        if idle is not None:
            yield Bound(LOCK_MINUTES, lambda: idle.minutes, idle.set_minutes)

    @property
    def signals(self) -> tuple[SignalInstance, ...]:
        """What tells that one of them was changed by hand."""
        return self.look.language.changed, self.look.theme.changed, self.sounds.changed


class DeskChoices(QObject):
    """Follows the settings that count for whoever is at the desk, and keeps what is changed by hand.

    What a person chose for themselves is not written over by hand: the change lasts until somebody else
    signs in.
    """

    def __init__(
        self,
        desk: Desk,
        session: Session,
        followers: Followers,
        changes: ChangeBridge,
        runner: TaskRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._session = desk, session
        self._followers = followers
        self._bound = tuple(followers.bound())
        self._serial = self._closed = False
        self._reading = LatestReading(runner, self)
        self._travelling = desk.settings.travelling(session.person.id if session.person else None)
        self.decisions = self._standing()
        self._apply()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.keep)
        for signal in followers.signals:
            signal.connect(self._rest.start)
        followers.hub.changed.connect(self._keep_scanners)
        changes.changed.connect(self._hear)
        session.changed.connect(self.read)
        self._stop = desk.settings.local.listen(lambda _: changes.note({TABLE: set()}))

    def read(self) -> None:
        """Read what counts now, in the background, and follow it."""
        if self._closed:
            return
        person = self._session.person
        whose = person.id if person is not None else None
        self._reading.ask(lambda: self._desk.settings.travelling(whose), self._take)

    def keep(self) -> None:
        """Keep what was changed by hand."""
        self._rest.stop()
        self._follow(
            {
                bound.setting.key: bound.read()
                for bound in self._bound
                if Level.DESK in bound.setting.levels
                and not bound.setting.desk_right
                and self.decisions.level(bound.setting) is not Level.PERSON
            }
        )

    def attach_serial(self) -> None:
        """Read from the serial scanner that was chosen, if there is one."""
        self._serial = True
        where = serial_settings(self.decisions)
        if where is not None:
            self._followers.hub.attach(where)

    def close(self, window: Mapping[str, Value]) -> None:
        """Keep everything, with how the window stands at its end; nothing for a window that keeps nothing."""
        self._stop()
        self._rest.stop()
        self._closed = True
        if window:
            self.keep()
            self._follow(window)

    def _hear(self, changes: Changes) -> None:
        if TABLE in changes:
            self.read()

    def _take(self, travelling: list[Decided]) -> None:
        if self._rest.isActive():
            self.keep()  # what was done a moment ago is newer than what was read
        self._travelling = travelling
        self.decisions = self._standing()
        self._apply()

    def _standing(self) -> Decisions:
        return Decisions.of(KNOWN, (*self._travelling, *self._desk.settings.local.standing))

    def _apply(self) -> None:
        for bound in self._bound:
            value = self.decisions.value(bound.setting)
            if bound.read() != value:
                bound.write(value)
        habits = scanner_settings(self.decisions)
        if self._followers.hub.settings != habits:
            self._followers.hub.use(habits)

    def _keep_scanners(self) -> None:
        """Keep at once how the scanners are read: a power cut must not make anybody teach one again."""
        hub = self._followers.hub
        where = next(iter(hub.serial()), None)
        known = serial_habits(where) if self._serial or where is not None else {}
        self._follow(scanner_habits(hub.settings) | known)

    def _follow(self, values: Mapping[str, Value]) -> None:
        news = {key: value for key, value in values.items() if self.decisions.value(KNOWN[key]) != value}
        if news:
            self._desk.settings.follow(news)
            self.decisions = self._standing()
            if not self._closed:
                self._apply()  # what came in besides: else it looked as if a hand had changed it back
