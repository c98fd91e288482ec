"""A new computer takes an old one's place: whether that works or, if not, left a safety copy."""

from enum import StrEnum

from merchant_desk.ui.screens.sign_in.ways import WaysDialog
from merchant_desk.ui.theme.look import Look


class OldPc(StrEnum):
    """How the old computer is."""

    WORKS = "works"
    COPY = "copy"
    LOST = "lost"


ICONS = {OldPc.WORKS: "monitor", OldPc.COPY: "save", OldPc.LOST: "octagon-x"}


class ReplacingDialog(WaysDialog[OldPc]):
    """Asks how the old one is, and says what has to be done there and what is lost otherwise."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "replacing", ICONS)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("door.replace"))
        self.text.setText(text("replacing.note"))
        self.leave.setText(text("replacing.back"))
        super().write()
