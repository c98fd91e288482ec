"""The logs to read: by source, level, time and words, followed while they grow, copied as text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from merchant_desk.support.log_files import FoundLines, LogLine, WantedLines, latest, log_files, newer
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import ElidedLabel
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

MOST_LINES = 1_000
FOLLOW_MS = 1_000
TYPED_MS = 200
LEVELS = ("debug", "warning", "error")
HOUR = 3_600_000_000
RANGES = {"all": 0, "hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}
TONES = {"warning": Tone.WARNING, "error": Tone.REFUSED, "critical": Tone.REFUSED}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with a number of its own, by which a table knows it again."""

    number: int
    line: LogLine


def written_time(at: int, language: Language) -> str:
    """Return a line's time (microseconds UTC) to the second."""
    if not at:
        return "—"
    day = datetime.fromtimestamp(at / 1_000_000, language.zone).date()
    return f"{language.day(day)} {language.clock(at, seconds=True)}"


def _time(row: ShownLine, language: Language) -> Cell:
    return Cell(written_time(row.line.time, language), quiet=True)


def _level(row: ShownLine, language: Language) -> Cell:
    tone = TONES.get(row.line.level, Tone.NEUTRAL)
    return Cell(chip=ChipText(language.text(f"log.said.{row.line.level}"), tone))


def _facts(row: ShownLine, _: Language) -> Cell:
    return Cell("  ".join(f"{name}={value}" for name, value in row.line.facts), quiet=True)


def columns() -> list[Column[ShownLine]]:
    """Return the columns of a log."""
    return [
        Column("time", "log.time", _time, width=20),
        Column("level", "log.level", _level, width=9),
        Column("event", "log.event", lambda row, _: Cell(row.line.event, strong=True), width=24),
        Column("facts", "log.facts", _facts, least=20),
    ]


class LogView(QWidget):
    """Reads logs off the window's thread; nothing is read while nobody sees it."""

    def __init__(self, context: ScreenContext, folder: Path, now: Callable[[], int]) -> None:
        super().__init__()
        self._context, self._look, self._folder, self._now = context, context.look, folder, now
        self._found = FoundLines()
        self._wanted = WantedLines()
        self._files: dict[str, Path] = {}
        self._count = 0
        self._task: Task | None = None
        self._following = False
        self.model = RowModel(self._look, columns(), lambda row: row.number, self)
        self.view = RowView(self._look, self.model)
        self.source, self.level, self.range = (QComboBox() for _ in range(3))
        self.words = QLineEdit()
        self.words.setProperty("look", "search")
        self.follow = QCheckBox()
        self.copy = ActionButton(self._look, icon="copy")
        self._foot = ElidedLabel("", "small")
        self._empty = EmptyState(self._look, "file-text")
        self._tick = self._clock(FOLLOW_MS, self._look_for_more, once=False)
        self._typing = self._clock(TYPED_MS, self.read, once=True)
        self._fill()
        self._lay_out()
        self._connect()
        self._look.language.follow(self, self._write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._find_files()
        self.read()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()
        self._drop()

    def read(self) -> None:
        """Read the newest lines that are wanted; what was being read before is of no interest any more."""
        self._drop()
        path = self._files.get(self.source.currentData() or "")
        if path is None:
            self._take(FoundLines())
            return
        since = RANGES[self.range.currentData()]
        start = self._now() - since if since else 0
        wanted = self._wanted = WantedLines(self.level.currentData(), start, self.words.text())
        self._foot.setText(self._look.text("log.reading"))

        def work(progress: Progress) -> FoundLines:
            return latest(path, wanted, MOST_LINES, progress)

        self._task = self._context.runner.run_long(work, self._take, failed=self._fail, owner=self)

    def _look_for_more(self) -> None:
        path = self._files.get(self.source.currentData() or "")
        if not self.follow.isChecked() or self._following or self._task is not None or path is None:
            return
        place, wanted = self._found.place, self._wanted
        self._following = True
        self._context.runner.run(lambda: newer(path, wanted, place), self._add, failed=self._fail, owner=self)

    def _take(self, found: FoundLines) -> None:
        self._task = None
        self._found = found
        self._show([ShownLine(self._next(), line) for line in found.lines])

    def _add(self, found: FoundLines) -> None:
        if not self._following or self._task is not None:
            return  # something else was asked for meanwhile
        self._following = False
        self._found = FoundLines(self._found.lines, self._found.whole, found.place)
        if found.lines:
            added = [ShownLine(self._next(), line) for line in found.lines]
            self._show([*reversed(self.model.rows), *added])

    def _show(self, oldest_first: list[ShownLine]) -> None:
        if len(oldest_first) > MOST_LINES:
            self._found = FoundLines(self._found.lines, False, self._found.place)
        self.model.replace(oldest_first[-MOST_LINES:][::-1])
        self._write_foot()

    def _fail(self, error: Exception) -> None:
        self._task, self._following = None, False
        self._foot.setText(describe(error, self._look.language))

    def _drop(self) -> None:
        if self._task is not None:
            self._task.drop()
        self._task, self._following = None, False

    def _next(self) -> int:
        self._count += 1
        return self._count

    def copy_lines(self) -> None:
        """Put the chosen lines, or all that are shown, on the clipboard, the oldest first."""
        chosen = set(self.view.selected_ids())
        rows = [row for row in self.model.rows if len(chosen) < 2 or row.number in chosen]
        language = self._look.language
        said = [f"{written_time(row.line.time, language)} {row.line.written()}" for row in reversed(rows)]
        QApplication.clipboard().setText("\n".join(said))
        self._context.notices.tell(self._look.text("log.copied", n=len(said)), Tone.OK)

    # -- parts -----------------------------------------------------------------------------------

    def _clock(self, milliseconds: int, job: Callable[[], None], *, once: bool) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        timer.timeout.connect(job)
        return timer

    def _fill(self) -> None:
        for box, names in ((self.level, LEVELS), (self.range, tuple(RANGES))):
            for name in names:
                box.addItem("", name)

    def _find_files(self) -> None:
        self._files = log_files(self._folder)
        if [self.source.itemData(i) for i in range(self.source.count())] != list(self._files):
            self.source.blockSignals(True)
            self.source.clear()
            for name in self._files:
                self.source.addItem(self._look.text(f"log.source.{name}"), name)
            self.source.blockSignals(False)
        self.source.setEnabled(bool(self._files))

    def _connect(self) -> None:
        for box in (self.source, self.level, self.range):
            box.currentIndexChanged.connect(lambda _: self.read() if self.isVisible() else None)
        self.words.textChanged.connect(lambda _: self._typing.start())
        self.follow.setChecked(True)
        self.copy.clicked.connect(self.copy_lines)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(Space.SMALL)
        for part in (self.source, self.level, self.range):
            tools.addWidget(part)
        tools.addWidget(self.words, 1)
        tools.addWidget(self.follow)
        tools.addWidget(self.copy)
        panel = Panel(self._look, flush=True)
        panel.body.addWidget(self.view, 1)
        panel.body.addWidget(self._empty, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addLayout(tools)
        column.addWidget(panel, 1)
        column.addWidget(self._foot)

    def _write(self) -> None:
        text = self._look.text
        for name, box in (("source", self.source), ("level", self.level), ("range", self.range)):
            box.setAccessibleName(text("log.level") if name == "level" else text(f"log.{name}"))
            for i in range(box.count()):
                box.setItemText(i, text(f"log.{name}.{box.itemData(i)}"))
        self.words.setPlaceholderText(text("log.find"))
        self.words.setAccessibleName(text("log.find"))
        self.follow.setText(text("log.follow"))
        self.copy.setText(text("log.copy"))
        self._write_foot()

    def _write_foot(self) -> None:
        text, shown = self._look.text, len(self.model.rows)
        self._foot.setText(text("log.shown" if self._found.whole else "log.shown_part", n=shown))
        self.view.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        key = "log.none" if self._files else "log.no_file"
        self._empty.set_texts(text(key), text(f"{key}_hint"), icon="file-text")
