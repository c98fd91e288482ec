"""What can be done about a refused operation: again, differently, dropped, handed on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLineEdit, QWidget
from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import SettleTask
from merchant_desk.models.faults import why_words
from merchant_desk.models.queries.floor import sku_by_id, sku_by_key
from merchant_desk.models.queries.lookup import currency_of
from merchant_desk.models.queries.refused import Waiting, not_applied_after
from merchant_desk.sync.protocol import decode_header
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.tasks.asked import (
    CHANGEABLE,
    AskedLine,
    asked_anew,
    asked_lines,
    asked_text,
)
from merchant_desk.ui.screens.tasks.task_reading import TaskReading
from merchant_desk.ui.screens.tasks.task_words import operation_name
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

MOST_NAMED = 12
"""Dependants that are named one by one; of more the number is said."""


@dataclass(frozen=True, slots=True)
class RefusalAction:
    """One thing to do: the key of its name, and how."""

    key: str
    run: Callable[[], object]


def dependants(connection: Connection, op_id: UUID) -> list[Waiting]:
    """Return own operations that stand on a refused one, or on another that does, the oldest first."""
    found: list[Waiting] = []
    below = {op_id}
    for later in not_applied_after(connection, op_id):
        if below.intersection(decode_header(later.header).depends_on):
            below.add(later.op_id)
            found.append(later)
    return found


class RefusalDoing:
    """Makes and carries out the actions of refused operations for one screen."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        self._owner, self._parts, self._context = owner, parts, context
        self._doing = Doing(owner, parts, context)

    def actions(self, reading: TaskReading) -> list[RefusalAction]:
        """Return what can be done by whoever may settle tasks."""
        made = []
        if reading.body is not None:
            made.append(RefusalAction("task.retry", lambda: self.retry(reading)))
            if reading.task.op_kind in CHANGEABLE:
                made.append(RefusalAction("task.change", lambda: self.ask_change(reading)))
        made.append(RefusalAction("task.drop", lambda: self.ask_drop(reading)))
        made.append(RefusalAction("task.export", lambda: self.export(reading)))
        return made

    # -- again ------------------------------------------------------------------------------------

    def retry(self, reading: TaskReading) -> None:
        """Do the same again as a new operation; once that is saved, the task is settled with it."""
        look, desk = self._context.look, self._parts.desk

        def told(_: object) -> None:
            self._context.notices.say(lambda: Notice(look.text("task.retried"), Tone.OK))

        self._doing.run(lambda: desk.resubmit(reading.task.id, reading.body), told)

    def ask_change(self, reading: TaskReading) -> FormDialog:
        """Open a form with what was asked; what is saved is a new operation, which the task then names."""
        look, desk, kind = self._context.look, self._parts.desk, reading.task.op_kind
        digits = minor_digits(desk.ask(currency_of))
        lines = desk.ask(lambda connection: asked_lines(kind, reading.body, _skus(connection), digits))
        editors = [QLineEdit(line.text) for line in lines]

        def submit() -> dict[str, str]:
            texts = [editor.text() for editor in editors]
            body, wrong = desk.ask(
                lambda connection: asked_anew(reading.body, lines, texts, _finder(connection), digits)
            )
            if wrong:
                return {path: look.text(key) for path, key in wrong.items()}
            try:
                desk.resubmit(reading.task.id, body)
            except Refusal as refusal:
                return {"": describe(refusal, look.language)}
            self._context.notices.say(lambda: Notice(look.text("task.retried"), Tone.OK))
            return {}

        title = look.text("task.change_title", op=operation_name(kind, look.language))
        dialog = FormDialog(
            look,
            self._owner.window(),
            title,
            submit,
            note=look.text("task.change_hint"),
            save=look.text("task.change_save"),
        )
        for line, editor in zip(lines, editors, strict=True):
            dialog.add_field(line.field.path, self._name_of(line), editor)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        editors[0].setFocus(Qt.FocusReason.OtherFocusReason)
        editors[0].selectAll()
        return dialog

    def _name_of(self, line: AskedLine) -> str:
        name = self._context.look.text(line.field.name)
        return f"{name} · {line.about}" if line.about else name

    # -- dropped ----------------------------------------------------------------------------------

    def ask_drop(self, reading: TaskReading) -> None:
        """Drop it; what stands on it is listed first."""
        desk = self._parts.desk

        def found(below: list[Waiting]) -> None:
            if below:
                self._list_dependants(reading, below)
            else:
                self._drop([reading.task.id], reading.task.outlet_id)

        self._doing.run(
            lambda: desk.ask(lambda connection: dependants(connection, reading.task.op_id)), found
        )

    def _list_dependants(self, reading: TaskReading, below: list[Waiting]) -> FormDialog:
        look, now = self._context.look, self._parts.now()
        tasks = [one.task_id for one in below if one.task_id is not None]
        too = QCheckBox(look.text("task.drop_too", n=len(tasks)))
        too.setChecked(True)

        def submit() -> dict[str, str]:
            also = tasks if tasks and too.isChecked() else []
            self._drop([*also, reading.task.id], reading.task.outlet_id)
            return {}

        dialog = FormDialog(
            look,
            self._owner.window(),
            look.text("task.drop_title", n=len(below)),
            submit,
            note=look.text("task.drop_hint"),
            save=look.text("task.drop"),
            danger=True,
        )
        lines = [
            " · ".join(
                (
                    operation_name(one.kind, look.language),
                    look.text(f"sync_centre.state.{one.status}"),
                    look.language.moment(one.time, now),
                )
            )
            for one in below[:MOST_NAMED]
        ]
        if len(below) > MOST_NAMED:
            lines.append(look.text("tasks.more", n=len(below) - MOST_NAMED))
        dialog.add_widget(label("\n".join(lines), "", wrap=True))
        if tasks:
            dialog.add_widget(too)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _drop(self, task_ids: list[UUID], outlet_id: UUID) -> None:
        look, desk = self._context.look, self._parts.desk

        def work() -> None:
            for task_id in task_ids:
                desk.do(SettleTask(task_id, outlet_id, "dropped", ""))

        def told(_: object) -> None:
            self._context.notices.say(lambda: Notice(look.text("task.settled"), Tone.OK))

        self._doing.run(work, told)

    # -- handed on --------------------------------------------------------------------------------

    def export(self, reading: TaskReading) -> None:
        """Put what was asked and why not on the clipboard, and offer a file."""
        look = self._context.look
        written = asked_text(reading, look.language)
        QApplication.clipboard().setText(written)
        self._context.notices.say(
            lambda: Notice(
                look.text("task.exported"),
                Tone.OK,
                "",
                look.text("task.export_file"),
                lambda: self._ask_path(reading, written),
                seconds=20,
            )
        )

    def save(self, path: str, written: str) -> None:
        """Write an exported text to a file, and say so or why not."""
        look = self._context.look
        try:
            Path(path).write_text(written + "\n", encoding="utf-8")
        except OSError as error:
            reason = why_words(error)[look.language.code is LanguageCode.ENGLISH]
            self._context.notices.say(
                lambda: Notice(look.text("task.not_saved", path=path, reason=reason), Tone.REFUSED, seconds=0)
            )
            return
        self._context.notices.say(lambda: Notice(look.text("task.saved", path=path), Tone.OK))

    def _ask_path(self, reading: TaskReading, written: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{folder}/{reading.task.op_kind}-{reading.task.op_id.hex[:12]}.json"
        title = self._context.look.text("task.export_file")
        dialog = QFileDialog(self._owner.window(), title, name, "JSON (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(path, written))
        dialog.open()


def _skus(connection: Connection) -> Callable[[UUID], str]:
    def sku_of(sku_id: UUID) -> str:
        found = sku_by_id(connection, sku_id)
        return found.sku if found is not None else ""

    return sku_of


def _finder(connection: Connection) -> Callable[[str], UUID | None]:
    def find(sku: str) -> UUID | None:
        found = sku_by_key(connection, sku_key(sku))
        return found.sku_id if found is not None else None

    return find
