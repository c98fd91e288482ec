"""What can be done about a task, as buttons of its card."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.domain.counting import PlaceMovement
from merchant_desk.domain.tasks import RESOLUTIONS, SettleTask
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.products.draft_doing import DraftDoing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.tasks.refusal_doing import RefusalDoing
from merchant_desk.ui.screens.tasks.task_reading import TaskReading
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.task_card import CardAction
from merchant_desk.ui.window.screens import ScreenContext

SCREENS = {
    "receipts": "receipts",
    "shipments": "shipments",
    "counts": "counts",
    "orders": "orders",
    "purchase_orders": "purchasing",
}
BY_HAND = ("seen", "accepted", "corrected", "written_off")


class TaskDoing:
    """Makes and carries out the actions of tasks for one screen."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        self._owner, self._parts, self._context = owner, parts, context
        self._doing = Doing(owner, parts, context)
        self._drafts = DraftDoing(owner, parts, context)
        self.refusals = RefusalDoing(owner, parts, context)

    def actions(self, reading: TaskReading) -> list[CardAction]:
        """Return what this person can do about a task, the most fitting first."""
        made: list[CardAction] = []
        settles = self._parts.permitted("settle")
        if reading.task.kind == "question" and reading.line_id is not None:
            made += self._answers(reading) if self._parts.permitted("count") else []
        elif reading.task.kind == "refusal" and settles:
            made += [self._action(one.key, one.run) for one in self.refusals.actions(reading)]
        task, sku = reading.task, str(reading.facts.get("sku", ""))
        about = task.about_id if task.about_table == "skus" else None
        drafts = self._drafts.actions(task.id, task.outlet_id, task.code, about, sku)
        made += [self._action(one.key, one.run) for one in drafts]
        if reading.location_id is not None and self._parts.permitted("count"):
            made.append(self._action("task.count", lambda: self._count(reading.location_id)))
        if reading.target is not None:
            made.append(self._open(*reading.target))
        if settles and reading.task.kind != "refusal":
            made.append(self._action("task.settle", lambda: self.ask_settle(reading)))
        return [replace(action, primary=i == 0) for i, action in enumerate(made)]

    def ask_settle(self, reading: TaskReading) -> FormDialog:
        """Ask how a task was settled, with a note."""
        look = self._context.look
        how, note = QComboBox(), QLineEdit()
        for name in BY_HAND:
            how.addItem(look.text(f"resolution.{name}"), name)

        def submit() -> dict[str, str]:
            self.settle(reading, str(how.currentData()), note.text().strip())
            return {}

        dialog = FormDialog(
            look,
            self._owner.window(),
            look.text("task.settle_title"),
            submit,
            note=look.text("task.settle_hint"),
        )
        dialog.add_field("how", look.text("task.settle_field"), how)
        dialog.add_field("note", look.text("task.settle_note"), note)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        how.setFocus(Qt.FocusReason.OtherFocusReason)
        return dialog

    def settle(self, reading: TaskReading, resolution: str, note: str = "") -> None:
        """Settle a task."""
        body = SettleTask(reading.task.id, reading.task.outlet_id, resolution, note)
        self._doing.do(body, told=self._context.look.text("task.settled"))

    def _answers(self, reading: TaskReading) -> list[CardAction]:
        return [
            self._action("task.before", lambda: self._place(reading, before=True)),
            self._action("task.after", lambda: self._place(reading, before=False)),
        ]

    def _action(self, key: str, run: Callable[[], object]) -> CardAction:
        return CardAction(self._context.look.text(key), lambda: _forget(run()))

    def _open(self, table: str, row_id: UUID, name: str) -> CardAction:
        words = self._context.look.text("task.open", name=name)
        return CardAction(words, lambda: self._context.go(SCREENS[table], row_id))

    def _count(self, location_id: UUID | None) -> None:
        if location_id is not None:
            self._context.go("stocktake", ("locations", location_id))

    def _place(self, reading: TaskReading, *, before: bool) -> None:
        task = reading.task
        if reading.line_id is None or task.about_id is None:
            return
        body = PlaceMovement(task.id, task.outlet_id, task.about_id, reading.line_id, before)
        self._doing.do(body, told=self._context.look.text("task.placed"))


def _forget(_: object) -> None:
    """Take a result that no button wants."""


assert set(BY_HAND) <= set(RESOLUTIONS)  # noqa: S101 - the domain names the same resolutions
