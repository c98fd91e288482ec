"""Taking what a list shows elsewhere: its tab, search, columns and order, written behind the window."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from merchant_desk.desk import Desk
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.lists.list_source import Shown
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

FORMATS: Final = ("xlsx", "csv")


class ListExport(QObject):
    """Writes what one list shows to a file; a cover over the list tells how far it is, and stops it."""

    def __init__(self, owner: QWidget, desk: Desk, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._desk, self._context = owner, desk, context
        self._busy = BusyOverlay(context.look, owner)
        self._task: Task | None = None

    def ask(self, shown: Shown, name: str) -> None:
        """Ask for the file, offering the list's name, and write it."""
        text = self._context.look.text
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        kinds = {f"{ending.upper()} (*.{ending})": ending for ending in FORMATS}
        dialog = QFileDialog(self._owner, text("list.export"), f"{folder}/{name}.xlsx", ";;".join(kinds))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(FORMATS[0])
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(kinds.get(chosen, FORMATS[0])))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.write(shown, Path(path)))
        dialog.open()

    def write(self, shown: Shown, path: Path) -> None:
        """Write the file, whole or not at all."""
        language = self._context.look.language

        def work(progress: Progress) -> int | None:
            from merchant_desk.ui.screens.lists.list_file import write_list  # not at the program's start

            return write_list(self._desk, shown, path, language, progress)

        self._busy.begin(language.text("list.exporting", name=path.name), self._stop)
        self._task = self._context.runner.run_long(
            work,
            lambda count: self._tell_done(path, count),
            failed=self._tell_failure,
            progressed=self._busy.show_progress,
            owner=self,
        )

    def _stop(self) -> None:
        if self._task is not None:
            self._task.progress.cancel()

    def _tell_done(self, path: Path, count: int | None) -> None:
        self._busy.finish()
        text = self._context.look.text
        told = text("list.export_stopped") if count is None else text("list.exported", n=count, path=path)
        tone = Tone.NEUTRAL if count is None else Tone.OK
        self._context.notices.say(lambda: Notice(told, tone, seconds=0))

    def _tell_failure(self, error: Exception) -> None:
        self._busy.finish()
        language = self._context.look.language
        self._context.notices.say(lambda: Notice(describe(error, language), Tone.REFUSED, seconds=0))
