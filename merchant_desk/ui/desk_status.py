"""What the window says of the desk at all times: sync, waiting work, scanner, sounds, whose desk it is."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.domain.codes import visible
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.operation_lists import Place
from merchant_desk.models.queries.order_lists import WAITING, order_counts
from merchant_desk.sync.status import Link, SyncStatus
from merchant_desk.sync.troubles import needs_a_person
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.changes import ChangeBridge, Changes
from merchant_desk.ui.relay import Relay
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.source import WEDGE, CapturedScan, RejectedScan
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.toast import Notice, Notices
from merchant_desk.ui.window.screens import Badge
from merchant_desk.ui.window.status_line import ScannerState, SoundState, StatusLine
from merchant_desk.ui.window.sync_indicator import STALE, SyncState
from merchant_desk.ui.window.sync_indicator import Connection as Connected

CONNECTED: dict[Link, Connected] = {
    Link.ONLINE: "online",
    Link.UNREACHABLE: "unreachable",
    Link.NEVER: "unreachable",
    Link.OFFLINE: "offline",
}
COUNTED = frozenset(
    {"orders", "purchase_orders", "receipts", "shipments", "counts", "tasks", "unknown_codes"}
)
BADGE_MS = 400
SYNC_TOPIC = "sync"
"""Of notices about the exchange: why it failed goes when it works again."""


def sync_state(status: SyncStatus) -> SyncState:
    """Return what the indicator shows of a status; what nobody can know is named, never left out."""
    unknown: list[tuple[str, int | None]] = []
    for other in status.others:
        name = f"{other.code} {other.name}".strip()
        as_of = status.as_of + status.behind
        if not other.last_contact:
            unknown.append((name, None))
        elif as_of - other.last_contact > STALE or (other.pending > 0 and not other.sending):
            unknown.append((name, other.last_contact))
        elif status.link is not Link.ONLINE:
            unknown.append((name, status.as_of))
    return SyncState(
        CONNECTED[status.link],
        status.waiting,
        status.oldest,
        status.last_contact or None,
        status.tasks,
        status.demo,
        tuple(unknown),
        status.alarm,
        status.rebuilding,
        status.fault if needs_a_person(status.fault) else None,
        status.copy,
        status.working,
        status.behind if status.last_contact else 0,
        status.sending,
        status.fetching,
    )


class StatusBridge(QObject):
    """Brings the runtime's status to the window's thread. `changed(SyncStatus)` follows each change."""

    changed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = desk.runtime.status
        self._relay = Relay.of_application()
        self._stop: Callable[[], None] | None = desk.runtime.listen_to_status(self._note)

    def close(self) -> None:
        """Listen no longer."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    def _note(self, status: SyncStatus) -> None:
        """Runs on the thread that learned it; the window may be gone by then."""
        self._relay.post(self, self._take, status)

    def _take(self, status: SyncStatus) -> None:
        self.status = status
        self.changed.emit(status)


class Counters(QObject):
    """How much waits behind each screen: counted in the background, answered from memory."""

    changed = Signal()

    def __init__(
        self, desk: Desk, runner: TaskRunner, changes: ChangeBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self._counts: dict[str, int] = {}
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BADGE_MS)
        self._timer.timeout.connect(self.count)
        changes.changed.connect(self._hear)

    @property
    def counts(self) -> dict[str, int]:
        """The last counts, by name (see `counted`)."""
        return self._counts

    def badges(self) -> dict[str, Callable[[], Badge | None]]:
        """Return what the navigation asks, by screen."""
        return {
            "outbound": lambda: self._badge("to_pick"),
            "stocktake": lambda: self._badge("open_counts"),
            "inbound": lambda: self._badge("open_purchases"),
            "orders": lambda: self._badge("to_do_orders"),
            "sync": lambda: self._badge("tasks", Tone.WARNING),
            "tasks": lambda: self._badge("unknown_codes", Tone.WARNING),
        }

    def count(self) -> None:
        """Count again, in the background."""
        if self._busy:
            self._timer.start()
            return
        self._busy = True
        now = self._desk.runtime.clock()

        def work() -> dict[str, int]:
            with self._desk.read() as connection, connection.begin():
                return counted(connection, now)

        self._runner.run(work, self._take, failed=self._fail, owner=self)

    def _badge(self, name: str, tone: Tone = Tone.NEUTRAL) -> Badge | None:
        number = self._counts.get(name, 0)
        return Badge(number, tone) if number else None

    def _take(self, counts: dict[str, int]) -> None:
        self._busy = False
        if counts != self._counts:
            self._counts = counts
            self.changed.emit()

    def _fail(self, error: Exception) -> None:
        """Keep the last counts: the screens themselves say what is wrong with the database."""
        self._busy = False

    def _hear(self, changes: Changes) -> None:
        if not COUNTED.isdisjoint(changes) and not self._timer.isActive():
            self._timer.start()


def counted(connection: Connection, now: int) -> dict[str, int]:
    """Count what waits; each from a short range of an index. `now` is microseconds UTC."""

    def rows(table: str, status: str) -> int:
        sql = f"SELECT count(*) FROM {table} WHERE status = ?"  # noqa: S608 - names given below
        return int(connection.exec_driver_sql(sql, (status,)).scalar() or 0)

    orders = order_counts(connection, now)
    return {
        **{f"orders_{name}": number for name, number in orders.items()},
        "to_do_orders": sum(orders[name] for name in WAITING),
        "to_pick": orders["accepted"] + orders["picking"],
        "open_purchases": rows("purchase_orders", "sent"),
        "open_receipts": rows("receipts", "open"),
        "open_shipments": rows("shipments", "open"),
        "open_counts": rows("counts", "open"),
        "tasks": rows("tasks", "open"),
        "unknown_codes": rows("unknown_codes", "open"),
    }


class StatusLineWriter(QObject):
    """Keeps the status line true: scanner, sounds, location and whose desk this is."""

    def __init__(
        self, look: Look, line: StatusLine, hub: ScannerHub, sounds: Sounds, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._line = line
        self._hub = hub
        self._sounds = sounds
        self._faults: dict[str, str] = {}
        hub.source_lost.connect(self._lost)
        hub.source_found.connect(self._found)
        sounds.changed.connect(self.write)
        look.language.follow(self, self.write)

    def show_location(self, code: str) -> None:
        """Say where goods go to or come from; empty: nothing to say."""
        self._line.show_status(replace(self._line.status, location=code))

    def show_place(self, place: Place | None, desk: str) -> None:
        """Say whose desk this is."""
        names = (place.merchant, place.outlet) if place is not None else ()
        self._line.show_status(replace(self._line.status, place=(*names, desk)))

    def write(self) -> None:
        """Write scanner and sounds anew."""
        name, state, fault = self._scanner()
        sound = SoundState.NONE
        if self._sounds.available:
            sound = SoundState.OFF if self._sounds.muted else SoundState.ON
        self._line.show_status(
            replace(self._line.status, scanner=name, scanner_state=state, scanner_fault=fault, sound=sound)
        )

    def _scanner(self) -> tuple[str, ScannerState, str]:
        serial = {name: there for name, there in self._hub.sources().items() if name != WEDGE}
        for name, there in serial.items():
            port = self._look.text("status.scanner_serial", port=name)
            if not there:
                fault = self._faults.get(name, "")
                return port, ScannerState.FAULT if fault else ScannerState.MISSING, fault
        if serial:
            return self._look.text("status.scanner_serial", port=", ".join(serial)), ScannerState.READY, ""
        return self._look.text("status.scanner_keyboard"), ScannerState.READY, ""

    def _lost(self, source: str, reason: str) -> None:
        self._faults[source] = reason
        self.write()

    def _found(self, source: str) -> None:
        self._faults.pop(source, None)
        self.write()


class StatusNotices(QObject):
    """Says aloud what a person at the desk should know as it happens."""

    def __init__(
        self,
        look: Look,
        notices: Notices,
        bridge: StatusBridge,
        hub: ScannerHub,
        show_tasks: Callable[[], None],
    ) -> None:
        super().__init__(notices)
        self._look = look
        self._notices = notices
        self._show_tasks = show_tasks
        self._before = bridge.status
        self._away = False
        bridge.changed.connect(self._hear)
        hub.source_lost.connect(self._lost)
        hub.source_found.connect(self._found)

    def tell_rejected(self, scan: RejectedScan, *, shown: bool = True) -> None:
        """Say that a burst of keys was no scan that can be trusted; unless `shown`, not what it said."""
        text = self._look.text

        def words() -> Notice:
            reason = text(f"said.unreadable_burst.{scan.reason.value}")
            detail = text("notice.rejected_detail", reason=reason, code=visible(scan.text) if shown else "…")
            return Notice(text("notice.rejected"), Tone.REFUSED, detail, seconds=10)

        self._notices.say(words)

    def tell_bounce(self, scan: CapturedScan, *, counts: bool) -> None:
        """Say that a code came twice within a moment; nothing was dropped. `counts`: both moved goods.

        Whoever scans piece by piece hears it often: the last code stands in the place of those before.
        """
        text, code = self._look.text, visible(scan.text)

        def words() -> Notice:
            detail = text("notice.bounce_counts", code=code) if counts else code
            return Notice(text("notice.bounce"), Tone.WARNING, detail, seconds=10, topic="bounce")

        if words() not in self._notices.notices():
            self._notices.say(words)

    def _hear(self, status: SyncStatus) -> None:
        before, self._before = self._before, status
        text = self._look.text
        if status.link is Link.ONLINE and status.fault is None:
            self._notices.withdraw(SYNC_TOPIC)
        if before.link is Link.ONLINE and status.link is Link.UNREACHABLE:
            self._say("notice.unreachable", Tone.WARNING, "notice.unreachable_detail")
        elif self._away and status.link is Link.ONLINE:
            self._say("notice.back", Tone.OK, "notice.back_detail" if status.waiting else "")
        # Until the first exchange a desk does not know; only one that failed has lost the server.
        self._away = status.link is Link.UNREACHABLE and (self._away or status.fault is not None)
        if status.alarm is not None and status.alarm is not before.alarm:
            self._tell_alarm(status.alarm)
        if status.tasks > before.tasks:
            added = status.tasks - before.tasks
            self._notices.say(
                lambda: Notice(
                    text("notice.tasks", n=added),
                    Tone.WARNING,
                    "",
                    text("notice.open_tasks"),
                    self._show_tasks,
                    seconds=12,
                )
            )

    def _say(self, key: str, tone: Tone, detail: str = "") -> None:
        text = self._look.text
        self._notices.say(lambda: Notice(text(key), tone, text(detail) if detail else ""))

    def _tell_alarm(self, alarm: Fault) -> None:
        """Say that data differed; it stays until somebody has seen it."""
        look = self._look
        self._notices.say(
            lambda: Notice(
                look.text("notice.alarm"), Tone.REFUSED, alarm.sentence(str(look.language.code)), seconds=0
            )
        )

    def _lost(self, source: str, reason: str) -> None:
        text = self._look.text
        self._notices.say(
            lambda: Notice(
                text("notice.scanner_lost", source=source),
                Tone.WARNING,
                text("notice.scanner_lost_detail", reason=reason),
            )
        )

    def _found(self, source: str) -> None:
        text = self._look.text
        self._notices.say(lambda: Notice(text("notice.scanner_found", source=source), Tone.OK))
