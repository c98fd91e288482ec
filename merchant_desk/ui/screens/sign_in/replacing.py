"""A new computer takes an old one's place: whether that works or, if not, left a safety copy."""

from enum import StrEnum

from PySide6.QtCore import Qt

from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.choice import ChoiceButton


class OldPc(StrEnum):
    """How the old computer is."""

    WORKS = "works"
    COPY = "copy"
    LOST = "lost"


ICONS = {OldPc.WORKS: "monitor", OldPc.COPY: "save", OldPc.LOST: "octagon-x"}


class ReplacingDialog(OpeningDialog):
    """Asks how the old one is (`old`), and says what has to be done there and what is lost otherwise."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.old: OldPc | None = None
        self.choices = {one: ChoiceButton(look, ICONS[one]) for one in OldPc}
        for one, button in self.choices.items():
            button.clicked.connect(lambda _=False, one=one: self._choose(one))
        self.fields += self.choices.values()
        self.submit.hide()
        self.leave.setAutoDefault(False)
        self.lay_out()
        self.choices[OldPc.WORKS].setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("door.replace"))
        self.text.setText(text("replacing.note"))
        for one, button in self.choices.items():
            button.set_texts(text(f"replacing.{one}"), text(f"replacing.{one}.detail"))
        self.failure.hide()
        self.leave.setText(text("replacing.back"))
        super().write()

    def _choose(self, old: OldPc) -> None:
        self.old = old
        self.accept()
