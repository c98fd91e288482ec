"""Moving house step by step: what is done, what is next, and what would be lost otherwise."""

from dataclasses import asdict, dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.desk_leaving import Unsent
from merchant_desk.models.queries.people import OutletView, ended_desks, outlets
from merchant_desk.sync.own_server import is_founded_here
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.status import OtherDesk, SyncStatus
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.moving.archive_form import ArchiveFetching
from merchant_desk.ui.screens.moving.steps import Facts, Grade, Step, StepState, Way, states_of
from merchant_desk.ui.screens.people.leaving import ask_to_leave
from merchant_desk.ui.screens.people.person_forms import PersonForms
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

GROUP = "actions.moving"
TABLES = ("outbox", "devices", "counts", "receipts", "shipments")
LOSSES = {Step.SERVER: "server", Step.COPY: "copy", Step.RETIRE: "retire"}
"""Steps that say what is lost otherwise, whatever this desk has; `Step.SEND` says it with figures."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of this desk and of the others at its outlet."""

    facts: Facts
    others: tuple[OtherDesk, ...]


class MovingScreen(QWidget):
    """Ways above, the steps of one beside what the chosen step is; Enter does it."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._found: Found | None = None
        self._given = False
        self._leads = True
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._doing = Doing(self, parts, context)
        self.forms = PersonForms(
            self, parts.desk, context, parts.desk.do, lambda _: self._read(), parts.printing
        )
        self.archive = ArchiveFetching(self, parts, context)
        self._head = PageHead(self._look)
        self.tabs = FilterTabs(self._look)
        self._steps: RowModel[StepState] = RowModel(self._look, STEPS, lambda row: row.step)
        self.steps = RowView(self._look, self._steps)
        self._panels = {name: Panel(self._look, " ", flush=name == "steps") for name in ("steps", "one")}
        self.title, self._detail = label("", "title", wrap=True), label("", wrap=True)
        self._lost = label("", "second", wrap=True)
        self.first = ActionButton(self._look, kind=Kind.PRIMARY, key="Return")
        self._lay_out()
        context.actions.add(self._actions())
        self.tabs.chosen.connect(self._turn)
        self.steps.activated_row.connect(lambda _: self._do_chosen())
        self.steps.current_row.connect(lambda _: self._show_chosen())
        self.first.clicked.connect(self._do_chosen)
        parts.changes.watch(self, TABLES, self._read, pause_ms=500)
        lead_focus(self, self.steps)
        self._look.language.follow(self, self._write)
        self._read()

    @property
    def way(self) -> Way:
        """The way that is shown."""
        return Way(self.tabs.current or Way.REPLACE)

    @property
    def chosen(self) -> StepState | None:
        """The step that is shown."""
        wanted = self.steps.current_id
        return next((state for state in self._steps.rows if state.step == wanted), None)

    def show_target(self, target: object) -> None:
        """Show a way, by its name."""
        if isinstance(target, str):
            self.tabs.choose(target)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._leads = True
        self._read()

    # -- parts -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tabs)
        self.steps.horizontalHeader().hide()
        self._panels["steps"].body.addWidget(self.steps, 1)
        body = self._panels["one"].body
        for part in (self.title, self._detail, self._lost):
            body.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addWidget(self.first)
        buttons.addStretch(1)
        body.addSpacing(Space.SMALL)
        body.addLayout(buttons)
        body.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(self._panels["one"])
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        row.addWidget(self._panels["steps"], 1)
        row.addLayout(right, 1)
        column.addLayout(row, 1)

    def _actions(self) -> list[Action]:
        return [
            act("moving.do.send", self.send, "F5", "upload", group=GROUP),
            act("moving.do.code", self.make_code, "F7", "monitor", right="organise", group=GROUP),
            act("moving.do.end", self.end, "Ctrl+F7", "octagon-x", when=self._stands, right="people",
                group=GROUP),
            act("moving.do.take", self.take, "F9", "download", right="organise", group=GROUP),
        ]  # fmt: skip

    def _stands(self) -> bool:
        return self._found is not None and not self._found.facts.ended

    # -- what is read ----------------------------------------------------------------------------

    def _read(self) -> None:
        desk, given = self._parts.desk, self._given

        def work() -> Found:
            left, me, status = desk.leaving(), desk.identity.device_id, desk.runtime.status
            # Its own retirement comes by no feed: the server sends it nothing any more.
            ended = isinstance(status.fault, DeskRetired) or me in desk.ask(ended_desks)
            serves = is_founded_here(desk.runtime.profile.folder)
            facts = Facts(left.unsent, left.documents, ended, serves, given, len(status.others))
            return Found(facts, status.others)

        self._context.runner.run(work, self._take_found, owner=self)

    def _take_found(self, found: Found) -> None:
        self._found = found
        self._turn(self.way)

    def _turn(self, name: str) -> None:
        """Show the steps of a way; whoever comes to it stands at what is next."""
        if self._found is None:
            return
        states = states_of(self.way, self._found.facts)
        before = self.chosen
        self._steps.replace(states)
        following = next((one for one in states if one.grade in (Grade.LOSES, Grade.NEXT)), None)
        if following is not None and (self._leads or before is None or self.chosen is None):
            self.steps.choose(following.step)
        self._leads = False
        self._write()
        self._context.actions.refresh()

    # -- what is done ----------------------------------------------------------------------------

    def _do_chosen(self) -> None:
        state = self.chosen
        run = self._doings().get(state.step) if state is not None else None
        if run is not None:
            self._context.actions.trigger(run)

    def _doings(self) -> dict[Step, str]:
        """Return the action that each step is done by; the others are done elsewhere."""
        return {
            Step.SEND: "moving.do.send",
            Step.CODE: "moving.do.code",
            Step.END: "moving.do.end",
            Step.RETIRE: "go.people",
            Step.TAKE: "moving.do.take",
        }

    def send(self) -> None:
        """Send what is here alone."""

        def told(_: SyncStatus) -> None:
            self._leads = True
            self._doing.run(self._parts.desk.leaving, lambda left: say(left.unsent == Unsent()))

        def say(all_sent: bool) -> None:
            key, tone = ("moving.sent", Tone.OK) if all_sent else ("moving.sent_some", Tone.WARNING)
            said = self._look.text(key)
            self._context.notices.say(lambda: Notice(said, tone))
            self._read()

        self._doing.sync(told)

    def make_code(self) -> None:
        """Ask for which outlet a code is, and show it."""

        def ask(known: list[OutletView]) -> None:
            self.forms.invite(known, self._parts.desk.identity.outlet_id, self._code_given)

        self._context.runner.run(lambda: self._parts.desk.ask(outlets), ask, owner=self)

    def _code_given(self) -> None:
        self._given = self._leads = True
        self._read()

    def end(self) -> None:
        """End this desk, once it has sent everything."""

        def ended() -> None:
            self._leads = True
            self._read()

        ask_to_leave(self._doing, self._parts.desk, self._look, ended)

    def take(self) -> None:
        """Ask where all data are to go."""
        self.archive.ask()

    # -- words -----------------------------------------------------------------------------------

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("screen.moving"), text("moving.note"))
        self.tabs.show_tabs([Tab(way, text(f"moving.way.{way}")) for way in Way])
        self._panels["steps"].set_title(text(f"moving.way.{self.way}"), text(f"moving.{self.way}.note"))
        self._panels["one"].set_title(text("moving.this_step"))
        self._show_chosen()

    def _show_chosen(self) -> None:
        state, found = self.chosen, self._found
        self.first.setVisible(state is not None and state.step in self._doings())
        if state is None or found is None:
            return
        text, facts, done = self._look.text, found.facts, state.grade is Grade.DONE
        self.title.setText(text(f"moving.step.{state.step}"))
        key = f"moving.{state.step}.{'done' if done else 'detail'}"
        said = [text(key if self._look.language.knows(key) else f"moving.{state.step}.detail")]
        if state.step is Step.END and facts.documents:
            said.append(text("moving.end.documents", numbers=", ".join(facts.documents)))
        if state.step is Step.CODE and self.way is Way.REPLACE and not facts.others and not done:
            said.append(text("moving.code.alone"))
        self._detail.setText("\n\n".join(said))
        lost = "" if done else self._what_is_lost(state.step, found)
        self._lost.setText(text("moving.lost", what=lost) if lost else text("moving.nothing_lost"))
        set_tone(self._lost, Tone.WARNING if lost else None)
        if state.step in self._doings():
            self.first.setText(text(f"moving.do.{state.step}"))

    def _what_is_lost(self, step: Step, found: Found) -> str:
        """Return what is lost if the step is left out; nothing where nothing is."""
        text = self._look.text
        if step in (Step.SEND, Step.END) and found.facts.unsent != Unsent():
            return text("moving.send.lost", **asdict(found.facts.unsent))
        if step in LOSSES:
            return text(f"moving.{LOSSES[step]}.lost", desks=self._last_words(found.others))
        return ""

    def _last_words(self, others: tuple[OtherDesk, ...]) -> str:
        """Say what each other desk of the outlet had not sent when the server last heard of it."""
        language, text = self._look.language, self._look.text
        words = [
            text(
                "moving.last_word",
                code=one.code,
                name=one.name,
                at=language.moment(one.last_contact, self._parts.now()),
                pending=text("moving.unknown") if one.pending < 0 else language.number(one.pending),
            )
            for one in others
        ]
        return "；".join(words) if words else text("moving.no_others")


def _step(state: StepState, language: Language) -> Cell:
    is_done = state.grade is Grade.DONE
    return Cell(language.text(f"moving.step.{state.step}"), strong=not is_done, quiet=is_done)


TONES = {
    Grade.DONE: Tone.OK,
    Grade.NEXT: Tone.ACCENT,
    Grade.LATER: Tone.NEUTRAL,
    Grade.LOSES: Tone.REFUSED,
    Grade.OTHERWISE: Tone.INFO,
}


def _grade(state: StepState, language: Language) -> Cell:
    said = language.text(f"moving.grade.{state.grade}")
    return Cell(chip=ChipText(said, TONES[state.grade], marked=state.grade is Grade.DONE))


STEPS: tuple[Column[StepState], ...] = (
    Column("step", "moving.step", _step),
    Column("state", "moving.state", _grade, width=14),
)
