"""The door of a computer that is no desk yet: found a shop, join one, replace a PC, take a shop over."""

from enum import StrEnum

from merchant_desk.ui.screens.sign_in.ways import WaysDialog
from merchant_desk.ui.theme.look import Look


class Wanted(StrEnum):
    """What somebody wants at the door."""

    FOUND = "found"
    JOIN = "join"
    REPLACE = "replace"
    TAKE_OVER = "take_over"
    DEMO = "demo"


ICONS = {
    Wanted.FOUND: "store",
    Wanted.JOIN: "key-round",
    Wanted.REPLACE: "arrow-left-right",
    Wanted.TAKE_OVER: "monitor",
    Wanted.DEMO: "eye",
}


class DoorDialog(WaysDialog[Wanted]):
    """Asks what is wanted."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "door", ICONS)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("door.title"))
        self.text.setText(text("door.note"))
        self.leave.setText(text("enrol.quit"))
        super().write()
