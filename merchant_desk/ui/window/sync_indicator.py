"""The sync indicator: what is connected, what is not sent, how old it all is, and what nobody can know."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from merchant_desk.models.faults import Fault
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.safety_copy_state import CopyState
from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.formats import MINUTE, SECOND
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import SHAPES, Tone, Type
from merchant_desk.ui.widgets.buttons import paint_focus
from merchant_desk.ui.widgets.chip import paint_shape

WRONG_FROM = 5 * MINUTE
"""Microseconds from which a clock that differs from the server's is called wrong."""

STALE = 2 * MINUTE
"""Microseconds without contact after which nothing is called synced, whatever the connection claims."""

SILENCE = 25 * SECOND
"""Microseconds during which a server that is being asked may say nothing before that is said: a batch on a
slow line takes 10 s by design."""

_CALM = frozenset({Tone.OK, Tone.ACCENT, Tone.NEUTRAL})
"""What waiting work turns amber; red is kept for trouble, so that it is looked at."""

Connection = Literal["online", "unreachable", "offline"]


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the desk knows of its sync; times are microseconds UTC.

    `unsent_elsewhere` names other desks of the outlet whose work is not here: (desk, since; None: ever).
    `alarm` is what a check of the data found wrong; `rebuilding` counts the rows that are in while all are
    fetched anew; `fault` is why nothing is sent until somebody acts; `copy` is of the safety copy; `asking`
    tells that the server is being asked just now; `behind` is how far this clock is behind the server's.
    `sending` is in how many seconds all will be sent; `fetching` is in how many seconds what is still
    to come is here (None: soon, or nobody can say).
    """

    connection: Connection = "offline"
    pending: int = 0
    oldest_pending_us: int | None = None
    last_contact_us: int | None = None
    tasks: int = 0
    demo: bool = False
    unsent_elsewhere: tuple[tuple[str, int | None], ...] = ()
    alarm: Fault | None = None
    rebuilding: int | None = None
    fault: Fault | None = None
    copy: CopyState | None = None
    asking: bool = False
    behind: int = 0
    sending: int | None = None
    fetching: int | None = None

    def is_unanswered(self, now: int) -> bool:
        """Tell whether work waits for a server that is asked and says nothing: not yet lost, not sent."""
        since = max(self.oldest_pending_us or 0, self.last_contact_us or 0)
        return self.asking and self.pending > 0 and now - since > SILENCE


@dataclass(frozen=True, slots=True)
class SyncWords:
    """The state in words: the most important part first, and the lines of the tool tip."""

    tone: Tone
    parts: tuple[str, ...]
    lines: tuple[str, ...]


def sync_words(state: SyncState, language: Language, now: int) -> SyncWords:
    """Put a state into words that claim nothing unknown; `now` in microseconds UTC."""
    head, tone = _head(state, language, now)
    parts = [head]
    if state.alarm is not None:
        parts.insert(0, language.text("sync.alarm"))
        tone = Tone.REFUSED
    if state.rebuilding is not None:
        parts.insert(0, language.text("sync.rebuilding", n=state.rebuilding))
        tone = Tone.WARNING if state.alarm is None else tone
    parts += _on_the_way(state, language)
    if state.tasks:
        parts.append(language.text("sync.tasks", n=state.tasks))
        tone = Tone.WARNING if tone in _CALM else tone
    if state.unsent_elsewhere:
        parts.append(language.text("sync.elsewhere", n=len(state.unsent_elsewhere)))
        tone = Tone.WARNING if tone in _CALM else tone
    if state.pending and (state.connection != "online" or state.fault is not None):
        parts.append(language.text("sync.saved"))
    if state.copy is not None and state.copy.trouble(now) is not None:
        parts.insert(1, language.text("copy.failed"))
        tone = Tone.WARNING if tone in _CALM else tone
    elif state.copy is not None and state.copy.as_of:
        parts.append(language.text("copy.age", ago=language.ago(state.copy.as_of, now)))
    if state.copy is not None and state.copy.kept is not None:
        parts.append(language.text("copy.kept"))
        tone = Tone.WARNING if tone in _CALM else tone
    if abs(state.behind) >= WRONG_FROM:
        parts.append(clock_words(state.behind, language))
        tone = Tone.WARNING if tone in _CALM else tone
    if state.demo:
        parts.append(language.text("sync.demo"))
    return SyncWords(tone, tuple(parts), tuple(_lines(state, language, now)))


def _on_the_way(state: SyncState, language: Language) -> list[str]:
    """Say what is still to be sent and to come, and how long that will take where somebody knows."""
    parts: list[str] = []
    if state.pending:
        parts.append(language.text("sync.pending", n=state.pending))
    if state.sending is not None:
        parts.append(left_words(state.sending, language))
    if state.fetching is not None:
        parts.append(fetching_words(state.fetching, language))
    return parts


def _head(state: SyncState, language: Language, now: int) -> tuple[str, Tone]:
    contact = state.last_contact_us
    if state.connection == "offline":
        if contact is None:
            return language.text("sync.offline"), Tone.WARNING
        return language.text("sync.offline_for", span=language.span(now - contact)), Tone.WARNING
    if state.fault is not None:
        return language.text(stuck_words("sync", state.fault)), Tone.REFUSED
    if state.connection == "unreachable":
        return language.text("sync.unreachable"), Tone.WARNING
    if contact is None:
        return language.text("sync.connecting"), Tone.NEUTRAL
    if now - contact > STALE:
        return language.text("sync.last_contact", ago=language.ago(contact, now)), Tone.WARNING
    if state.is_unanswered(now):
        return language.text("sync.unanswered"), Tone.WARNING
    if state.pending:
        return language.text("sync.sending"), Tone.ACCENT
    if state.fetching is not None:
        return language.text("sync.receiving"), Tone.ACCENT
    return f"{language.text('sync.synced')} · {language.ago(contact, now)}", Tone.OK


def stuck_words(place: str, fault: Fault | None) -> str:
    """Return the key of the words for a desk that exchanges nothing until somebody acts."""
    return f"{place}.{'distrusts' if isinstance(fault, CertificateChanged) else 'stuck'}"


def left_words(seconds: int, language: Language) -> str:
    """Say how long something will take, no more exactly than anybody knows it."""
    return language.text("sync.left", span=_about(seconds, language))


def fetching_words(seconds: int, language: Language) -> str:
    """Say how long what is still to come will take.

    How much it is nobody knows: the feed numbers rows, most of them other outlets'.
    """
    return language.text("sync.to_fetch", span=_about(seconds, language))


def _about(seconds: int, language: Language) -> str:
    exact = seconds if seconds < 60 else (seconds + 30) // 60 * 60
    return language.span(max(exact // 10, 1) * 10 * SECOND)


def clock_words(behind: int, language: Language) -> str:
    """Say how far this clock is off; `behind` in microseconds."""
    return language.text(f"sync.clock_{'slow' if behind > 0 else 'fast'}", span=language.span(abs(behind)))


def _lines(state: SyncState, language: Language, now: int) -> list[str]:
    contact = state.last_contact_us
    lines = [
        language.text("sync.never")
        if contact is None
        else language.text("sync.last_contact", ago=language.ago(contact, now))
    ]
    for trouble in (state.alarm, state.fault):
        if trouble is not None:
            lines.insert(0, trouble.sentence(str(language.code)))
    if state.pending and state.oldest_pending_us is not None:
        at = language.moment(state.oldest_pending_us, now)
        lines.append(
            f"{language.text('sync.pending', n=state.pending)} · {language.text('sync.oldest', at=at)}"
        )
    for desk, since in state.unsent_elsewhere:
        if since is None:
            lines.append(language.text("sync.elsewhere_never", desk=desk))
        else:
            lines.append(language.text("sync.elsewhere_line", desk=desk, at=language.moment(since, now)))
    if state.copy is not None:
        lines.append(copy_line(state.copy, language, now))
    if abs(state.behind) >= WRONG_FROM:
        said = clock_words(state.behind, language)
        lines.append(f"{said} · {language.text('sync_centre.clock_wrong')}")
    if state.demo:
        lines.append(language.text("sync.demo_line"))
    lines.append(language.text("sync.open"))
    return lines


def copy_line(copy: CopyState, language: Language, now: int) -> str:
    """Say where a safety copy is and how old, or why it is not; `now` in microseconds UTC."""
    trouble, folder = copy.trouble(now), str(copy.folder)
    lines = [fault.sentence(str(language.code)) for fault in (trouble, copy.kept) if fault is not None]
    if copy.as_of:
        at, ago = language.moment(copy.as_of, now), language.ago(copy.as_of, now)
        lines.append(language.text("copy.line", at=at, ago=ago, folder=folder))
    elif trouble is None:
        lines.append(language.text("copy.line_first", folder=folder))
    return "\n".join(lines)


class SyncIndicator(QAbstractButton):
    """The pill in the header; `clicked` asks for the sync centre. Ages grow by themselves."""

    PADDING = 12.0
    MARK = 9.0

    def __init__(self, look: Look, now: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._now = now
        self._state = SyncState()
        self._words = SyncWords(Tone.NEUTRAL, ("",), ())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setInterval(5_000)
        self._timer.timeout.connect(self._write)
        self._timer.start()
        look.language.follow(self, self._write)

    @property
    def words(self) -> SyncWords:
        """What the pill says."""
        return self._words

    def show_state(self, state: SyncState) -> None:
        """Show what the desk knows now."""
        self._state = state
        self._write()

    def sizeHint(self) -> QSize:
        return self._size_of(len(self._words.parts))

    def minimumSizeHint(self) -> QSize:
        return self._size_of(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, tone = self._look.colours, self._words.tone
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.tint_of(tone)))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        centre = QPointF(self.PADDING + self.MARK / 2, rect.height() / 2)
        paint_shape(painter, centre, self.MARK, SHAPES[tone], colours.ink_of(tone))
        shown = len(self._words.parts)
        while shown > 1 and self._size_of(shown).width() > self.width():
            shown -= 1
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(colours.ink_of(tone)))
        inner = rect.adjusted(self._text_left(), 0, -self.PADDING + 2, 0)
        text = QFontMetricsF(painter.font()).elidedText(
            " · ".join(self._words.parts[:shown]), Qt.TextElideMode.ElideRight, inner.width() + 1
        )
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter), text)
        if self.hasFocus():
            paint_focus(painter, rect, colours, radius=rect.height() / 2)

    def _text_left(self) -> float:
        marked = SHAPES[self._words.tone] != "none"
        return self.PADDING + (self.MARK + 6 if marked else 0)

    def _size_of(self, parts: int) -> QSize:
        metrics = QFontMetricsF(font(Type.SMALL))
        text = metrics.horizontalAdvance(" · ".join(self._words.parts[:parts]))
        return QSize(int(self._text_left() + text + self.PADDING + 1), int(metrics.height() + 10))

    def _write(self) -> None:
        self._words = sync_words(self._state, self._look.language, self._now())
        self.setToolTip("\n".join(self._words.lines))
        self.setAccessibleName(" · ".join(self._words.parts))
        self.updateGeometry()
        self.update()
