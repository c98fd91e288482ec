"""Who is at the desk: signing in off the window's thread, rights, and what becomes of an idle desk."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from merchant_desk.desk import Desk
from merchant_desk.domain.permissions import Grant, may
from merchant_desk.models.queries.floor import PersonHit, person_by_badge
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.models.queries.people import has_left
from merchant_desk.sync.people import Person
from merchant_desk.ui.background import Task, TaskRunner
from merchant_desk.ui.changes import ChangeBridge, Changes

MINUTE_MS = 60_000

Rights = tuple[list[Grant], int]

ROLE_TABLES = frozenset({"roles", "merchants", "persons"})


class Session(QObject):
    """The person at this desk. `changed` follows every sign-in, sign-out and change of rights.

    `left` tells that whoever is signed in was archived elsewhere.
    """

    changed = Signal()
    left = Signal()

    def __init__(
        self, desk: Desk, runner: TaskRunner, changes: ChangeBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._rights: Rights = ([], 0)
        self._reading: Task | None = None
        self._last: Person | None = desk.signed_in
        if desk.signed_in is not None:
            self._rights = self._read_rights(desk.signed_in)
        changes.changed.connect(self._hear)

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        return self._desk.signed_in

    @property
    def last(self) -> Person | None:
        """Who was signed in last, for the lock screen."""
        return self._last

    def permitted(self, right: str) -> bool:
        """Tell whether the person holds a right at this outlet; without one, whether anybody is signed in."""
        if self.person is None:
            return False
        held, version = self._rights
        return not right or may(held, right, self._desk.identity.outlet_id, version)

    def sign_in(
        self,
        login: str,
        secret: str,
        *,
        by_pin: bool,
        done: Callable[[Person], None],
        failed: Callable[[Exception], None],
    ) -> Task:
        """Check a login or badge with its password or PIN; open documents stay as they are.

        Nobody is signed in before `done` is called, and nobody at all once the task is dropped.
        """

        def work() -> tuple[Person, Rights]:
            person = self._desk.check_person(login, "" if by_pin else secret, pin=secret if by_pin else "")
            return person, self._read_rights(person)

        def take(result: tuple[Person, Rights]) -> None:
            self._drop_reading()
            self._desk.take_over(result[0])
            self._last, self._rights = result
            self.changed.emit()
            done(result[0])

        return self._runner.run(work, take, failed=failed, owner=self)

    def sign_out(self) -> None:
        """Leave nobody signed in."""
        self._drop_reading()
        self._desk.sign_out()
        self._rights = ([], 0)
        self.changed.emit()

    def whose_badge(self, badge: str, done: Callable[[PersonHit | None], None]) -> Task:
        """Find out whose badge it is."""

        def work() -> PersonHit | None:
            with self._desk.read() as connection, connection.begin():
                return person_by_badge(connection, badge)

        return self._runner.run(work, done, owner=self)

    def _hear(self, changes: Changes) -> None:
        person = self.person
        if person is not None and not ROLE_TABLES.isdisjoint(changes):
            self._drop_reading()
            self._reading = self._runner.run(lambda: self._read_again(person), self._take_rights, owner=self)

    def _drop_reading(self) -> None:
        """Forget rights that are being read: they are another person's, or older than what comes now."""
        if self._reading is not None:
            self._reading.drop()
            self._reading = None

    def _take_rights(self, rights: Rights | None) -> None:
        if rights is None:
            self.left.emit()
        elif rights != self._rights:
            self._rights = rights
            self.changed.emit()

    def _read_again(self, person: Person) -> Rights | None:
        """Return somebody's rights as they are now; None if he has left."""
        with self._desk.read() as connection, connection.begin():
            return None if has_left(connection, person.id) else grants(connection, person.id)

    def _read_rights(self, person: Person) -> Rights:
        with self._desk.read() as connection, connection.begin():
            return grants(connection, person.id)


class IdleWatch(QObject):
    """Tells when nobody touched keyboard, mouse or scanner for some minutes; 0 minutes: never."""

    idle = Signal()

    TOUCHES = frozenset(
        {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin}
    )

    def __init__(self, minutes: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        self.set_minutes(minutes)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            # Forms are windows of their own. Keys and clicks go where the focus is.
            application.focusWindowChanged.connect(self.watch)

    def watch(self, window: QWindow | None) -> None:
        """Watch a window's keys and clicks; whatever window gets the focus later is watched too."""
        if window is not None:
            window.installEventFilter(self)

    @property
    def minutes(self) -> int:
        """How long it waits; 0: for ever."""
        return self._timer.interval() // MINUTE_MS

    def set_minutes(self, minutes: int) -> None:
        """Wait so long from now on."""
        self._timer.setInterval(max(0, minutes) * MINUTE_MS)
        self.touch()

    def touch(self, *_: Any) -> None:
        """Somebody is here: begin to wait anew."""
        if self._timer.interval():
            self._timer.start()
        else:
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in self.TOUCHES:
            self.touch()
        return False
