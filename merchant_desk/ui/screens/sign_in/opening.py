"""Before there is a window: asking for a profile's passphrase, and saying why a desk cannot be opened."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from merchant_desk.desk import Desk
from merchant_desk.sync.vault import PassphraseRequest
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.header import Brand, Pill

WIDTH = 560


class OpeningDialog(QDialog):
    """A card by itself: brand, title, what is the matter, fields, and what can be done."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label("", "title")
        self.text = label("", "second", wrap=True)
        self.failure = label("", "error", wrap=True)
        self.fields: list[QWidget] = []
        self.submit = ActionButton(look, kind=Kind.PRIMARY, key="Return")
        self.leave = ActionButton(look, key="Esc")
        self._language = Pill(look)
        for button in (self.submit, self.leave):
            button.setAutoDefault(button is self.submit)
        self.submit.clicked.connect(self.accept)
        self.leave.clicked.connect(self.reject)
        self._language.clicked.connect(look.language.toggle)

    def lay_out(self) -> None:
        """Put the parts together, once all fields are there."""
        card = QFrame()
        card.setProperty("look", "panel")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAGE)
        inner.setSpacing(Space.MEDIUM)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        head.addWidget(Brand(self.look))
        head.addWidget(self.title, 1)
        head.addWidget(self._language)
        inner.addLayout(head)
        for part in (self.text, *self.fields, self.failure):
            inner.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.SMALL)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.submit)
        inner.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        outer.addWidget(card)
        self.setMinimumWidth(WIDTH)
        self.look.language.follow(self, self.write)

    def write(self) -> None:
        """Write everything in the language of now."""
        self._language.setText(self.look.text("window.language"))
        self.setWindowTitle(f"{self.title.text()} — {self.look.text('window.brand')}")
        self._fit()
        # Labels know how many lines they need only once their new texts were laid out.
        QTimer.singleShot(0, self, self._fit)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take the height that the sentences need at this width; adjustSize stops at 2/3 of a screen."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(WIDTH, self.width() if self.isVisible() else 0)
            self.resize(width, layout.totalHeightForWidth(width))


class PassphraseDialog(OpeningDialog):
    """Asks for the passphrase, twice where a new one is made up; `passphrase` when it was accepted."""

    def __init__(self, look: Look, request: PassphraseRequest) -> None:
        super().__init__(look)
        self._request = request
        self._differ = False
        self.editors = [self._secret() for _ in range(2 if request.new else 1)]
        self._named = [NamedField(editor) for editor in self.editors]
        self.fields += self._named
        self.lay_out()
        self.editors[0].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def passphrase(self) -> str:
        """What was entered."""
        return self.editors[0].text()

    def accept(self) -> None:
        given = [editor.text() for editor in self.editors]
        self._differ = len(set(given)) > 1
        if all(given) and not self._differ:
            super().accept()
            return
        self.write()
        empty = next((editor for editor in self.editors if not editor.text()), self.editors[-1])
        empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("entrance.passphrase_new" if self._request.new else "entrance.passphrase"))
        self.text.setText(self._request.sentence(self.look.language.code))
        for field, key in zip(self._named, ("entrance.secret", "entrance.secret_again"), strict=False):
            field.set_name(text(key))
        self.failure.setText(text("entrance.differ") if self._differ else "")
        self.failure.setVisible(self._differ)
        self.submit.setText(text("entrance.open"))
        self.leave.setText(text("enrol.quit"))
        super().write()

    @staticmethod
    def _secret() -> QLineEdit:
        editor = QLineEdit()
        editor.setEchoMode(QLineEdit.EchoMode.Password)
        return editor


class WaitingDialog(OpeningDialog):
    """Says what is waited for until `take` is told what came of it; nobody can leave it before."""

    def __init__(self, look: Look, key: str) -> None:
        super().__init__(look)
        self._key = key
        self.found: Desk | Exception = RuntimeError("nothing came of it")
        for part in (self.submit, self.leave, self.failure):
            part.hide()
        self.lay_out()

    def take(self, found: Desk | Exception) -> None:
        """Close with what came of it."""
        self.found = found
        super().accept()

    def reject(self) -> None:
        """Stay: what runs cannot be called off."""

    def write(self) -> None:
        self.title.setText(self.look.text("entrance.waiting"))
        self.text.setText(self.look.text(self._key))
        super().write()


class FaultDialog(OpeningDialog):
    """Says why the desk cannot be opened, and what to do."""

    def __init__(self, look: Look, error: Exception) -> None:
        super().__init__(look)
        self._error = error
        self.leave.hide()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.failure.hide()
        self.lay_out()
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def said(self) -> QLabel:
        """The label with the sentence."""
        return self.text

    def write(self) -> None:
        self.title.setText(self.look.text("entrance.failed"))
        self.text.setText(describe(self._error, self.look.language))
        self.submit.setText(self.look.text("entrance.close"))
        super().write()
