"""Search and commands (Ctrl+K): what is possible here, every screen, and whatever the screens can find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.background import Task, TaskRunner
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Size, Space, Type
from merchant_desk.ui.widgets.keys import key_cap_size, key_text, paint_key_cap
from merchant_desk.ui.widgets.labels import label, separator
from merchant_desk.ui.widgets.overlay import Overlay

ROWS = 9
DEBOUNCE_MS = 120


@dataclass(frozen=True, slots=True)
class Hit:
    """Something the palette offers; `words` find it besides its title (other languages, codes).

    `exact`: what was typed is its code, number or name, so that it stands above all others.
    """

    title: str
    run: Callable[[], None]
    detail: str = ""
    icon: str = ""
    key: str = ""
    words: str = ""
    exact: bool = False


SearchSource = Callable[[str], Sequence[Hit]]
"""Finds records for what was typed. Runs off the GUI thread: its hits' `run` is called on the GUI thread."""


def matching(hits: Sequence[Hit], typed: str) -> list[Hit]:
    """Return the hits in which every word typed occurs; titles that begin with it come first."""
    words = typed.casefold().split()
    found = [hit for hit in hits if all(word in f"{hit.title} {hit.words}".casefold() for word in words)]
    return sorted(found, key=lambda hit: not hit.title.casefold().startswith(typed.casefold()))


class HitList(QWidget):
    """The hits, drawn in one go, with one of them chosen."""

    def __init__(self, look: Look, run: Callable[[Hit], None]) -> None:
        super().__init__()
        self._look = look
        self._run = run
        self._hits: tuple[Hit, ...] = ()
        self._first = 0
        self._current = 0
        self._nothing = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What is offered."""
        return self._hits

    @property
    def current(self) -> Hit | None:
        """The chosen hit."""
        return self._hits[self._current] if self._hits else None

    def show_hits(self, hits: Sequence[Hit], nothing: str) -> None:
        """Offer other hits; `nothing` is said when there are none."""
        self._hits, self._nothing = tuple(hits), nothing
        self._first = self._current = 0
        self.updateGeometry()
        self.update()

    def move(self, step: int) -> None:  # type: ignore[override]
        """Choose the next (1) or previous (-1) hit, round the ends."""
        if not self._hits:
            return
        self._current = (self._current + step) % len(self._hits)
        self._first = min(max(self._first, self._current - ROWS + 1), self._current)
        self.setAccessibleName(self._hits[self._current].title)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, max(1, min(ROWS, len(self._hits))) * self._row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._first + int(event.position().y()) // self._row()
        if at < len(self._hits) and at != self._current:
            self._current = at
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._first + int(event.position().y()) // self._row()
        if at < len(self._hits):
            self._run(self._hits[at])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._hits:
            painter.setFont(font(Type.TEXT))
            painter.setPen(QColor(self._look.colours.ink_third))
            painter.drawText(QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter), self._nothing)
            return
        for i, hit in enumerate(self._hits[self._first : self._first + ROWS]):
            area = QRectF(0, i * self._row(), self.width(), self._row())
            self._paint(painter, hit, area, chosen=self._first + i == self._current)

    def _row(self) -> int:
        return max(Size.CONTROL + 2, int(QFontMetricsF(font(Type.TEXT)).height()) + 14)

    def _paint(self, painter: QPainter, hit: Hit, area: QRectF, *, chosen: bool) -> None:
        colours = self._look.colours
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_tint))
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
        ink = colours.accent if chosen else colours.ink
        if hit.icon:
            box = QRectF(area.left() + 10, area.center().y() - 8, 16, 16)
            paint_icon(painter, box, hit.icon, colours.accent if chosen else colours.ink_second)
        right = area.right() - 10
        if hit.key:
            cap = key_text(hit.key)
            size = key_cap_size(cap)
            right -= size.width()
            box = QRectF(right, area.center().y() - size.height() / 2, size.width(), size.height())
            paint_key_cap(painter, box, cap, colours.ink_second, colours.field_line, colours.panel)
            right -= 10
        self._paint_words(
            painter, hit, QRectF(area.left() + 36, area.top(), right - area.left() - 36, area.height()), ink
        )

    def _paint_words(self, painter: QPainter, hit: Hit, area: QRectF, ink: str) -> None:
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        small = QFontMetricsF(font(Type.SMALL))
        wide = min(small.horizontalAdvance(hit.detail), area.width() / 2) if hit.detail else 0.0
        painter.setFont(font(Type.TEXT))
        painter.setPen(QColor(ink))
        room = area.width() - wide - (12 if wide else 0)
        title = QFontMetricsF(painter.font()).elidedText(hit.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(area.left(), area.top(), room, area.height()), middle, title)
        if wide:
            painter.setFont(font(Type.SMALL))
            painter.setPen(QColor(self._look.colours.ink_second))
            box = QRectF(area.right() - wide, area.top(), wide, area.height())
            painter.drawText(box, middle, small.elidedText(hit.detail, Qt.TextElideMode.ElideRight, wide + 1))


class PaletteField(QLineEdit):
    """The palette's field: the arrows move in the list, Enter runs."""

    def __init__(self, hits: HitList, run: Callable[[], None]) -> None:
        super().__init__()
        self._hits = hits
        self._run = run

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._hits.move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        else:
            super().keyPressEvent(event)


class CommandPalette(Overlay):
    """The sheet that Ctrl+K opens. `offers` are the commands and screens of the moment."""

    def __init__(
        self,
        look: Look,
        host: QWidget,
        runner: TaskRunner,
        offers: Callable[[], Sequence[Hit]],
        sources: Sequence[SearchSource] = (),
    ) -> None:
        super().__init__(look, host, width=620, top=6)
        self._runner = runner
        self._offers = offers
        self._sources = tuple(sources)
        self._commands: Sequence[Hit] = ()
        self._tasks: list[Task] = []
        self._found: list[Hit] = []
        self.list = HitList(look, self._run_hit)
        self.field = PaletteField(self.list, self._run_current)
        self.field.setClearButtonEnabled(False)
        self.field.textEdited.connect(self._typed)
        self._hint = label("", "third")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._search)
        inner = QVBoxLayout()
        inner.setContentsMargins(Space.SMALL, Space.SMALL, Space.SMALL, Space.SMALL)
        inner.setSpacing(Space.SMALL)
        inner.addWidget(self.field)
        inner.addWidget(self.list)
        inner.addWidget(separator())
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.SMALL, 0, Space.SMALL, 0)
        foot.addWidget(self._hint)
        inner.addLayout(foot)
        self.column.addLayout(inner)
        look.language.follow(self, self._write)
        self.closed.connect(self._forget)

    def ask(self) -> None:
        """Open, empty, with the field focused."""
        self._commands = self._offers()
        self.field.clear()
        self._found = []
        self._show()
        self.open(self.field)

    def _typed(self) -> None:
        self._found = []
        self._drop_tasks()
        self._show()
        if self._sources and self.field.text().strip():
            self._timer.start()

    def _search(self) -> None:
        typed = self.field.text().strip()
        for source in self._sources:
            task = self._runner.run(partial(source, typed), self._take, owner=self)
            self._tasks.append(task)

    def _take(self, hits: Sequence[Hit]) -> None:
        self._found += hits
        self._show()

    def _show(self) -> None:
        typed = self.field.text().strip()
        hits = [*matching(self._commands, typed), *self._found]
        hits.sort(key=lambda hit: not hit.exact)
        self.list.show_hits(hits, self._look.text("palette.nothing"))
        self.fit()

    def _run_current(self) -> None:
        if self.list.current is not None:
            self._run_hit(self.list.current)

    def _run_hit(self, hit: Hit) -> None:
        self.close_sheet()
        hit.run()

    def _drop_tasks(self) -> None:
        self._timer.stop()
        for task in self._tasks:
            task.drop()
        self._tasks.clear()

    def _forget(self) -> None:
        self._drop_tasks()
        self._found = []

    def _write(self) -> None:
        self.field.setPlaceholderText(self._look.text("palette.placeholder"))
        self._hint.setText(self._look.text("palette.hint"))
