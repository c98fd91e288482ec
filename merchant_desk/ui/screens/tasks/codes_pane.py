"""The tray of unknown codes, for the office: learn one, make a draft product of it, or take it for a slip."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.domain.tasks import DismissUnknownCode
from merchant_desk.models.queries.task_lists import UNKNOWN_CODES
from merchant_desk.models.queries.work import UnknownCodeView
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.learn_sheet import DraftSheet, LearnSheet
from merchant_desk.ui.screens.stations.tray_sheet import after_of, before_of, code_of
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext


def _where(row: UnknownCodeView, language: Language) -> Cell:
    key = f"station.name.{row.station}"
    name = language.text(key) if language.knows(key) else row.station
    return Cell(name, detail=" · ".join(filter(None, (row.document, row.location))))


def columns() -> list[Column[UnknownCodeView]]:
    """Return the columns of the tray."""
    return [
        Column("code", "codes.code", code_of),
        Column("where", "codes.where", _where, width=22),
        Column("previous", "codes.previous", before_of, width=20),
        Column("after", "codes.after", after_of, width=20),
        Column(
            "when", "codes.when", lambda row, lang: Cell(lang.moment(row.reported_at), quiet=True), width=17
        ),
    ]


class CodesPane(QWidget):
    """The list and its buttons. The forms lie over `host`."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, host: QWidget, screen: str) -> None:
        super().__init__()
        self._parts, self._context = parts, context
        self._doing = Doing(self, parts, context)
        self.list = ListPane(
            parts,
            context,
            ListDesign(
                screen,
                columns(),
                (UNKNOWN_CODES,),
                Sort("when", descending=True),
                ("unknown_codes",),
                (TabDesign("open", "codes.code", ("open",)),),
                searchable=False,
                empty=self._say_empty,
            ),
        )
        self.list.top.hide()
        self.learn = LearnSheet(context.look, host, parts.desk, context.runner)
        self.draft = DraftSheet(context.look, host, parts.desk, context.runner)
        for form in (self.learn, self.draft):
            form.done = lambda words: context.notices.tell(words, Tone.OK)
        self.list.chosen.connect(lambda _: context.actions.refresh())
        self.list.opened.connect(lambda _: self._learn())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.SMALL)

    def commands(self) -> list[Action]:
        """Return the tray's actions."""
        return [
            act("tasks.learn", self._learn, "F6", "link", when=self._any, right="report_code"),
            act("tasks.draft", self._draft, "F7", "plus", when=self._any, right="product_draft"),
            act("tasks.dismiss", self._dismiss, "Del", "x", when=self._any, right="report_code"),
        ]

    def add_buttons(self) -> None:
        """Lay the pane out, once its actions exist."""
        names = ["tasks.learn", "tasks.draft", "tasks.dismiss"]
        self._column.addWidget(ButtonRow(self._context.actions, names, names[:1]))
        self._column.addWidget(self.list, 1)

    def _any(self) -> bool:
        return self.list.isVisible() and self.list.row is not None

    def _learn(self) -> None:
        if self.list.row is not None:
            self.learn.ask(self.list.row)

    def _draft(self) -> None:
        if self.list.row is not None:
            self.draft.ask(self.list.row)

    def _dismiss(self) -> None:
        row = self.list.row
        if row is not None:
            body = DismissUnknownCode(row.id, self._parts.desk.identity.outlet_id)
            self._doing.do(body, told=self._context.look.text("codes.dismissed"))

    def _say_empty(self, state: EmptyState) -> None:
        text = self._context.look.text
        state.set_texts(text("codes.none"), text("codes.none_hint"), icon="scan-barcode")
