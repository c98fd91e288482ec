"""The screen of people and desks: who may sign in and do what, and which computers work here."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.models.queries.lists import Filter
from merchant_desk.models.queries.people import (
    DESKS,
    PEOPLE,
    OutletView,
    PersonRow,
    outlets,
    people_counts,
)
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_page import LEAST_SIDE, MOST_SIDE, ROOM_FOR_SIDE, SIDE_PERCENT
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.people.leaving import ACTS as LEAVING_ACTS
from merchant_desk.ui.screens.people.leaving import RETIRE, Leaving
from merchant_desk.ui.screens.people.people_words import desk_columns, person_columns
from merchant_desk.ui.screens.people.person_forms import PersonForms
from merchant_desk.ui.screens.people.person_panel import PersonPanel
from merchant_desk.ui.screens.people.standing import LOCKED, Standing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Sort
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.panel import PageHead, page_column
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "people"
GROUP = "actions.people"
FOLLOW_MS = 300
PERSON_ACTS = (
    "people.grant",
    "people.revoke",
    "people.give_badge",
    "people.set_pin",
    "people.reset",
    "people.unlock",
    *LEAVING_ACTS,
)
TABS = tuple(
    TabDesign(name, f"people.tab.{name}", conditions=lambda _, left=left: (("t.archived = ?",), (left,)))  # type: ignore[misc]
    for name, left in (("here", 0), ("left", 1))
)


def refine(_: Connection, wanted: Filter) -> Filter:
    """Look for what was typed in names, logins and badges: there is no index of so few."""
    words = wanted.typed.split()
    pattern = [f"%{word}%" for word in words for _ in range(3)]
    one = "(t.name LIKE ? OR t.login LIKE ? OR t.badge LIKE ?)"
    conditions, values = wanted.conditions + (one,) * len(words), wanted.values + tuple(pattern)
    return replace(wanted, typed="", conditions=conditions, values=values)


class PeopleScreen(QWidget):
    """People above, desks below, the chosen person beside; most of it needs the server, and says so."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self._say = label("", "small", wrap=True)
        set_tone(self._say, Tone.WARNING)
        self.standing = Standing(self, parts, context)
        self.pane = ListPane(parts, context, self._people_design())
        self.desks = ListPane(parts, context, self._desks_design())
        self.panel = PersonPanel(parts, context, self.standing, context.actions.refresh)
        self._doing = Doing(self, parts, context)
        self.forms = PersonForms(self, parts.desk, context, self._ask_for, self._done, parts.printing)
        chosen = (lambda: self.panel.row, lambda: self.desks.row)
        self.leaving = Leaving(self, self._doing, parts.desk, context.look, *chosen, self._ask_for)
        tables = ("persons", "roles", "outlets")
        self._follow = parts.changes.watch(self, tables, self.panel.read, pause_ms=FOLLOW_MS)
        self._lay_out()
        self._add_actions()
        self.pane.chosen.connect(self.panel.show_person)
        self.desks.chosen.connect(lambda _: context.actions.refresh())
        self.pane.opened.connect(lambda _: context.actions.trigger("people.grant"))
        self.standing.changed.connect(self._show_standing)
        self._look.language.follow(self, self._write)

    def show_target(self, target: object) -> None:
        """Show one person by id."""
        if isinstance(target, UUID):
            self.pane.show_only(target)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.standing.ask()
        self.panel.read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = event.size().width()
        self.panel.setVisible(room >= ROOM_FOR_SIDE)
        self.panel.setFixedWidth(max(LEAST_SIDE, min(MOST_SIDE, room * SIDE_PERCENT // 100)))

    # -- parts -----------------------------------------------------------------------------------

    def _people_design(self) -> ListDesign:
        return ListDesign(
            SCREEN, person_columns(self.standing), (PEOPLE,), Sort("login"), ("persons", "roles", "outlets"),
            tabs=TABS, counts=lambda connection, _: people_counts(connection), refine=refine,
            placeholder="people.find", empty=self._say_empty, spare=("badge", "login"),
        )  # fmt: skip

    def _desks_design(self) -> ListDesign:
        own = self._parts.desk.identity.device_id
        return ListDesign(
            "people_desks", desk_columns(self.standing, own), (DESKS,), Sort("code"), ("devices", "outlets"),
            searchable=False, empty=self._say_no_desks, heading="people.desks", spare=("enrolled", "outlet"),
        )  # fmt: skip

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self._say)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        left = QVBoxLayout()
        left.setSpacing(Space.MEDIUM)
        left.addWidget(self.pane, 3)
        self._desk_head = QHBoxLayout()
        self._desk_head.addWidget(self.desks.top, 1)
        left.addLayout(self._desk_head)
        left.addWidget(self.desks, 2)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        column.addLayout(row, 1)
        self.setFocusProxy(self.pane.table.view)

    def _add_actions(self) -> None:
        chosen, other, online = self._chosen, self._chosen_other, self.standing.answers
        actions, forms = self._context.actions, self.forms
        people, organise = "people", "organise"
        own = [
            act("people.add", lambda: self._with_outlets(forms.add), "Ctrl+N", "plus", right=people,
                group=GROUP),
            act("people.invite", self._invite, "F7", "monitor", when=online, right=organise, group=GROUP),
            act("people.states", self._refresh, "F5", "refresh-cw", when=online, group=GROUP),
            act("people.change", forms.change_password, "", "key-round", when=online, group=GROUP),
            act("people.grant", self._grant, "F6", "shield-alert", when=chosen, right=people, group=GROUP),
            act("people.revoke", self._revoke, "F8", "x", when=self._has_role, right=people, group=GROUP),
            act("people.give_badge", lambda: self._with(forms.badge), "F9", "id-card", when=chosen,
                right=people, group=GROUP),
            act("people.set_pin", lambda: self._with(forms.set_pin), "F10", "keyboard",
                when=lambda: chosen() and online(), right=people, group=GROUP),
            act("people.reset", lambda: self._with(forms.reset), "F11", "rotate-ccw",
                when=lambda: other() and online(), right=people, group=GROUP),
            act("people.unlock", lambda: self._with(forms.unlock), "F12", "lock",
                when=lambda: other() and online() and self._locked(), right=people, group=GROUP),
        ]  # fmt: skip
        actions.add([*self.pane.commands(), *own, *self.leaving.actions(GROUP)])
        self._head.add_button(ButtonRow(actions, ["people.states", "people.change", "people.invite"]))
        self._head.add_button(actions.button("people.add", Kind.PRIMARY))
        self._desk_head.addWidget(ButtonRow(actions, [RETIRE]))
        self.panel.buttons.addWidget(ButtonRow(actions, PERSON_ACTS, ("people.unlock", "people.grant")))

    # -- what is possible ------------------------------------------------------------------------

    def _chosen(self) -> bool:
        row = self.panel.row
        return row is not None and not row.archived

    def _chosen_other(self) -> bool:
        row, me = self.panel.row, self._parts.desk.signed_in
        return self._chosen() and row is not None and me is not None and row.id != me.id

    def _has_role(self) -> bool:
        view = self.panel.view
        return self._chosen() and view is not None and bool(view.grants)

    def _locked(self) -> bool:
        row = self.panel.row
        return row is not None and self.standing.state(row.id) == LOCKED

    def _outlets(self) -> list[OutletView]:
        return self.panel.view.outlets if self.panel.view is not None else []

    # -- acting ----------------------------------------------------------------------------------

    def _with(self, form: Callable[[PersonRow], None]) -> None:
        if self.panel.row is not None:
            form(self.panel.row)

    def _grant(self) -> None:
        self._with(lambda row: self.forms.grant(row, self._outlets()))

    def _revoke(self) -> None:
        view = self.panel.view
        if view is not None:
            self._with(lambda row: self.forms.revoke(row, view.grants))

    def _invite(self) -> None:
        own = self._parts.desk.identity.outlet_id
        self._with_outlets(lambda known: self.forms.invite(known, own))

    def _with_outlets(self, then: Callable[[list[OutletView]], None]) -> None:
        """Go on with the outlets, read first where the screen was opened a moment ago."""
        if self.panel.view is not None:
            then(self.panel.view.outlets)
        else:
            self._context.runner.run(lambda: self._parts.desk.ask(outlets), then, owner=self)

    def _refresh(self) -> None:
        if self.standing.needs_password:
            self.forms.confirm(self.standing.ask)
        else:
            self.standing.ask()

    def _ask_for(self, operation: object) -> None:
        told = self._look.text("people.requested_told")
        self._doing.do(operation, told=told, done=self.panel.read)

    def _done(self, told: str) -> None:
        if told:
            self._context.notices.tell(told, Tone.OK)
        self.standing.ask()

    # -- words -----------------------------------------------------------------------------------

    def _show_standing(self) -> None:
        self._follow.mark()  # what was asked for may have been answered
        for pane in (self.pane, self.desks):
            pane.table.view.viewport().update()
        self._write()
        self._context.actions.refresh()

    def _write(self) -> None:
        text, standing = self._look.text, self.standing
        note = text("people.note")
        if standing.as_of:
            at = self._look.language.moment(standing.as_of, self._parts.now())
            note = text("people.as_of", at=at)
        self._head.set_texts(text("screen.people"), note)
        said = ""
        if not standing.answers():
            said = text("people.offline")
        elif standing.needs_password or standing.may_not_ask:
            said = text("people.unconfirmed" if standing.needs_password else "people.for_all_outlets")
        self._say.setText(said)
        self._say.setVisible(bool(said))

    def _say_empty(self, state: EmptyState) -> None:
        text, typed = self._look.text, bool(self.pane.table.search.text())
        none = "people.nobody_left" if self.pane.tabs.current == "left" else "people.empty"
        key = "people.not_found" if typed else none
        state.set_texts(text(key), text(f"{key}_hint"), icon="users")

    def _say_no_desks(self, state: EmptyState) -> None:
        state.set_texts(
            self._look.text("people.no_desks"), self._look.text("people.no_desks_hint"), icon="monitor"
        )
