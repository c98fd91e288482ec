"""The tray of unknown codes: learn one for a product, make a draft product, or mark it as a mis-scan."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.codes import visible
from merchant_desk.domain.tasks import DismissUnknownCode
from merchant_desk.models.queries.work import UnknownCodeView, unknown_codes
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.empty import EmptyState

DRAFT_KEY, MISSCAN_KEY = Qt.Key.Key_F5, Qt.Key.Key_Delete


def code_of(row: UnknownCodeView, language: Language) -> Cell:
    """Return the code as a cell, with how often it counts where a person said so."""
    times = language.text("tray.times", quantity=row.quantity) if row.quantity is not None else ""
    return Cell(visible(row.code), times, strong=True)


def _where(row: UnknownCodeView, _: Language) -> Cell:
    return Cell(row.location or row.document, detail=row.document if row.location else "")


def after_of(row: UnknownCodeView, language: Language) -> Cell:
    """Return the product that was scanned next, as a cell."""
    return Cell(name_of(row.next_name, row.next_name_en, language), quiet=True)


def before_of(row: UnknownCodeView, language: Language) -> Cell:
    """Return the product that was scanned before, as a cell; its code where the product is not known."""
    name = name_of(row.previous_name, row.previous_name_en, language)
    return Cell(name or visible(row.previous_code), quiet=True)


def _when(row: UnknownCodeView, language: Language) -> Cell:
    return Cell(language.moment(row.reported_at), quiet=True)


COLUMNS: tuple[Column[UnknownCodeView], ...] = (
    Column("code", "tray.column.code", code_of),
    Column("where", "tray.column.where", _where, width=16),
    Column("before", "tray.column.before", before_of, width=16),
    Column("after", "tray.column.after", after_of, width=16),
    Column("when", "tray.column.when", _when, width=17),
)


class TraySheet(StationSheet):
    """The tray. `learn(entry)` and `draft(entry)` open the forms for one code; mis-scans are marked here.

    `may_draft` tells whether the person may make draft products.
    """

    def __init__(
        self,
        look: Look,
        host: QWidget,
        desk: Desk,
        runner: TaskRunner,
        may_draft: Callable[[], bool],
    ) -> None:
        super().__init__(look, host, width=900)
        self._desk = desk
        self._runner = runner
        self._may_draft = may_draft
        self.learn: Callable[[UnknownCodeView], None] = lambda _: None
        self.draft: Callable[[UnknownCodeView], None] = lambda _: None
        self.told: Callable[[str], None] = lambda _: None
        self._model = RowModel(look, COLUMNS, lambda row: row.id, self)
        self.view = RowView(look, self._model)
        self.view.activated_row.connect(lambda _: self.accept())
        self._empty = EmptyState(look)
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        inside.setMinimumHeight(96)  # the head and a line of a table, in a low window
        self.body.addWidget(inside, 1)
        self.misscan_button = ActionButton(look, kind=Kind.QUIET, key="Del")
        self.draft_button = ActionButton(look, key="F5")
        self.misscan_button.clicked.connect(self._dismiss)
        self.draft_button.clicked.connect(self._draft)
        self.extra.addWidget(self.misscan_button)
        self.extra.addWidget(self.draft_button)
        self.on_accept = self._learn
        self._look.language.follow(self, self._write)

    @property
    def entries(self) -> Sequence[UnknownCodeView]:
        """What is in the tray."""
        return self._model.rows

    def ask(self) -> None:
        """Open the tray and read it."""
        self._write()
        self.open(self.view)
        self.refresh()

    def refresh(self) -> None:
        """Read the tray again."""
        self._runner.run(lambda: self._desk.ask(unknown_codes), self._show, failed=self._fail, owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == DRAFT_KEY:
            self._draft()
        elif event.key() == MISSCAN_KEY:
            self._dismiss()
        else:
            super().keyPressEvent(event)
        event.accept()

    def _chosen(self) -> UnknownCodeView | None:
        return next((row for row in self._model.rows if row.id == self.view.current_id), None)

    def _learn(self) -> None:
        entry = self._chosen()
        if entry is not None:
            self.learn(entry)

    def _draft(self) -> None:
        entry = self._chosen()
        if entry is not None and self._may_draft():
            self.draft(entry)

    def _dismiss(self) -> None:
        entry = self._chosen()
        if entry is None:
            return
        body = DismissUnknownCode(entry.id, self._desk.identity.outlet_id)

        def done(_: object) -> None:
            self.told(self._look.text("tray.dismissed", code=visible(entry.code)))
            self.refresh()

        self._runner.run_in_order(lambda: self._desk.do(body), done, failed=self._fail, owner=self)

    def _show(self, entries: Sequence[UnknownCodeView]) -> None:
        self._model.replace(entries)
        self._stack.setCurrentWidget(self.view if entries else self._empty)
        if entries and self.view.current_id is None:
            self.view.choose(entries[0].id)
        self._write()

    def _fail(self, error: Exception) -> None:
        self.show_error(describe(error, self._look.language))

    def _write(self) -> None:
        text, some = self._look.text, bool(self._model.rows)
        self._empty.set_texts(text("tray.empty"), text("tray.empty_hint"), icon="inbox")
        self.misscan_button.setText(text("tray.misscan"))
        self.draft_button.setText(text("tray.draft"))
        self.misscan_button.setVisible(some)
        self.draft_button.setVisible(some and self._may_draft())
        self.set_texts(
            text("tray.title"),
            text("tray.note"),
            yes=text("tray.learn") if some else "",
            no=text("tray.close"),
        )
