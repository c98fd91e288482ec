"""The tiles of the sync centre: connection, unsent work and its copy, tasks, clock; no more than is known."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.sync.status import Link, SyncStatus
from merchant_desk.sync.transport import Unreachable
from merchant_desk.sync.troubles import needs_a_person
from merchant_desk.ui.desk_status import sync_state
from merchant_desk.ui.texts.formats import MINUTE, SECOND, fixed
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.panel import Tile
from merchant_desk.ui.window.sync_indicator import WRONG_FROM, fetching_words, left_words, stuck_words

RIGHT_WITHIN = 2 * SECOND
"""Microseconds by which a clock may differ and still be called right."""


class SyncTiles(QWidget):
    """Shows a `SyncStatus`; `now` is microseconds UTC. A demo has no safety copy, and no tile for it."""

    def __init__(self, look: Look, now: Callable[[], int]) -> None:
        super().__init__()
        self._look, self._now = look, now
        self.connection, self.pending, self.copy, self.tasks, self.clock = (Tile(look) for _ in range(5))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM)
        for tile in (self.connection, self.pending, self.copy, self.tasks, self.clock):
            row.addWidget(tile, 1)

    def show_status(self, status: SyncStatus) -> None:
        """Show what is known now."""
        text = self._look.text
        self._show_connection(status)
        waiting = text("sync_centre.items", n=status.waiting)
        note = text("sync_centre.nothing_pending")
        if status.waiting and status.oldest is not None:
            at = self._look.language.moment(status.oldest, self._now())
            note = text("sync_centre.oldest", at=at)
            if status.sending is not None:
                note = left_words(status.sending, self._look.language)
        self.pending.set_texts(text("sync_centre.pending"), waiting, note)
        stuck = needs_a_person(status.fault)
        needed = status.tasks + stuck
        note = "sync_centre.tasks_stuck" if stuck else "sync_centre.tasks_note"
        self.tasks.set_texts(
            text("sync_centre.tasks"),
            text("sync_centre.items", n=needed),
            text(note if needed else "sync_centre.no_tasks"),
            (Tone.REFUSED if stuck else Tone.WARNING) if needed else None,
        )
        self._show_copy(status)
        self._show_clock(status)

    def troubles(self, status: SyncStatus) -> tuple[list[str], Tone]:
        """Return what keeps work from being sent, and what a check found wrong, in whole sentences.

        That the server cannot be reached is no more than the tile says. Red is what does not pass by itself.
        """
        told = [status.alarm, None if isinstance(status.fault, Unreachable) else status.fault]
        told.append(status.copy.trouble(self._now()) if status.copy is not None else None)
        stays = status.alarm is not None or needs_a_person(status.fault)
        lines = [fault.sentence(str(self._look.language.code)) for fault in told if fault is not None]
        return lines, Tone.REFUSED if stays else Tone.WARNING

    def elsewhere(self, status: SyncStatus) -> list[str]:
        """Return what other desks of the outlet have not told, in words."""
        language, now = self._look.language, self._now()
        lines: list[str] = []
        for desk, since in sync_state(status).unsent_elsewhere:
            if since is None:
                lines.append(language.text("sync.elsewhere_never", desk=desk))
            else:
                lines.append(language.text("sync.elsewhere_line", desk=desk, at=language.moment(since, now)))
        return lines

    def _show_connection(self, status: SyncStatus) -> None:
        text, language, now = self._look.text, self._look.language, self._now()
        figures = {
            Link.ONLINE: ("sync_centre.is_online", Tone.OK),
            Link.UNREACHABLE: ("sync_centre.is_unreachable", Tone.WARNING),
            Link.NEVER: ("sync_centre.is_unreachable", Tone.WARNING),
            Link.OFFLINE: ("sync_centre.is_offline", Tone.WARNING),
        }
        key, tone = figures[status.link]
        if needs_a_person(status.fault):
            key, tone = stuck_words("sync_centre", status.fault), Tone.REFUSED
        if not status.last_contact:
            note = text("sync_centre.no_contact")
        else:
            at = language.moment(status.last_contact, now)
            note = text("sync_centre.contact", at=at, ago=language.ago(status.last_contact, now))
        if status.rebuilding is not None:
            note = text("sync.rebuilding", n=status.rebuilding)
        elif status.fetching is not None:
            note = fetching_words(status.fetching, language)
        elif status.alarm is not None:
            note = text("sync.alarm")
        self.connection.set_texts(text("sync_centre.connection"), text(key), note, tone)

    def _show_copy(self, status: SyncStatus) -> None:
        text, language, now, copy = self._look.text, self._look.language, self._now(), status.copy
        self.copy.setVisible(not status.demo)
        title = text("copy.title")
        if copy is None:
            self.copy.set_texts(title, text("copy.is_none"), text("copy.none_note"))
            return
        at = language.moment(copy.as_of, now) if copy.as_of else ""
        note = (
            text("copy.holds" if copy.unsent else "copy.as_of", n=copy.unsent, at=at)
            if at
            else str(copy.folder)
        )
        if copy.trouble(now) is not None:
            self.copy.set_texts(title, text("copy.is_failed"), note, Tone.WARNING)
        elif copy.as_of:
            self.copy.set_texts(title, language.ago(copy.as_of, now), note, Tone.OK)
        else:
            self.copy.set_texts(title, text("copy.is_first"), note)

    def _show_clock(self, status: SyncStatus) -> None:
        text = self._look.text
        title = text("sync_centre.clock")
        if not status.last_contact:
            self.clock.set_texts(title, text("sync_centre.clock_unknown"), text("sync_centre.clock_never"))
            return
        off = abs(status.behind)
        if off < RIGHT_WITHIN:
            self.clock.set_texts(
                title, text("sync_centre.clock_right"), text("sync_centre.clock_note"), Tone.OK
            )
            return
        span = self._look.language.span(off)
        if off < MINUTE:
            span = text("sync_centre.seconds", seconds=fixed(off // (SECOND // 10), 1))
        way = "slow" if status.behind > 0 else "fast"
        wrong = off >= WRONG_FROM
        note = text("sync_centre.clock_wrong" if wrong else "sync_centre.clock_note")
        figure = text(f"sync_centre.clock_{way}", span=span)
        self.clock.set_texts(title, figure, note, Tone.REFUSED if wrong else Tone.WARNING)
