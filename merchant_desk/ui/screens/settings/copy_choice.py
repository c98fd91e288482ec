"""Part of the settings: where the safety copy of unsent work goes, for whoever sets up the outlet."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.sync.safety_copying import RIGHT
from merchant_desk.sync.status import SyncStatus
from merchant_desk.ui.desk_status import StatusBridge
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.window.screens import ScreenContext
from merchant_desk.ui.window.sync_indicator import copy_line


class CopyChoice(QWidget):
    """What a safety copy is, how this desk's is, and the buttons of who may decide about it."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._bridge = StatusBridge(parts.desk, self)
        self._title = label("", "strong")
        self._said = label("", "small", wrap=True)
        self._state = label("", "second", wrap=True)
        self.choose, self.now, self.off = (ActionButton(self._look) for _ in range(3))
        self.choose.clicked.connect(self._choose_folder)
        self.now.clicked.connect(self._copy_now)
        self.off.clicked.connect(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.MEDIUM, 0, 0)
        column.setSpacing(Space.SMALL)
        for part in (self._title, self._said, self._state):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        for button in (self.choose, self.now, self.off):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self._bridge.changed.connect(lambda _: self.write())
        self._look.language.follow(self, self.write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.write()

    def write(self) -> None:
        """Write everything as it is now, in the language of now."""
        text, status = self._look.text, self._bridge.status
        self._title.setText(text("copy.title"))
        self._said.setText(text("copy.demo" if status.demo else "copy.note"))
        lines, tone = self._lines(status)
        self._state.setText("\n".join(lines))
        self._state.setVisible(bool(lines))
        set_tone(self._state, tone)
        self.choose.setText(text("copy.choose"))
        self.now.setText(text("copy.now"))
        self.off.setText(text("copy.off"))
        may = not status.demo and self._parts.permitted(RIGHT)
        self.choose.setVisible(may)
        self.now.setVisible(not status.demo and status.copy is not None)
        self.off.setVisible(may and status.copy is not None)

    def _lines(self, status: SyncStatus) -> tuple[list[str], Tone | None]:
        """Return what is to be said of the copy, and its tone."""
        text, now, copy = self._look.text, self._parts.now(), status.copy
        if status.demo:
            return [], None
        if copy is None:
            return [text("copy.nowhere")], Tone.WARNING
        lines = [copy_line(copy, self._look.language, now)]
        if copy.same_disk:
            lines.append(text("copy.same_disk"))
        is_well = copy.trouble(now) is None and copy.kept is None and not copy.same_disk
        return lines, Tone.OK if is_well and copy.as_of else None if is_well else Tone.WARNING

    def name_folder(self, folder: Path) -> None:
        """Let the copy go to a folder, and make it."""
        self._change(lambda: self._parts.desk.name_copy_folder(folder), "copy.done")

    def _choose_folder(self) -> None:
        title = self._look.text("copy.choose")
        folder = QFileDialog.getExistingDirectory(self.window(), title, str(Path.home()))
        if folder:
            self.name_folder(Path(folder))

    def _copy_now(self) -> None:
        self._change(self._parts.desk.copy_now, "copy.done")

    def _stop(self) -> None:
        self._change(self._parts.desk.end_safety_copy, "copy.stopped")

    def _change(self, work: Callable[[], object], told: str) -> None:
        self._doing.run(work, lambda _: self._context.notices.tell(self._look.text(told), Tone.OK))
