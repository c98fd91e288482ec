"""Fetching all data of the merchant: where to and by whose password, then how far it is, and its end."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from merchant_desk.domain.archives import PERSONAL_RIGHT
from merchant_desk.domain.settings_known import ZONE
from merchant_desk.sync.archiving import SUFFIX, ArchiveFetched
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.busy import BusyOverlay
from merchant_desk.ui.widgets.chooser import chooser
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.secret_field import SecretField
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext
from merchant_desk.ui.window.window import DeskWindow

MICRO = 1_000_000
MEGABYTE = 1_000_000
SHOWN_OF_SUM = 12
"""Digits of a SHA-256 that are shown; the whole one is on record."""


class ArchiveFetching(QObject):
    """Asks, fetches behind a cover over the screen that stops it, and tells what came of it."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._text = context.look.text
        self._busy = BusyOverlay(context.look, owner)
        self._task: Task | None = None

    def ask(self) -> FormDialog:
        """Ask for folder and password."""
        text, look = self._text, self._context.look
        usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder, personal, password = QLineEdit(usual), QCheckBox(text("archive.personal")), SecretField()

        def submit() -> dict[str, str]:
            errors = {}
            if not folder.text().strip() or not Path(folder.text().strip()).is_dir():
                errors["folder"] = text("archive.folder_missing")
            if not password.text():
                errors["own"] = text("people.missing")
            if not errors:
                self.fetch(Path(folder.text().strip()), password.text(), personal=personal.isChecked())
            return errors

        form = FormDialog(
            look, self._owner.window(), text("archive.title"), submit,
            note=text("archive.note"), save=text("archive.fetch"),
        )  # fmt: skip
        form.add_field("folder", text("archive.folder"), folder, text("archive.folder_hint"))
        form.add_widget(chooser(look, text("archive.choose"), folder, lambda: self._chosen(form, folder)))
        personal.setVisible(self._parts.permitted(PERSONAL_RIGHT))
        form.add_widget(personal)
        form.add_field("own", text("people.own_password"), password, text("people.own_password_hint"))
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        folder.setFocus(Qt.FocusReason.OtherFocusReason)
        return form

    def fetch(self, folder: Path, password: str, *, personal: bool) -> None:
        """Fetch to a new file in the folder."""
        path, desk = folder / self._name(), self._parts.desk

        def work(progress: Progress) -> ArchiveFetched | None:
            def told(size: int) -> None:
                progress.report(size, 0)

            return desk.take_archive(
                path, password, personal=personal, told=told, cancelled=lambda: progress.cancelled
            )

        self._busy.begin(self._text("archive.working", name=path.name), self._stop)
        self._task = self._context.runner.run_long(
            work, self._done, failed=self._fail, progressed=self._tell_size, owner=self
        )
        window = self._owner.window()
        if isinstance(window, DeskWindow):
            window.closing.connect(self._stop)  # nobody waits for a window that was closed

    def _chosen(self, form: FormDialog, folder: QLineEdit) -> str:
        return QFileDialog.getExistingDirectory(form, self._text("archive.folder"), folder.text())

    def _name(self) -> str:
        zone = ZoneInfo(self._parts.desk.settings.value(ZONE))
        at = datetime.fromtimestamp(self._parts.now() // MICRO, zone)
        return f"merchant-desk-{at:%Y%m%d-%H%M%S}{SUFFIX}"

    def _tell_size(self, size: int, _: int) -> None:
        self._busy.tell(self._text("archive.so_far", size=_megabytes(size)))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.progress.cancel()

    def _done(self, got: ArchiveFetched | None) -> None:
        self._busy.finish()
        if got is None:
            self._say(self._text("archive.stopped"), Tone.NEUTRAL)
            return
        size, digest = _megabytes(got.size), got.sha256[:SHOWN_OF_SUM]
        self._say(self._text("archive.done", path=got.path, size=size, sum=digest), Tone.OK)

    def _fail(self, error: Exception) -> None:
        self._busy.finish()
        self._say(describe(error, self._context.look.language), Tone.REFUSED)

    def _say(self, said: str, tone: Tone) -> None:
        self._context.notices.say(lambda: Notice(said, tone, seconds=0))


def _megabytes(size: int) -> str:
    """Write bytes as megabytes with one decimal."""
    tenths = (size * 10 + MEGABYTE // 2) // MEGABYTE
    return f"{tenths // 10}.{tenths % 10}"
