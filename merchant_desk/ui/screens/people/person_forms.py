"""The forms of people: what is typed, what becomes of it."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import (
    AddPerson,
    GiveBadge,
    GrantRole,
    RevokeRole,
    check_badge,
    check_login,
)
from merchant_desk.domain.permissions import ROLES
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import check_new_password, check_new_pin
from merchant_desk.models.queries.people import GrantView, OutletView, PersonRow
from merchant_desk.models.sort_keys import plain_letters
from merchant_desk.sync.administration import Invitation
from merchant_desk.sync.enrolment_code import is_loopback, parse_enrolment_code
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.screens.code_paper import CodePaper
from merchant_desk.ui.screens.people.asking import AskingForm, Errors, GivenSheet, Wording
from merchant_desk.ui.screens.people.people_words import role_name
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.widgets.choices import choose_data
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.secret_field import SecretField
from merchant_desk.ui.window.screens import ScreenContext

Do = Callable[[object], object]
GROUPS: dict[str, tuple[str, ...]] = {
    "none": (),
    "cost": ("cost",),
    "personal": ("personal",),
    "both": ("cost", "personal"),
}
HOURS = ("24", "2", "72", "168")
MOST_HOURS = 336
USUAL_ROLE = "warehouse"
"""Of somebody new, if nobody says otherwise."""

LONG_FORM = 590
"""Device-independent pixels: five fields with their hints, so that nothing need be scrolled."""


class PersonForms:
    """Opens the forms of one screen; `do` asks for an operation, `done` hears what the server did.

    Codes are printed by `printing`, or on whatever printer is chosen then.
    """

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        context: ScreenContext,
        do: Do,
        done: Callable[[str], None],
        printing: PrintService | None = None,
    ) -> None:
        self._printing = printing
        self._owner, self._desk, self._context = owner, desk, context
        self._look, self._text = context.look, context.look.text
        self._do, self._told = do, done

    # -- what is asked for -----------------------------------------------------------------------

    def add(self, outlets: list[OutletView]) -> None:
        """Ask for a new person, with a first role."""
        text, new_id = self._text, self._desk.runtime.new_id
        name, login, badge = QLineEdit(), QLineEdit(), QLineEdit()
        role, outlet = self._roles(later=True), self._outlets(outlets)
        role.setCurrentIndex(role.findData(USUAL_ROLE))

        def submit() -> Errors:
            if not login.text().strip():
                login.setText(plain_letters(name.text()))
            errors = self._errors(
                name=lambda: check_name(name.text()),
                login=lambda: check_login(login.text().strip()),
                badge=lambda: check_badge(badge.text().strip()),
            )
            if not errors:
                person_id = new_id()
                self._do(
                    AddPerson(person_id, login.text().strip(), name.text().strip(), badge.text().strip())
                )
                if role.currentData():
                    self._do(GrantRole(person_id, role.currentData(), outlet.currentData()))
            return errors

        form = self._form("people.add", submit, note=text("people.add_note"))
        form.add_field("name", text("people.name"), name)
        form.add_field("login", text("people.login"), login, text("people.login_hint"))
        form.add_field("badge", text("people.badge"), badge, text("people.badge_hint"))
        form.add_field("role", text("people.first_role"), role)
        form.add_field("outlet", text("people.first_outlet"), outlet)
        form.resize(form.minimumWidth(), LONG_FORM)
        self._open(form, name)

    def grant(self, row: PersonRow, outlets: list[OutletView]) -> None:
        """Ask which role a person gets where."""
        role, outlet = self._roles(), self._outlets(outlets)

        def submit() -> Errors:
            self._do(GrantRole(row.id, role.currentData(), outlet.currentData()))
            return {}

        form = self._form("people.grant_title", submit, name=row.name)
        form.add_field("role", self._text("people.first_role"), role)
        form.add_field("outlet", self._text("people.first_outlet"), outlet)
        self._open(form, role)

    def revoke(self, row: PersonRow, grants: list[GrantView]) -> None:
        """Ask which role a person loses."""
        which = QComboBox()
        for one in grants:
            where = one.outlet or self._text("people.all_outlets")
            which.addItem(f"{role_name(one.role, self._look.language)} · {where}", one.id)

        def submit() -> Errors:
            self._do(RevokeRole(which.currentData()))
            return {}

        note = self._text("people.revoke_note")
        form = self._form("people.revoke_title", submit, note=note, danger=True, name=row.name)
        form.add_field("role", self._text("people.which_role"), which)
        self._open(form, which)

    def badge(self, row: PersonRow) -> None:
        """Ask for a person's badge."""
        badge = QLineEdit(row.badge)

        def submit() -> Errors:
            errors = self._errors(badge=lambda: check_badge(badge.text().strip()))
            if not errors and badge.text().strip() != row.badge:
                self._do(GiveBadge(row.id, badge.text().strip()))
            return errors

        form = self._form("people.badge_title", submit, name=row.name)
        form.add_field("badge", self._text("people.badge"), badge, self._text("people.badge_give_hint"))
        badge.selectAll()
        self._open(form, badge)

    # -- what the server does at once ------------------------------------------------------------

    def confirm(self, done: Callable[[], None]) -> None:
        """Ask who one is, for the server; then go on."""
        form = self._asking(
            "people.confirm_title", lambda: None, lambda _: done(), note=self._text("people.confirm_note")
        )
        form.prove()
        form.ask()

    def set_pin(self, row: PersonRow) -> None:
        """Ask for a PIN: one's own, proved by the password, or somebody else's."""
        text, desk = self._text, self._desk
        pin, again, own = SecretField(), SecretField(), SecretField()
        mine = row.id == desk.person.id

        def check() -> Errors:
            errors = self._errors(pin=lambda: check_new_pin(pin.text()))
            if mine and not own.text():
                errors["password"] = text("people.missing")
            return errors or ({} if pin.text() == again.text() else {"again": text("people.differ")})

        def work() -> None:
            desk.set_pin(pin.text(), password=own.text() if mine else "", person=row.id)

        told = text("people.pin_set", name=row.name)
        form = self._asking(
            "people.pin_title",
            work,
            lambda _: self._told(told),
            check,
            text("people.pin_note"),
            name=row.name,
        )
        form.add_field("pin", text("people.pin_new"), pin)
        form.add_field("again", text("people.again"), again)
        if mine:
            form.add_field("password", text("people.own_password"), own)
        form.ask(pin)

    def reset(self, row: PersonRow) -> None:
        """Ask whether a person's password is to be reset; show the new one, once."""

        def show(password: str) -> None:
            self._told("")
            self._given(
                self._text("people.new_password_of", name=row.name), self._text("people.shown_once"), password
            )

        form = self._asking(
            "people.reset_title", lambda: self._desk.reset_password(row.id), show,
            note=self._text("people.reset_note"), save="people.reset", danger=True, name=row.name,
        )  # fmt: skip
        form.ask()

    def unlock(self, row: PersonRow) -> None:
        """Ask whether a person's locks are to be opened."""
        told = self._text("people.unlocked", name=row.name)
        form = self._asking(
            "people.unlock_title", lambda: self._desk.unlock(row.id), lambda _: self._told(told),
            note=self._text("people.unlock_note"), save="people.unlock", name=row.name,
        )  # fmt: skip
        form.ask()

    def change_password(self) -> None:
        """Ask for one's own old and new password."""
        text, desk = self._text, self._desk
        old, new, again = SecretField(), SecretField(), SecretField()

        def check() -> Errors:
            errors = self._errors(new=lambda: check_new_password(new.text(), desk.person.login))
            if not old.text():
                errors["old"] = text("people.missing")
            return errors or ({} if new.text() == again.text() else {"again": text("people.differ")})

        def work() -> None:
            desk.confirm(old.text())
            desk.change_password(old.text(), new.text())

        told = text("people.password_changed")
        form = self._asking("people.change_title", work, lambda _: self._told(told), check)
        form.add_field("old", text("people.old_password"), old)
        form.add_field("new", text("people.new_password"), new)
        form.add_field("again", text("people.again"), again)
        form.ask(old)

    def invite(self, outlets: list[OutletView], own: UUID, made: Callable[[], None] = lambda: None) -> None:
        """Ask where a new desk will stand; show its enrolment code. `made` hears that there is one."""
        text, desk = self._text, self._desk
        outlet, hours, groups = self._outlets(outlets, everywhere=False), QComboBox(), QComboBox()
        choose_data(outlet, own)
        hours.addItems(list(HOURS))
        hours.setEditable(True)
        for name in GROUPS:
            groups.addItem(text(f"people.group.{name}"), name)

        def check() -> Errors:
            typed = hours.currentText().strip()
            fits = typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= MOST_HOURS
            return {} if fits else {"hours": text("refusal.lifetime_out_of_range", most=MOST_HOURS)}

        def work() -> Invitation:
            chosen = GROUPS[groups.currentData()]
            return desk.invite(outlet.currentData(), chosen, int(hours.currentText()))

        def show(given: Invitation) -> None:
            at = self._look.language.moment(given.expires_at, self._desk.runtime.clock())
            title = text("people.code_title", outlet=outlet.currentText())
            lines = [text("people.code_note", at=at)]
            if is_loopback(parse_enrolment_code(given.code).host):
                lines.append(text("people.code_here_only"))
            self._given(title, " ".join(lines), given.code, CodePaper(title, given.code, tuple(lines)))
            made()

        form = self._asking(
            "people.invite_title", work, show, check, text("people.invite_note"), save="people.make_code"
        )
        form.add_field("outlet", text("people.invite_outlet"), outlet)
        form.add_field("hours", text("people.invite_hours"), hours)
        form.add_field("groups", text("people.invite_groups"), groups)
        form.ask(outlet)

    # -- parts -----------------------------------------------------------------------------------

    def _roles(self, *, later: bool = False) -> QComboBox:
        box = QComboBox()
        if later:
            box.addItem(self._text("people.no_first_role"), "")
        for role in ROLES:
            box.addItem(role_name(role, self._look.language), role)
        return box

    def _outlets(self, outlets: list[OutletView], *, everywhere: bool = True) -> QComboBox:
        box = QComboBox()
        for one in outlets:
            box.addItem(f"{one.code} {one.name}", one.id)
        if everywhere:
            box.addItem(self._text("people.all_outlets"), None)
        return box

    def _errors(self, **checks: Callable[[], None]) -> dict[str, str]:
        """Return what the domain's rules say against what was typed, by field."""
        errors: dict[str, str] = {}
        for name, check in checks.items():
            try:
                check()
            except Refusal as refusal:
                errors[name] = describe(refusal, self._look.language)
        return errors

    def _form(
        self,
        title: str,
        submit: Callable[[], Errors],
        *,
        note: str = "",
        danger: bool = False,
        **facts: object,
    ) -> FormDialog:
        return FormDialog(
            self._look, self._owner.window(), self._text(title, **facts), submit, note=note, danger=danger
        )

    def _open(self, form: FormDialog, first: QWidget) -> None:
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _asking(
        self,
        title: str,
        work: Callable[[], object],
        done: Callable[..., None],
        check: Callable[[], Errors] = dict,
        note: str = "",
        *,
        save: str = "",
        danger: bool = False,
        **facts: object,
    ) -> AskingForm:
        says = Wording(self._text(title, **facts), note, self._text(save) if save else "", danger)
        return AskingForm(self._owner, self._desk, self._context, says, check, work, done)

    def _given(self, title: str, note: str, secret: str, paper: CodePaper | None = None) -> None:
        sheet = GivenSheet(
            self._look, self._owner.window(), title, note, secret,
            paper=paper, printing=self._printing,
        )  # fmt: skip
        sheet.open()
        sheet.save.setFocus(Qt.FocusReason.OtherFocusReason)
