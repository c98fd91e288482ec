"""Acting from a screen: an operation goes out, a notice or a sentence comes back."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.sync.status import SyncStatus
from merchant_desk.ui.desk_status import SYNC_TOPIC
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext


class Doing(QObject):
    """Carries out operations for one screen, off the window's thread, and tells what became of them."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner = owner
        self._desk = parts.desk
        self._context = context
        self._under_way: list[object] = []

    def do(
        self,
        operation: object,
        *,
        about: UUID | None = None,
        told: str = "",
        done: Callable[[], None] | None = None,
    ) -> None:
        """Carry out an operation; say `told` when it is saved, or why it was refused.

        The same operation again, while it is under way, is a key pressed twice: it is not done twice.
        """
        if operation in self._under_way:
            return
        self._under_way.append(operation)

        def saved(_: object) -> None:
            self._under_way.remove(operation)
            if told:
                self._context.notices.tell(told, Tone.OK)
            if done is not None:
                done()

        def failed(error: Exception) -> None:
            self._under_way.remove(operation)
            self.refuse(error)

        work = partial(self._desk.do, operation, about=about)
        self.save(work, saved, failed)

    def save(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Change something here, after what was asked for before; `failed` hears a refusal.

        Two keys in quick succession would otherwise be carried out in any order.
        """
        self._context.runner.run_in_order(work, done, failed=failed or self.refuse, owner=self)

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Do something that may be refused, off the window's thread; `failed` hears a refusal."""
        self._context.runner.run(work, done, failed=failed or self.refuse, owner=self)

    def sync(self, done: Callable[[SyncStatus], None]) -> None:
        """Exchange everything with the server now; why that failed is said until it works again."""

        def failed(error: Exception) -> None:
            language = self._context.look.language
            self._context.notices.say(
                lambda: Notice(describe(error, language), Tone.REFUSED, seconds=0, topic=SYNC_TOPIC)
            )

        self.run(self._desk.sync, done, failed)

    def tell(self, said: str) -> None:
        """Say what is done, until it is dismissed."""
        self._context.notices.say(lambda: Notice(said, Tone.OK, seconds=0))

    def refuse(self, error: Exception) -> None:
        """Say why something was not done."""
        language = self._context.look.language
        self._context.notices.say(lambda: Notice(describe(error, language), Tone.REFUSED, seconds=0))

    def ask_reason(
        self,
        title: str,
        then: Callable[[str], None],
        *,
        note: str = "",
        suggestions: tuple[str, ...] = (),
        danger: bool = False,
        save: str = "",
        hint: str = "",
    ) -> FormDialog:
        """Ask for a reason, offering usual ones, and go on with it; a dialog that does not stop scans.

        `save` is what the button says that goes on, `hint` what becomes of the reason, if not the usual.
        """
        look = self._context.look
        editor: QLineEdit | QComboBox = QLineEdit()
        if suggestions:
            editor = QComboBox()
            editor.setEditable(True)
            editor.addItems(list(suggestions))
            editor.setCurrentIndex(-1)
        field = editor if isinstance(editor, QLineEdit) else editor.lineEdit()

        def submit() -> dict[str, str]:
            reason = field.text().strip() if field is not None else ""
            if not reason:
                return {"reason": look.text("reason.missing")}
            then(reason)
            return {}

        dialog = FormDialog(look, self._owner.window(), title, submit, note=note, danger=danger, save=save)
        hint = hint or look.text("reason.hint")
        dialog.add_field("reason", look.text("reason.field"), editor, hint)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return dialog
