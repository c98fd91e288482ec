"""The door of a computer that is no desk yet: found a shop, join one, replace a PC, see the demo."""

from enum import StrEnum

from PySide6.QtCore import Qt

from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.choice import ChoiceButton


class Wanted(StrEnum):
    """What somebody wants at the door."""

    FOUND = "found"
    JOIN = "join"
    REPLACE = "replace"
    DEMO = "demo"


ICONS = {
    Wanted.FOUND: "store",
    Wanted.JOIN: "key-round",
    Wanted.REPLACE: "arrow-left-right",
    Wanted.DEMO: "eye",
}


class DoorDialog(OpeningDialog):
    """Asks what is wanted; `wanted` when that was said."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.wanted: Wanted | None = None
        self.choices = {one: ChoiceButton(look, ICONS[one]) for one in Wanted}
        for one, button in self.choices.items():
            button.clicked.connect(lambda _=False, one=one: self._choose(one))
        self.fields += self.choices.values()
        self.submit.hide()
        self.leave.setAutoDefault(False)
        self.lay_out()
        self.choices[Wanted.FOUND].setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("door.title"))
        self.text.setText(text("door.note"))
        for one, button in self.choices.items():
            button.set_texts(text(f"door.{one}"), text(f"door.{one}.detail"))
        self.failure.hide()
        self.leave.setText(text("enrol.quit"))
        super().write()

    def _choose(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.accept()
