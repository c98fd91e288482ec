"""The side panel of a person: signing in, roles by outlet, what can be done, and what was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.models.queries.people import (
    GrantView,
    OutletView,
    PersonRow,
    grants_held,
    outlets,
    people,
    person,
    staff_names,
)
from merchant_desk.sync.staff import Request
from merchant_desk.ui.screens.lists.detail import Fact, FactList, Moment, Timeline
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.people.people_words import request_text, role_name, state_chip
from merchant_desk.ui.screens.people.standing import Standing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext


@dataclass(frozen=True, slots=True)
class PersonView:
    """What the panel shows: the person (or None), their roles, all outlets, what was asked for, and names.

    `names` are those of people, and the codes of desks.
    """

    row: PersonRow | None
    grants: list[GrantView]
    outlets: list[OutletView]
    requests: list[Request]
    names: dict[UUID, str]
    roles: dict[UUID, GrantView]


class PersonPanel(Panel):
    """One person; `changed` is called when another one is shown."""

    def __init__(
        self, parts: ScreenParts, context: ScreenContext, standing: Standing, changed: Callable[[], None]
    ) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._standing, self._changed = parts, context, standing, changed
        self._wanted: UUID | None = None
        self.view: PersonView | None = None
        self._facts, self._roles = FactList(context.look), FactList(context.look)
        self._roles_title, self._requests_title = label("", "strong"), label("", "strong")
        self._requests = Timeline(context.look)
        self._empty = EmptyState(context.look, "users")
        self.buttons = QVBoxLayout()
        self._area = self._lay_out()
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._empty)
        standing.changed.connect(self._write)
        context.look.language.follow(self, self._write)

    @property
    def row(self) -> PersonRow | None:
        """The person that is shown, once read."""
        view = self.view
        return view.row if view is not None and view.row and view.row.id == self._wanted else None

    def show_person(self, person_id: UUID | None) -> None:
        """Show a person; they are read in the background."""
        self._wanted = person_id
        self.read()

    def read(self) -> None:
        """Read again what is shown."""
        wanted = self._wanted
        self._context.runner.run(partial(self._read, wanted), partial(self._take, wanted), owner=self)

    def _read(self, person_id: UUID | None) -> PersonView:
        desk = self._parts.desk
        requests = desk.requested()
        with desk.read() as connection, connection.begin():
            everybody = people(connection)
            held = {one.id: one for row in everybody for one in grants_held(connection, row.id)}
            return PersonView(
                person(connection, person_id) if person_id else None,
                grants_held(connection, person_id) if person_id else [],
                outlets(connection),
                requests,
                staff_names(connection),
                held,
            )

    def _take(self, wanted: UUID | None, view: PersonView) -> None:
        if wanted == self._wanted:
            self.view = view
            self._write()
            self._changed()

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._facts)
        column.addSpacing(Space.SMALL)
        column.addWidget(self._roles_title)
        column.addWidget(self._roles)
        column.addSpacing(Space.SMALL)
        column.addLayout(self.buttons)
        column.addSpacing(Space.SMALL)
        column.addWidget(self._requests_title)
        column.addWidget(self._requests)
        column.addStretch(1)
        return scrolled(inside)

    def _write(self) -> None:
        text, view = self._look.text, self.view
        row = view.row if view is not None else None
        requests = view.requests if view is not None else []
        self._area.setVisible(row is not None or bool(requests))
        self._empty.setVisible(row is None and not requests)
        self._empty.set_texts(text("list.none_chosen"), text("list.none_chosen_hint"), icon="users")
        self._facts.setVisible(row is not None)
        self._roles_title.setVisible(row is not None)
        self._roles.setVisible(row is not None)
        self.set_title(row.name if row is not None else " " if requests else "")
        self.set_chips([state_chip(row, self._standing, self._look.language)] if row else [])
        if view is not None and row is not None:
            self._write_person(row, view.grants)
        self._requests_title.setText(text("people.requests"))
        self._requests_title.setVisible(bool(requests))
        self._requests.setVisible(bool(requests))
        if view is not None:
            self._write_requests(view)

    def _write_person(self, row: PersonRow, grants: list[GrantView]) -> None:
        text, language = self._look.text, self._look.language
        seen = self._standing.person(row.id)
        facts = [
            Fact(text("people.login"), row.login),
            Fact(text("people.badge"), row.badge or text("people.no_badge")),
        ]
        if seen is not None:
            facts += [
                self._secret("people.password", seen.password_locked_at, there=seen.password),
                self._secret("people.pin", seen.pin_locked_at, there=seen.pin),
            ]
        else:
            unknown = text("people.state.unknown")
            facts += [Fact(text("people.password"), unknown), Fact(text("people.pin"), unknown)]
        self._facts.show_facts(facts)
        self._roles_title.setText(text("people.roles"))
        roles = [
            Fact(role_name(one.role, language), one.outlet or text("people.all_outlets")) for one in grants
        ]
        self._roles.show_facts(roles or [Fact(text("people.no_roles"), "")])

    def _secret(self, name: str, locked_at: int | None, *, there: bool) -> Fact:
        text = self._look.text
        if locked_at:
            at = self._look.language.moment(locked_at, self._parts.now())
            return Fact(text(name), text("people.locked_since", at=at), Tone.REFUSED, strong=True)
        return Fact(text(name), text("people.set" if there else "people.not_set"))

    def _write_requests(self, view: PersonView) -> None:
        language, now = self._look.language, self._parts.now()
        self._requests.show_moments(
            [
                Moment(
                    language.moment(one.time, now),
                    request_text(one.body, view.names, view.roles, language),
                    language.text("people.state.requested"),
                    Tone.WARNING,
                )
                for one in view.requests
            ]
        )
