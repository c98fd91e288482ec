"""Before a window closes whose server other desks use: what ends then, and what they can and cannot do."""

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import Qt

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.people import DeskRow, other_desks
from merchant_desk.sync.own_server import FOLDER, is_founded_here, last_words
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.screens.sign_in.sheet import LOCK_KEY
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.keys import key_text
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.window import DeskWindow

MOST_NAMED = 4
"""More desks than these are counted."""


class ServerClosingDialog(OpeningDialog):
    """Asks whether the server may end; a window by itself: the sheet that locks hides those of the desk."""

    def __init__(self, look: Look, served: list[DeskRow]) -> None:
        super().__init__(look)
        self._served = served
        self._can, self._cannot = label("", wrap=True), label("", wrap=True)
        self._rather = label("", "second", wrap=True)
        self.failure.hide()
        self.fields += [self._can, self._cannot, self._rather]
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.lay_out()
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        """Write everything in the language of now."""
        text = self.look.text
        named = [f"{desk.name} {desk.code}".strip() for desk in self._served[:MOST_NAMED]]
        more = len(self._served) - len(named)
        names = text("server_closing.and").join(named)
        self.title.setText(text("server_closing.title"))
        self.text.setText(
            text("server_closing.more", names=names, n=more)
            if more
            else text("server_closing.ends", names=names)
        )
        self._can.setText(text("server_closing.can"))
        self._cannot.setText(text("server_closing.cannot"))
        self._rather.setText(text("server_closing.rather", shortcut=key_text(LOCK_KEY)))
        self.submit.setText(text("server_closing.close"))
        self.leave.setText(text("server_closing.stay"))
        super().write()


class ServerClosing:
    """Asks before a window closes, and keeps the question: a window without a parent is else nobody's."""

    def __init__(self, desk: Desk, look: Look, window: Callable[[], DeskWindow]) -> None:
        self._desk, self._look, self._window = desk, look, window
        self._question: ServerClosingDialog | None = None

    def may_close(self) -> bool:
        """Tell whether it may close at once; where others lose their server, ask and close on a yes."""
        desk, window = self._desk, self._window()
        folder = desk.runtime.profile.folder
        if not is_founded_here(folder) or last_words(folder / FOLDER):
            return True
        served: list[DeskRow] = []
        with suppress(Fault):  # a desk that cannot be read keeps nobody from closing it
            served = desk.ask(lambda connection: other_desks(connection, desk.identity.device_id))
        if not served:
            return True
        dialog = self._question = ServerClosingDialog(self._look, served)
        dialog.accepted.connect(window.end)
        window.closing.connect(dialog.reject)
        dialog.show()
        return False
