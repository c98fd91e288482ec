"""One operation followed: what this desk has of it at once, then what the server says."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from merchant_desk.models.queries.operation_lists import OperationRow
from merchant_desk.sync.followed import Followed, follow
from merchant_desk.sync.tracing import OwnTrace, Trace
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact, FactList
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.tasks.task_words import operation_name
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.screens import ScreenContext

WIDE = 620


class TraceForm(FormDialog):
    """Shows an operation of this desk; the server is asked off the window's thread."""

    def __init__(
        self, owner: QWidget, parts: ScreenParts, context: ScreenContext, row: OperationRow, *, ask: bool
    ) -> None:
        look = context.look
        title = f"{operation_name(row.kind, look.language)} {row.about}".strip()
        super().__init__(look, owner.window(), title, dict, note=look.text("trace.note"),
                         save=look.text("trace.seen"))  # fmt: skip
        self.setMinimumWidth(WIDE)
        self._language, self._op_id = look.language, row.id
        self._asking, self._answered = ask, False
        self.facts = FactList(look, wide=True)
        self.trouble = label("", "second", wrap=True)
        copy = ActionButton(look, look.text("trace.copy"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self.add_widget(self.facts)
        self.add_widget(self.trouble)
        self.add_widget(copy)
        self._notices = context.notices
        self.cancel.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        desk = parts.desk

        def own() -> Followed:
            return follow(desk.ask, None, row.id)

        def both() -> Followed:
            return follow(desk.ask, desk.api, row.id)

        context.runner.run(own, self._show_own, owner=self)
        if ask:
            context.runner.run_long(lambda _: both(), self._show, owner=self)

    def _copy(self) -> None:
        QApplication.clipboard().setText(str(self._op_id))
        self._notices.tell(self._language.text("trace.copied"), Tone.OK)

    def _show_own(self, found: Followed) -> None:
        if not self._answered:
            asking = self._language.text("trace.asking") if self._asking else ""
            self._show_facts(own_facts(found, self._language), asking)

    def _show(self, found: Followed) -> None:
        language = self._language
        facts = own_facts(found, language)
        if found.there is not None:
            facts += server_facts(found.there, language)
        elif found.not_asked is None:
            facts.append(Fact(language.text("trace.not_asked"), language.text("trace.unknown"), Tone.WARNING))
        self._answered = True
        self._show_facts(facts, describe(found.not_asked, language) if found.not_asked is not None else "")

    def _show_facts(self, facts: list[Fact], trouble: str) -> None:
        self.facts.show_facts(facts)
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))
        QTimer.singleShot(0, self, self._fit)  # once the new lines have their places


def own_facts(found: Followed, language: Language) -> list[Fact]:
    """Return what this desk has of an operation, in words; the server's word where it has nothing."""
    known: OwnTrace | Trace | None = found.own or found.there
    if known is None:
        return []
    text = language.text
    facts = [
        Fact(text("trace.id"), str(known.op_id)),
        Fact(text("trace.person"), found.person or str(known.person_id)),
        Fact(text("trace.desk_time"), _at(known.desk_time, language)),
        Fact(text("trace.time"), _at(known.time, language)),
        Fact(text("trace.device_seq"), language.number(known.device_seq)),
        Fact(text("trace.status"), f"{text(f'sync_centre.state.{known.status}')} {known.code}".strip()),
    ]
    if found.own is not None and found.own.scanned_at is not None:
        facts.insert(2, Fact(text("trace.scanned"), _at(found.own.scanned_at, language)))
    return facts


def server_facts(there: Trace, language: Language) -> list[Fact]:
    """Return what the server says of an operation, in words: its numbers, then desk by desk."""
    text = language.text
    rows = f"#{language.number(there.first_seq)} – #{language.number(there.last_seq)}"
    facts = [
        Fact(text("trace.received"), _at(there.received_at, language)),
        Fact(text("trace.settled"), _at(there.settled_at, language)),
        Fact(text("trace.feed"), rows if there.last_seq else "—"),
        Fact(text("trace.tasks"), language.number(len(there.tasks))),
    ]
    for desk in there.desks:
        name = f"{desk.code} {desk.name}".strip()
        if desk.shows or desk.device_id == there.device_id:  # whoever made it has it
            facts.append(Fact(name, text("trace.has"), Tone.OK))
        else:
            facts.append(Fact(name, text("trace.has_not", span=language.span(desk.quiet)), Tone.WARNING))
    return facts


def _at(time: int, language: Language) -> str:
    return f"{language.moment(time)}{language.clock(time, seconds=True)[5:]}"
