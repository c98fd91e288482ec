"""Enrolment: a new profile becomes a desk by a code that is scanned or pasted."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.sign_in.going_on import GoingOnDialog, GoOn
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.header import Brand, Pill

Enrol = Callable[[str, str], Desk]
"""enrol(code, name) -> the desk, open; takes as long as the network does."""

CARD, CODE = 560, 116
"""Device-independent pixels: the width of the card; the height of the code, which has four lines."""


class EnrolmentWindow(QWidget):
    """A window of its own. `enrolled(Desk)` and it closes; closing it otherwise is giving up.

    With `again` it is about a desk that the server takes nothing from under its present identity. With
    `go_on` it may also go on from the safety copy of a desk that is gone.
    """

    enrolled = Signal(object)
    given_up = Signal()

    def __init__(
        self,
        look: Look,
        runner: TaskRunner,
        enrol: Enrol,
        name: str = "",
        *,
        again: bool = False,
        go_on: GoOn | None = None,
    ) -> None:
        super().__init__()
        self._again, self._go_on = again, go_on
        self.going_on: GoingOnDialog | None = None
        self._look, self._runner, self._enrol = look, runner, enrol
        self._working = False
        self._error: Exception | str | None = None
        self.desk: Desk | None = None
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = label("", "title")
        self._note = label("", "second", wrap=True)
        self.code = QPlainTextEdit()
        self.code.setTabChangesFocus(True)
        self.code.setFixedHeight(CODE)
        self.name = QLineEdit(name)
        self._fields = {"code": NamedField(self.code), "name": NamedField(self.name)}
        self._server = label("", "small")
        self._failure = label("", "error", wrap=True)
        self.submit = ActionButton(look, kind=Kind.PRIMARY, key="Return")
        self.quit, self.copy = ActionButton(look), ActionButton(look)
        self._language = Pill(look)
        self._language.setText(look.text("window.language"))
        self._language.clicked.connect(look.language.toggle)
        self.submit.clicked.connect(self.try_enrol)
        self.quit.clicked.connect(self.close)
        self.copy.clicked.connect(self.ask_for_copy)
        self.code.textChanged.connect(self._code_changed)
        self.resize(820, 620)
        self._lay_out()
        look.language.follow(self, self._write)

    def take_scan(self, scan: CapturedScan) -> None:
        """A code was scanned: take it, and go on to the name."""
        if self.going_on is not None:
            self.going_on.take_scan(scan)
            return
        self.code.setPlainText(scan.text)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def try_enrol(self) -> None:
        """Enrol with what was entered."""
        if self._working:
            return
        text, code, name = self._look.text, self.code.toPlainText().strip(), self.name.text().strip()
        self._fields["code"].show_error("" if code else text("enrol.code_missing"))
        self._fields["name"].show_error("" if name else text("enrol.name_missing"))
        if not code or not name:
            (self.code if not code else self.name).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._working, self._error = True, None
        self._write()
        self._runner.run(lambda: self._enrol(code, name), self._done, failed=self._fail, owner=self)

    def ask_for_copy(self) -> None:
        """Ask for a safety copy to go on from instead; the desk that it becomes is the one enrolled here."""
        if self._go_on is None or self._working:
            return
        code, name = self.code.toPlainText().strip(), self.name.text().strip()
        self.going_on = dialog = GoingOnDialog(self._look, self._runner, self._go_on, code, name)
        dialog.finished.connect(lambda _: self._gone_on(dialog))
        dialog.open()

    def _gone_on(self, dialog: GoingOnDialog) -> None:
        self.going_on = None
        dialog.deleteLater()
        if dialog.desk is not None:
            self._done(dialog.desk)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.try_enrol()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._working:
            event.ignore()
            return
        super().closeEvent(event)
        if self.desk is None:
            self.given_up.emit()

    def _code_changed(self) -> None:
        """Say at once where the code leads, or what is wrong with it."""
        self._error = None
        self._write()

    def _done(self, desk: Desk) -> None:
        self._working = False
        self.desk = desk
        self.enrolled.emit(desk)
        self.close()

    def _fail(self, error: Exception) -> None:
        self._working, self._error = False, error
        self._write()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("look", "panel")
        card.setMaximumWidth(CARD)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAGE)
        inner.setSpacing(Space.MEDIUM)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        head.addWidget(Brand(self._look))
        head.addWidget(self._title, 1)
        head.addWidget(self._language)
        inner.addLayout(head)
        for part in (self._note, *self._fields.values(), self._server, self._failure):
            inner.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.SMALL)
        self.copy.setVisible(self._go_on is not None)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.quit)
        buttons.addWidget(self.submit)
        inner.addLayout(buttons)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card, 6)
        across.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(across)
        column.addStretch(1)

    def _write(self) -> None:
        text, suffix = self._look.text, "_again" if self._again else ""
        title = text(f"enrol.title{suffix}")
        self.setWindowTitle(f"{title} — {text('window.brand')}")
        self._title.setText(title)
        self._note.setText(text("enrol.working" if self._working else f"enrol.note{suffix}"))
        for name, field in self._fields.items():
            field.set_name(text(f"enrol.{name}"), text(f"enrol.{name}_hint"))
            field.editor.setEnabled(not self._working)
        host = self._host()
        self._server.setText(text("enrol.server", host=host) if host else "")
        self._server.setVisible(bool(host))
        failure = describe(self._error, self._look.language) if isinstance(self._error, Exception) else ""
        self._failure.setText(failure)
        self._failure.setVisible(bool(failure))
        self.submit.setText(text(f"enrol.submit{suffix}"))
        self.submit.setEnabled(not self._working)
        self.quit.setText(text("sign_in.cancel" if self._again else "enrol.quit"))
        self.quit.setEnabled(not self._working)
        self.copy.setText(text("going_on.open"))
        self.copy.setEnabled(not self._working)

    def _host(self) -> str:
        """Return where the code leads, once it can be read."""
        try:
            return parse_enrolment_code(self.code.toPlainText()).url
        except (Fault, ValueError):
            return ""
