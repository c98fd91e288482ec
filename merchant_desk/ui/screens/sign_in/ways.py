"""A dialog of the opening that asks for one of a few ways; each is a button that says what it means."""

from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtCore import Qt

from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.choice import ChoiceButton

Way = TypeVar("Way", bound=StrEnum)


class WaysDialog(OpeningDialog, Generic[Way]):
    """Shows the ways with their icons, the first one chosen; `chosen` when one was taken.

    The texts are the catalogue's: `NAME.WAY` and `NAME.WAY.detail` of each, for a dialog's `name`.
    """

    def __init__(self, look: Look, name: str, icons: dict[Way, str]) -> None:
        super().__init__(look)
        self._name = name
        self.chosen: Way | None = None
        self.choices = {one: ChoiceButton(look, icon) for one, icon in icons.items()}
        for one, button in self.choices.items():
            button.clicked.connect(lambda _=False, one=one: self._choose(one))
        self.fields += self.choices.values()
        self.submit.hide()
        self.leave.setAutoDefault(False)
        self.lay_out()
        next(iter(self.choices.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        """Write everything in the language of now."""
        text = self.look.text
        for one, button in self.choices.items():
            button.set_texts(text(f"{self._name}.{one}"), text(f"{self._name}.{one}.detail"))
        self.failure.hide()
        super().write()

    def _choose(self, way: Way) -> None:
        self.chosen = way
        self.accept()
