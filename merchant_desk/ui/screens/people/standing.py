"""What the server alone knows of people and desks: who is locked, who was heard of when."""

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import DeskSeen, PersonSeen
from merchant_desk.sync.status import Link, SyncStatus
from merchant_desk.ui.desk_status import StatusBridge
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext

AGAIN_MS = 30_000
UNKNOWN, ACTIVE, LOCKED, NO_PASSWORD = "unknown", "active", "locked", "no_password"


@dataclass(frozen=True, slots=True)
class _Known:
    people: dict[UUID, PersonSeen]
    desks: dict[UUID, DeskSeen]
    as_of: int


class Standing(QObject):
    """Asks the server now and then, while the screen is seen and it can be asked. `changed` follows."""

    changed = Signal()

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._known: _Known | None = None
        self._asking = False
        self.needs_password = False
        self.may_not_ask = False
        self._bridge = StatusBridge(parts.desk, self)
        self._bridge.changed.connect(self._hear)
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.ask)
        self._again.start()

    def answers(self) -> bool:
        """Whether the server answered last time."""
        return self._bridge.status.link is Link.ONLINE

    @property
    def as_of(self) -> int:
        """When the server was last heard (microseconds UTC); 0: never."""
        return self._known.as_of if self._known is not None else 0

    def person(self, person_id: UUID) -> PersonSeen | None:
        """Return how a person stands; None: not known. Who has neither password nor PIN has an empty one."""
        if self._known is None:
            return None
        return self._known.people.get(person_id, PersonSeen(person_id, False, False, None, None))

    def state(self, person_id: UUID) -> str:
        """Return a person's state in a word: unknown, active, locked or no_password."""
        seen = self.person(person_id)
        if seen is None:
            return UNKNOWN
        if seen.password_locked_at or seen.pin_locked_at:
            return LOCKED
        return ACTIVE if seen.password else NO_PASSWORD

    def desk(self, device_id: UUID) -> DeskSeen | None:
        """Return what the server knows of a desk, or None."""
        return self._known.desks.get(device_id) if self._known is not None else None

    def ask(self) -> None:
        """Ask the server, if anybody is looking and it can be asked."""
        desk = self._parts.desk
        if self._asking or not self.answers() or not self._owner.isVisible() or desk.signed_in is None:
            return
        self._asking = True

        def work() -> _Known:
            return _Known(
                {one.person_id: one for one in desk.people_seen()},
                {one.device_id: one for one in desk.desks_seen()},
                desk.runtime.now(),
            )

        self._context.runner.run(work, self._take, failed=self._fail, owner=self)

    def _take(self, known: _Known) -> None:
        self._asking, self._known = False, known
        self.needs_password = self.may_not_ask = False
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, Refusal | Fault):
            raise error
        code = error.code if isinstance(error, Refusal) else ""
        self.needs_password = code == "own_password_needed"
        self.may_not_ask = code == "not_allowed"
        self.changed.emit()

    def _hear(self, status: SyncStatus) -> None:
        is_news = self._known is None and not self.needs_password
        if status.link is Link.ONLINE and not status.working and is_news:
            self.ask()
        self.changed.emit()
