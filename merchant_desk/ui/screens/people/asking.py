"""Forms that ask the server before they close, and the sheets that show what it gave: once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.screens.code_paper import CodePaper, PaperOutlet
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone, Type
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import Field, FormDialog
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.secret_field import SecretField
from merchant_desk.ui.window.screens import ScreenContext

Errors = Mapping[str, str]
QUIET_ZONE = 4
"""Light modules around a QR code (ISO/IEC 18004)."""

MODULE = 4
"""Device-independent pixels of one module of a QR code at the least."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a form says of itself, in the person's language; `save` names the button that ends it."""

    title: str
    note: str = ""
    save: str = ""
    danger: bool = False


class AskingForm(FormDialog):
    """A form whose work is done by the server, off the window's thread; it closes when that is done.

    Where the server wants to know who one is, the form asks for one's own password and goes on.

    Args:
        owner: the screen that asks.
        says: what is asked.
        check: returns {field: error} of what was typed, or {}.
        work: runs elsewhere; may raise.
        done: is given what `work` returned.
    """

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        context: ScreenContext,
        says: Wording,
        check: Callable[[], Errors],
        work: Callable[[], Any],
        done: Callable[[Any], None],
    ) -> None:
        super().__init__(
            context.look,
            owner.window(),
            says.title,
            lambda: self._errors,
            note=says.note,
            save=says.save,
            danger=says.danger,
        )
        self._errors: Errors = {}
        self._desk, self._context = desk, context
        self._check, self._work, self._take = check, work, done
        self._asking = False
        self._own = SecretField()
        self._own_field: Field | None = None
        self._proves = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def ask(self, first: QWidget | None = None) -> None:
        """Show the form; `first` gets the keys."""
        text = self._context.look.text
        hint = text("people.own_password_hint")
        self._own_field = self.add_field("own", text("people.own_password"), self._own, hint)
        self._own_field.setVisible(self._proves)
        self.open()
        (first or (self._own if self._proves else self.save)).setFocus(Qt.FocusReason.OtherFocusReason)

    def prove(self) -> None:
        """Ask for one's own password from the beginning."""
        self._proves = True

    def try_submit(self) -> None:
        """Check, ask the server, and close; what went wrong is said in the form."""
        if self._asking:
            return
        self._errors = dict(self._check())
        own = self._own.text() if self._proves else ""
        if self._proves and not own:
            self._errors = {**self._errors, "own": self._context.look.text("people.missing")}
        if self._errors:
            super().try_submit()
            return
        self._asking = True
        self.save.setEnabled(False)
        desk, work = self._desk, self._work

        def ask() -> Any:
            if own:
                desk.confirm(own)
            return work()

        self._context.runner.run(ask, self._done, failed=self._failed, owner=self)

    def _done(self, result: Any) -> None:
        self._asking = False
        self.save.setEnabled(True)
        take = self._take
        super().try_submit()
        take(result)

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self.save.setEnabled(True)
        said = describe(error, self._context.look.language)
        if isinstance(error, Refusal) and error.code == "own_password_needed" and not self._proves:
            self._proves = True
            if self._own_field is not None:
                self._own_field.show()
            self._errors = {"own": said}
        elif self._proves and isinstance(error, Refusal) and error.code == "sign_in_failed":
            self._own.selectAll()
            self._errors = {"own": said}
        else:
            self._errors = {"": said}
        super().try_submit()


class QrCode(QWidget):
    """A QR code, black on white in both schemes: readers want it so."""

    def __init__(self, text: str) -> None:
        import segno  # not before a code is drawn: the window must open quickly

        super().__init__()
        self._rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
        side = (len(self._rows) + 2 * QUIET_ZONE) * MODULE
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    left, top = (x + QUIET_ZONE) * MODULE, (y + QUIET_ZONE) * MODULE
                    painter.fillRect(QRectF(left, top, MODULE, MODULE), QColor("#000000"))


class GivenSheet(FormDialog):
    """Shows a secret once: large; it can be copied.

    With a `paper` a machine may read it: it is a QR code, too, and can be printed or saved as a PDF.
    """

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        title: str,
        note: str,
        secret: str,
        *,
        paper: CodePaper | None = None,
        printing: PrintService | None = None,
    ) -> None:
        super().__init__(look, parent, title, dict, note=note, save=look.text("people.close"))
        self.secret = secret
        self._text = look.text
        if paper is not None:
            self._add_qr(secret)
        self.shown = label(secret, "strong" if paper else "tile", wrap=True)
        self.shown.setFont(font(Type.STRONG if paper else Type.TILE))
        self.shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.add_widget(self.shown)
        self.copy = ActionButton(look, look.text("people.copy"), icon="copy")
        self.copy.clicked.connect(self._copy)
        line = QHBoxLayout()
        line.setSpacing(Space.SMALL)
        line.addWidget(self.copy)
        if paper is not None:
            self._add_paper(line, paper, PaperOutlet(look, self, printing))
        line.addStretch(1)
        holder = QWidget()
        line.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(line)
        self.add_widget(holder)
        self.cancel.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _add_qr(self, secret: str) -> None:
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(QrCode(secret))
        row.addStretch(1)
        self.add_widget(middle)

    def _add_paper(self, line: QHBoxLayout, paper: CodePaper, outlet: PaperOutlet) -> None:
        """Offer the code on paper."""
        self.told = label("", "second", wrap=True)
        self.add_widget(self.told)
        self.told.hide()
        outlet.told.connect(self._tell)
        for key, shortcut, icon, do in (
            ("code_paper.print", "Ctrl+P", "printer", lambda: outlet.print_out(paper)),
            ("code_paper.save", "Ctrl+S", "save", lambda: outlet.save(paper, paper.title)),
        ):
            button = ActionButton(self._look, self._text(key), icon=icon, key=shortcut)
            button.setAutoDefault(False)
            button.setShortcut(shortcut)
            button.clicked.connect(do)
            line.addWidget(button)

    def _tell(self, words: str, tone: Tone) -> None:
        self.told.setText(words)
        set_tone(self.told, tone)
        self.told.show()

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.secret)
        self.copy.setText(self._text("people.copied"))
