"""A form that saves off the window's thread and closes when that is done, or says what was wrong."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext

Errors = Mapping[str, str]


class SavingForm(FormDialog):
    """A form over a screen; what is typed stays until it is saved.

    Subclasses say what is wrong (`wrong`), what to do elsewhere (`work`) and what is then told (`told`).
    `blamed` names the field that a refusal is about, by its code.
    """

    blamed: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        owner: QWidget,
        context: ScreenContext,
        title: str,
        *,
        note: str,
        save: str,
        danger: bool = False,
    ) -> None:
        super().__init__(
            context.look,
            owner.window(),
            title,
            lambda: self._errors,
            note=note,
            save=save,
            danger=danger,
        )
        self._context = context
        self._errors: Errors = {}
        self._saving = False
        self.then: Callable[[], None] = lambda: None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    @abstractmethod
    def wrong(self) -> Errors:
        """Return {field: what is wrong with what was typed}."""

    @abstractmethod
    def work(self) -> Callable[[], Any]:
        """Return what is to be done elsewhere; it may raise a Refusal."""

    @abstractmethod
    def told(self) -> str:
        """Return what is said once it is saved."""

    def field_of(self, code: str) -> str:
        """Return the field that a refusal is about; empty: the form as a whole."""
        return self.blamed.get(code, "")

    def try_submit(self) -> None:
        """Check, save elsewhere, close; the key pressed twice saves once."""
        if self._saving:
            return
        self._errors = dict(self.wrong())
        if self._errors:
            super().try_submit()
            return
        self._saving = True
        self.save.setEnabled(False)
        self._context.runner.run(self.work(), self._saved, failed=self._failed, owner=self)

    def _saved(self, _: Any) -> None:
        self._again()
        super().try_submit()
        self._context.notices.tell(self.told(), Tone.OK)
        self.then()

    def _failed(self, error: Exception) -> None:
        self._again()
        code = error.code if isinstance(error, Refusal) else ""
        self._errors = {self.field_of(code): describe(error, self._context.look.language)}
        super().try_submit()
        self._errors = {}

    def _again(self) -> None:
        self._saving = False
        self.save.setEnabled(True)
