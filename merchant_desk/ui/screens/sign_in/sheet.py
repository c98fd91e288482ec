"""Signing in: a sheet over the whole window, by name or badge, with password or PIN."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from merchant_desk.domain.gtins import has_check_digit
from merchant_desk.domain.sign_in import LEAST_PIN_DIGITS, MOST_PIN_DIGITS, is_code
from merchant_desk.models.queries.floor import PersonHit
from merchant_desk.sync.people import Person
from merchant_desk.ui.background import Task
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.session import Session
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.empty import Drawing
from merchant_desk.ui.widgets.labels import ElidedLabel, label
from merchant_desk.ui.widgets.overlay import Overlay
from merchant_desk.ui.widgets.secret_field import LoginField, PasswordField, SecretField
from merchant_desk.ui.window.header import Brand, Pill

EAN_8 = 8

LOCK_KEY = "Ctrl+Alt+L"
LANGUAGE_KEY = "Ctrl+Shift+L"
"""Here too, as in the window: who is to sign in may read another language than who worked before."""


def is_no_pin(text: str) -> bool:
    """Whether a burst is no PIN: not four to eight digits, or an EAN-8, which is a product's."""
    digits = text.isascii() and text.isdecimal() and LEAST_PIN_DIGITS <= len(text) <= MOST_PIN_DIGITS
    return not digits or (len(text) == EAN_8 and has_check_digit(text))


class Why(StrEnum):
    """Why the sheet is there; only a switch of user can be called off."""

    START = "title"
    LOCKED = "title_locked"
    SWITCH = "title_switch"


class SignInSheet(Overlay):
    """Name and password, name and PIN, or (after a badge) only the PIN. `asked()` before it comes,
    `signed_in(Person)` and it is gone.
    """

    asked = Signal()
    signed_in = Signal(object)
    enrolment_wanted = Signal()

    def __init__(self, look: Look, host: QWidget, session: Session, *, demo: bool) -> None:
        super().__init__(look, host, width=400, dismissable=False)
        self._session = session
        self._why = Why.START
        self._badge: tuple[str, str] | None = None
        self._by_pin = False
        self._error: Exception | str | None = None
        self._checking: Task | None = None
        self._reading: Task | None = None
        self._title = label("", "title")
        self._note = label("", "second", wrap=True)
        self._whose = ElidedLabel("", "title")
        self._demo = Chip(look, ChipText(""))
        self._is_demo = demo
        self.login, self.pin = LoginField(), SecretField(is_no_pin)
        self.password = PasswordField(self.login)
        for editor in self._editors().values():
            editor.installEventFilter(self)
        self._fields = {name: NamedField(editor) for name, editor in self._editors().items()}
        self._failure = label("", "error", wrap=True)
        self.submit = ActionButton(look, kind=Kind.PRIMARY, key="Return")
        self.cancel = ActionButton(look, key="Esc")
        self.other = ActionButton(look, kind=Kind.QUIET, icon="keyboard")
        self.enrol = ActionButton(look, kind=Kind.QUIET, icon="key-round")
        self.enrol.hide()
        self._hint = label("", "small", wrap=True)
        self.language = Pill(look)
        self.language.clicked.connect(look.language.toggle)
        self.submit.clicked.connect(self.try_sign_in)
        self.cancel.clicked.connect(self.close_sheet)
        self.other.clicked.connect(self._use_other)
        self.enrol.clicked.connect(self.enrolment_wanted)
        self._lay_out()
        look.language.follow(self, self._write)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keep_focus)

    @property
    def waits(self) -> bool:
        """Whether the sheet is there, and nobody may work behind it."""
        return self.isVisible() and self._why is not Why.SWITCH

    def ask(self, why: Why) -> None:
        """Show the sheet; a check that is under way signs nobody in any more."""
        self._forget()
        self.asked.emit()
        self._why, self._badge, self._by_pin, self._error = why, None, False, None
        self._dismissable = why is Why.SWITCH
        for editor in self._editors().values():
            editor.clear()
        last = self._session.last
        if why is Why.LOCKED and last is not None:
            self.login.setText(last.login)
        self._write()
        self.open(self.password if self.login.text() else self.login)
        # A label knows how many lines it needs only once it has its width.
        QTimer.singleShot(0, self, self.fit)

    def take_badge(self, code: str) -> None:
        """A badge was scanned: ask for its PIN; `code` is what it says."""
        if self.isHidden():
            self.ask(Why.SWITCH if self._session.person is not None else Why.START)
        self._forget()
        self._reading = self._session.whose_badge(code, lambda hit: self._know_badge(code, hit))

    def take_typed(self, text: str) -> bool:
        """Take a PIN that was typed as fast as a scanner types, Enter included; tells whether it was one.

        Only while a PIN is asked for. It need not have the focus yet: whose badge it is, is looked up.
        """
        if not self.isVisible() or not self._by_pin or is_no_pin(text):
            return False
        self.pin.setText(text)
        self.try_sign_in()
        return True

    def not_taken(self, text: str) -> str:
        """Return what to say of a scan that was made while the sheet is there, in words that are true."""
        if self.waits and is_code(text):
            return self._look.text("sign_in.scan_while_locked", code=text)
        # What came so fast may be somebody's password or PIN, typed beside its field: it is not shown.
        return self._look.text(f"sign_in.scan_while_{'waiting' if self.waits else 'switching'}")

    def kept(self) -> str:
        """Return what to say of a scan that the station behind the sheet keeps."""
        return self._look.text("sign_in.scan_kept")

    def offer_enrolment(self, offered: bool) -> None:
        """Offer to enrol the desk again: without the server nobody who is new here could sign in."""
        if self.enrol.isHidden() is offered:
            self.enrol.setVisible(offered)
            self.fit()

    def try_sign_in(self) -> None:
        """Check what was entered; a second try waits for the first."""
        if self._checking is not None:
            return
        login = self._badge[0] if self._badge else self.login.text().strip()
        secret = (self.pin if self._by_pin else self.password).text()
        if not login or not secret:
            self._fail(self._look.text("sign_in.login_missing" if not login else "sign_in.secret_missing"))
            return
        self._error = None
        self._checking = self._session.sign_in(
            login, secret, by_pin=self._by_pin, done=self._done, failed=self._fail
        )
        self._write()

    def close_sheet(self) -> None:
        """Take the sheet away; a check that is under way signs nobody in any more."""
        self._forget()
        super().close_sheet()

    def event(self, event: QEvent) -> bool:
        """Keep the window's shortcuts away: in whose name they are meant is not known yet. All may lock."""
        asked = event.type() == QEvent.Type.ShortcutOverride and self.isVisible()
        if asked and isinstance(event, QKeyEvent):
            if self.waits or QKeySequence(event.keyCombination()) != QKeySequence(LOCK_KEY):
                event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if isinstance(event, QKeyEvent) and pressed and watched in self._editors().values():
            # Kept from being a shortcut, Alt+3 would type a 3.
            return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.try_sign_in()
            event.accept()
            return
        if QKeySequence(event.keyCombination()) == QKeySequence(LANGUAGE_KEY):
            self._look.language.toggle()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._why is Why.SWITCH:
            super().paintEvent(event)
        else:
            QPainter(self).fillRect(self.rect(), QColor(self._look.colours.background))

    def _keep_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Take the focus back from what opens behind the sheet; it gets it when the sheet is gone.

        A station that works on there asks its questions, and the PIN must not be typed into them.
        """
        if now is None or before is None or self.isHidden() or not self.isAncestorOf(before):
            return
        above = [one for one in self._host.children() if isinstance(one, Overlay) and one.isAncestorOf(now)]
        if self._host.isAncestorOf(now) and self is not now and not above:
            self._return_to = now
            (before if before.isVisible() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _editors(self) -> dict[str, QLineEdit]:
        return {"login": self.login, "password": self.password, "pin": self.pin}

    def _forget(self) -> None:
        """Drop what is under way for what is asked no longer."""
        for task in (self._checking, self._reading):
            if task is not None:
                task.drop()
        self._checking = self._reading = None

    def _know_badge(self, code: str, hit: PersonHit | None) -> None:
        person = self._session.person
        if self._why is Why.SWITCH and hit is not None and person is not None and hit.id == person.id:
            # Nobody else came: asking for a PIN would stop who works here for nothing.
            self.close_sheet()
            self.signed_in.emit(person)
            return
        self._badge = (code, hit.name) if hit is not None else None
        self._by_pin = hit is not None
        self._error = None if hit is not None else self._look.text("sign_in.badge_unknown")
        self.pin.clear()
        self._write()
        (self.pin if self._badge else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_other(self) -> None:
        """Ask for the name's PIN instead of its password, or its password; after a badge, for a name."""
        self._forget()
        self._badge, self._by_pin, self._error = None, not self._by_pin, None
        for secret in (self.password, self.pin):
            secret.clear()
        self._write()
        asked = self.pin if self._by_pin else self.password
        (asked if self.login.text() else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, person: Person) -> None:
        self._checking = None
        for secret in (self.password, self.pin):
            secret.clear()
        self._write()
        self.close_sheet()
        self.signed_in.emit(person)

    def _fail(self, error: Exception | str) -> None:
        self._checking = None
        self._error = error
        self._write()
        secret = self.pin if self._by_pin else self.password
        secret.selectAll()
        (secret if self._badge or self.login.text() else self.login).setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        inner = QVBoxLayout()
        inner.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAGE)
        inner.setSpacing(Space.MEDIUM)
        head = QHBoxLayout()
        head.setSpacing(Space.MEDIUM)
        head.addWidget(Brand(self._look))
        head.addWidget(self._title, 1)
        head.addWidget(self.language)
        inner.addLayout(head)
        for part in (self._note, self._demo, self._whose, *self._fields.values(), self._failure):
            inner.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.SMALL)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.submit)
        inner.addLayout(buttons)
        # A line of their own: beside the others there is no room for them in English.
        ways = QHBoxLayout()
        ways.setSpacing(Space.SMALL)
        ways.addWidget(self.other)
        ways.addWidget(self.enrol)
        ways.addStretch(1)
        inner.addLayout(ways)
        badge = QHBoxLayout()
        badge.setSpacing(Space.SMALL)
        badge.addWidget(Drawing(self._look, "id-card", 18))
        badge.addWidget(self._hint, 1)
        self._badge_row = QWidget()
        self._badge_row.setLayout(badge)
        badge.setContentsMargins(0, Space.SMALL, 0, 0)
        inner.addWidget(self._badge_row)
        self.column.addLayout(inner)

    def _write(self) -> None:
        text, by_badge = self._look.text, self._badge is not None
        self.language.setText(text("window.language"))
        self._title.setText(text(f"sign_in.{self._why}"))
        self._note.setText(self._note_text())
        self._demo.show_chip(
            ChipText(text("sign_in.demo") if self._is_demo else "", Tone.WARNING, marked=True)
        )
        self._whose.setText(self._badge[1] if self._badge else "")
        self._whose.setVisible(by_badge)
        shown = {"login": not by_badge, "password": not self._by_pin, "pin": self._by_pin}
        for name, field in self._fields.items():
            field.set_name(text(f"sign_in.{name}"))
            field.setVisible(shown[name])
        self._failure.setText(self._failure_text())
        self._failure.setVisible(bool(self._error))
        self.submit.setText(text("sign_in.checking" if self._checking is not None else "sign_in.submit"))
        self.submit.setEnabled(self._checking is None)
        self.cancel.setText(text("sign_in.cancel"))
        self.cancel.setVisible(self._why is Why.SWITCH)
        self.other.setText(text("sign_in.by_password" if self._by_pin else "sign_in.by_pin"))
        self.enrol.setText(text("sync.enrol_again"))
        self._hint.setText(text("sign_in.badge_hint"))
        self._badge_row.setVisible(not by_badge)
        self.fit()

    def _note_text(self) -> str:
        last = self._session.last
        if self._why is Why.LOCKED and last is not None:
            return self._look.text("sign_in.note_locked", name=last.name)
        return self._look.text("sign_in.note" if self._why is Why.START else "sign_in.note_switch")

    def _failure_text(self) -> str:
        if isinstance(self._error, Exception):
            return describe(self._error, self._look.language)
        return self._error or ""
