"""The shop is on this computer now: said once, with the code that leads its other desks here."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from merchant_desk.sync.taking_over import TakenOver
from merchant_desk.ui.screens.code_paper import CodePaper, PaperOutlet
from merchant_desk.ui.screens.people.asking import QrCode
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.screens.sign_in.taking_over import WITH_DATE, beside
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label, set_tone


class TakenOverDialog(OpeningDialog):
    """Says that the shop is here, and what the other desks must do: a code that leads each of them."""

    def __init__(self, look: Look, taken: TakenOver) -> None:
        super().__init__(look)
        self._taken = taken
        self.code = code_label(taken.code)
        self._qr = beside(QrCode(taken.code), QWidget())
        self._steps, self._told = label("", wrap=True), label("", "second", wrap=True)
        self._old = label("", "second", wrap=True)
        self._outlet = PaperOutlet(look, self)
        self._outlet.told.connect(self._tell)
        self.printing = ActionButton(look, icon="printer", key="Ctrl+P")
        self.saving = ActionButton(look, icon="save", key="Ctrl+S")
        for button, run in ((self.printing, self._print), (self.saving, self._save)):
            button.setAutoDefault(False)
            button.clicked.connect(run)
        self._papers = beside(self.printing, self.saving)
        self.fields += [self._steps, self._qr, self.code, self._papers, self._told, self._old]
        for part in (self._qr, self.code, self._papers):
            part.setVisible(bool(taken.desks))
        self.failure.hide()
        self.leave.hide()
        self.lay_out()
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Esc goes on too: the shop is here."""
        self.accept()

    def write(self) -> None:
        text, taken = self.look.text, self._taken
        at = self.look.language.moment(taken.made_at, WITH_DATE)
        self.title.setText(text("taken_over.title"))
        self.text.setText(text("taken_over.note", at=at, rows=taken.restored_rows))
        desks = text("server_closing.and").join(taken.desks)
        steps = text("taken_over.others", desks=desks, address=taken.address)
        self._steps.setText(steps if taken.desks else text("taken_over.alone"))
        self._old.setText(text("taken_over.old"))
        for button, key, shortcut in ((self.printing, "print", "Ctrl+P"), (self.saving, "save", "Ctrl+S")):
            button.setText(text(f"code_paper.{key}"))
            button.setShortcut(shortcut)  # a new text takes the old one away
        self._told.setVisible(bool(self._told.text()))
        self.submit.setText(text("taken_over.go_on"))
        super().write()

    def paper(self) -> CodePaper:
        """Return the sheet that is carried to the other desks."""
        text = self.look.text
        desks = text("server_closing.and").join(self._taken.desks)
        said = text("taken_over.others", desks=desks, address=self._taken.address)
        return CodePaper(text("taken_over.paper"), self._taken.code, tuple(said.splitlines()))

    def _print(self) -> None:
        self._outlet.print_out(self.paper())

    def _save(self) -> None:
        self._outlet.save(self.paper(), self.paper().title)

    def _tell(self, words: str, tone: Tone) -> None:
        self._told.setText(words)
        set_tone(self._told, tone)
        self.write()


def code_label(code: str) -> QLabel:
    """Return a label of a code that breaks between its groups, and can be copied."""
    made = label(code.replace("-", "- "), "strong", wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
