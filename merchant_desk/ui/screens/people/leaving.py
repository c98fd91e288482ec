"""Who leaves and which desk ends: people are archived and brought back, desks retired, once asked."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import ArchivePerson, RestorePerson, RetireDevice
from merchant_desk.models.queries.people import DeskRow, PersonRow
from merchant_desk.sync.leaving import Leave
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog

ACTS = ("people.archive", "people.restore")
RETIRE = "people.retire"
REASONS = ("stolen", "lost", "replaced", "sold")


class Leaving:
    """The actions and their questions; `do` asks the server for an operation.

    Args:
        owner: the screen.
        doing: asks for reasons in its name.
        desk: this desk.
        look: words and colours.
        person: gives the chosen person, once read.
        chosen: gives the chosen desk.
        do: asks for an operation.
    """

    def __init__(
        self,
        owner: QWidget,
        doing: Doing,
        desk: Desk,
        look: Look,
        person: Callable[[], PersonRow | None],
        chosen: Callable[[], DeskRow | None],
        do: Callable[[object], None],
    ) -> None:
        self._owner, self._doing, self._here, self._look = owner, doing, desk, look
        self._text = look.text
        self._person, self._desk, self._do = person, chosen, do

    def actions(self, group: str) -> list[Action]:
        """Return what a manager can do; each asks once more."""
        made = (
            ("people.archive", self.archive, "Ctrl+F8", "log-out", self._may_leave),
            ("people.restore", self.restore, "Ctrl+F6", "log-in", self._has_left),
            (RETIRE, self.retire, "Ctrl+F7", "octagon-x", self._stands),
        )
        return [act(*one[:4], when=one[4], right="people", group=group) for one in made]

    def archive(self) -> None:
        """Ask whether the chosen person has left."""
        row = self._person()
        if row is not None:
            self._ask("archive", row.name, ArchivePerson(row.id), danger=True)

    def restore(self) -> None:
        """Ask whether the chosen person is back."""
        row = self._person()
        if row is not None:
            self._ask("restore", row.name, RestorePerson(row.id))

    def retire(self) -> None:
        """Ask why the chosen desk ends."""
        row, text = self._desk(), self._text
        if row is None:
            return
        if row.id == self._here.identity.device_id:
            ask_to_leave(self._doing, self._here, self._look)
            return
        ask_why(self._doing, text, "retire", row.code, row.name, partial(self._retire, row))

    def _retire(self, row: DeskRow, reason: str) -> None:
        self._do(RetireDevice(row.id, reason))

    def _may_leave(self) -> bool:
        row, me = self._person(), self._here.signed_in
        return row is not None and not row.archived and me is not None and row.id != me.id

    def _has_left(self) -> bool:
        row = self._person()
        return row is not None and bool(row.archived)

    def _stands(self) -> bool:
        row = self._desk()
        return row is not None and row.retired_at is None

    def _ask(self, verb: str, name: str, operation: object, *, danger: bool = False) -> None:
        text = self._text

        def submit() -> dict[str, str]:
            self._do(operation)
            return {}

        form = FormDialog(
            self._look, self._owner.window(), text(f"people.{verb}_title", name=name), submit,
            note=text(f"people.{verb}_note"), save=text(f"people.{verb}"), danger=danger,
        )  # fmt: skip
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        form.save.setFocus(Qt.FocusReason.OtherFocusReason)


def ask_to_leave(doing: Doing, desk: Desk, look: Look, done: Callable[[], None] = lambda: None) -> None:
    """Ask why this desk ends, end it once everything is at the server, and say what others go on with."""
    text, me = look.text, desk.identity

    def told(left: Leave) -> None:
        numbers = ", ".join(left.documents)
        doing.tell(text("people.left_documents" if numbers else "people.left", numbers=numbers))
        done()

    def leave(reason: str) -> None:
        doing.run(lambda: desk.leave(reason), told)

    ask_why(doing, text, "leave", me.code, me.name, leave)


def ask_why(
    doing: Doing, text: Callable[..., str], verb: str, code: str, name: str, then: Callable[[str], None]
) -> None:
    """Ask why a desk ends; `verb` is of the texts."""
    doing.ask_reason(
        text(f"people.{verb}_title", code=code, name=name),
        then,
        note=text(f"people.{verb}_note"),
        suggestions=tuple(text(f"people.retire_reason.{one}") for one in REASONS),
        danger=True,
        save=text(f"people.{verb}"),
        hint=text("moving.reason_hint"),
    )
