"""Sending by hand: what waits here goes into a file for a stick, or another desk's file to the server."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from merchant_desk.domain.settings_known import ZONE
from merchant_desk.sync.carried_file import SUFFIX
from merchant_desk.sync.carrying import Carried, Delivered
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.widgets.chooser import chooser
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext
from merchant_desk.ui.window.window import DeskWindow

MICRO = 1_000_000
KILOBYTE = 1_000
Result = TypeVar("Result")


class ByHand(QObject):
    """Asks for a place, works behind a cover over the screen that stops it, and tells what came of it."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._text = context.look.text
        self._busy = BusyOverlay(context.look, owner)
        self._task: Task | None = None

    def ask_to_write(self) -> None:
        """Ask for the folder that what waits here is written to."""
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._ask("carry.out", usual, Path.is_dir, self._folder, self.write)

    def ask_to_deliver(self) -> None:
        """Ask for the file that is handed to the server."""
        self._ask("carry.in", "", Path.is_file, self._file, self.deliver)

    def write(self, folder: Path) -> None:
        """Write what waits here to a new file in a folder."""
        desk, path = self._parts.desk, folder / self._name()

        def work(progress: Progress) -> Carried | None:
            return desk.write_carried(path, told=progress.report, cancelled=lambda: progress.cancelled)

        self._begin(self._text("carry.out.working", name=path.name), work, self._written)

    def deliver(self, path: Path) -> None:
        """Hand a file to the server."""
        desk = self._parts.desk

        def work(progress: Progress) -> Delivered | None:
            return desk.deliver_carried(path, told=progress.report, cancelled=lambda: progress.cancelled)

        self._begin(self._text("carry.in.working", name=path.name), work, self._delivered)

    # -- parts -----------------------------------------------------------------------------------

    def _ask(
        self,
        words: str,
        usual: str,
        is_there: Callable[[Path], bool],
        choose: Callable[[QWidget, str], str],
        then: Callable[[Path], None],
    ) -> None:
        text, look, place = self._text, self._context.look, QLineEdit(usual)

        def submit() -> dict[str, str]:
            typed = place.text().strip()
            if not typed or not is_there(Path(typed)):
                return {"place": text(f"{words}.missing")}
            then(Path(typed))
            return {}

        form = FormDialog(
            look, self._owner.window(), text(f"{words}.title"), submit,
            note=text(f"{words}.note"), save=text(f"{words}.go"),
        )  # fmt: skip
        form.add_field("place", text(f"{words}.place"), place, text(f"{words}.hint"))
        form.add_widget(chooser(look, text("archive.choose"), place, lambda: choose(form, place.text())))
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _folder(self, form: QWidget, usual: str) -> str:
        return QFileDialog.getExistingDirectory(form, self._text("carry.out.place"), usual)

    def _file(self, form: QWidget, usual: str) -> str:
        kinds = f"{self._text('carry.in.kind')} (*{SUFFIX})"
        return QFileDialog.getOpenFileName(form, self._text("carry.in.place"), usual, kinds)[0]

    def _name(self) -> str:
        desk = self._parts.desk
        zone = ZoneInfo(desk.settings.value(ZONE))
        at = datetime.fromtimestamp(self._parts.now() // MICRO, zone)
        return f"merchant-desk-{desk.identity.code}-{at:%Y%m%d-%H%M%S}{SUFFIX}"

    # -- under way -------------------------------------------------------------------------------

    def _begin(self, said: str, work: Callable[[Progress], Result], done: Callable[[Result], None]) -> None:
        self._busy.begin(said, self._stop)
        self._task = self._context.runner.run_long(
            work, done, failed=self._fail, progressed=self._tell, owner=self
        )
        window = self._owner.window()
        if isinstance(window, DeskWindow):
            window.closing.connect(self._stop)  # nobody waits for a window that was closed

    def _tell(self, done: int, total: int) -> None:
        number = self._context.look.language.number
        self._busy.tell(self._text("carry.so_far", done=number(done), total=number(total)))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.progress.cancel()

    def _written(self, made: Carried | None) -> None:
        self._busy.finish()
        if made is None:
            self._say(self._text("carry.out.stopped"), Tone.NEUTRAL)
            return
        facts = {"n": made.header.operations, "path": made.path, "size": max(1, made.size // KILOBYTE)}
        self._say(self._text("carry.out.done", **facts), Tone.OK)

    def _delivered(self, done: Delivered | None) -> None:
        self._busy.finish()
        if done is None:
            self._say(self._text("carry.in.stopped"), Tone.NEUTRAL)
            return
        if (fault := done.fault) is not None:
            self._say(describe(fault, self._context.look.language), Tone.REFUSED)
            return
        refused = sum(n for status, n in done.outcomes.items() if status != "applied")
        words = "carry.in.done" if not refused else "carry.in.done_some"
        facts = {"desk": done.header.desk_code, "n": done.sent, "new": done.new, "refused": refused}
        self._say(self._text(words, **facts), Tone.WARNING if refused else Tone.OK)

    def _fail(self, error: Exception) -> None:
        self._busy.finish()
        self._say(describe(error, self._context.look.language), Tone.REFUSED)

    def _say(self, said: str, tone: Tone) -> None:
        self._context.notices.say(lambda: Notice(said, tone, seconds=0))
