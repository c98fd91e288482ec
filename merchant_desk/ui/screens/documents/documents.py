"""Receipts, shipments and counts as lists; lines and reversal in a sheet over the list."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.document_lists import DOCUMENT_LISTS, DocumentRow, document_counts
from merchant_desk.models.queries.paper_lines import ORDERED
from merchant_desk.models.queries.parcels import ParcelView
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.documents.document_panel import DocumentPanel, document_chip
from merchant_desk.ui.screens.documents.papers import DocumentPapers, has_paper
from merchant_desk.ui.screens.documents.parcel import Parcel
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign, chosen_row
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.document_sheet import DocumentSheet
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

STATION = {"receipts": "inbound", "shipments": "outbound", "counts": "stocktake"}
RIGHT = {"receipts": "receive", "shipments": "ship", "counts": "count"}
ICON = {"receipts": "package-plus", "shipments": "package-check", "counts": "clipboard-check"}
FIND = {
    "receipts": "documents.find",
    "shipments": "documents.find_shipments",
    "counts": "documents.find_counts",
}
FINISHED, TAKEN_BACK = ("closed", "shipped"), ("reversed", "partly_reversed")
NEWEST = Sort("opened", descending=True)
TABS = (
    TabDesign("open", "documents.tab_open", ("open",), Tone.ACCENT),
    TabDesign("finished", "documents.tab_closed", FINISHED),
    TabDesign("reversed", "documents.tab_reversed", TAKEN_BACK, Tone.WARNING),
    TabDesign("all", "list.all"),
)


def tab_counts(connection: Connection, kind: str) -> dict[str, int]:
    """Return the number of each tab."""
    counts = document_counts(connection, kind)
    return {
        **counts,
        "open": counts.get("open", 0),
        "finished": sum(counts.get(state, 0) for state in FINISHED),
        "reversed": sum(counts.get(state, 0) for state in TAKEN_BACK),
        "all": sum(counts.values()),
    }


class DocumentsScreen(ListPage):
    """One kind of document: Enter shows lines and reversal, F12 goes on with an open one."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, kind: str) -> None:
        self._parts, self._context, self._kind = parts, context, kind
        design = ListDesign(
            kind,
            self._columns(),
            (DOCUMENT_LISTS[kind],),
            NEWEST,
            (kind, "tallies"),
            TABS,
            lambda connection, _: tab_counts(connection, kind),
            placeholder=FIND[kind],
            empty=self._say_empty,
            spare=("closed", "desk", "person", "pieces", "opened"),
        )
        self.pane = ListPane(parts, context, design)
        self.panel = DocumentPanel(parts, context, kind, context.actions.refresh)
        super().__init__(context.look, f"screen.{kind}", self.pane, self.panel)
        self.sheet = DocumentSheet(context.look, self, parts.desk, context.runner, parts.permitted)
        self.sheet.told = context.notices.tell
        self.papers = DocumentPapers(self, parts, context)
        self.pane.chosen.connect(self.panel.show_document)
        self.pane.opened.connect(lambda _: self._view())
        self._add_actions()
        self.pane.choose_tab("all")

    def show_target(self, target: object) -> None:
        """Show one document by its id, or a tab by its name."""
        if isinstance(target, UUID):
            self.panel.show_document(target)
            self.pane.show_only(target)
        elif isinstance(target, str):
            self.pane.choose_tab(target)

    def _columns(self) -> list[Column[DocumentRow]]:
        now, kind = self._parts.now, self._kind

        def about(row: DocumentRow, language: Language) -> Cell:
            blind = language.text("documents.blind") if kind == "receipts" else ""
            return Cell(row.about or blind, detail=row.partner, quiet=not row.about)

        def moment(at: int | None, language: Language) -> Cell:
            return Cell(language.moment(at, now()) if at is not None else "—", quiet=True)

        return [
            Column("number", "list.number", lambda row, _: Cell(row.number, strong=True),
                   value=lambda row: row.number_key, width=13, kind="code"),
            Column("about", f"documents.about_{kind}", about, least=24),
            Column("status", "list.status", lambda row, lang: Cell(chip=document_chip(row.status, lang)),
                   width=12),
            Column("pieces", "documents.pieces", lambda row, _: Cell(quantity(row.quantity)),
                   width=8, figures=True, kind="micro", holds=lambda row: row.quantity),
            Column("person", "list.person", lambda row, _: Cell(row.person or "—"), width=10),
            Column("desk", "list.desk", lambda row, _: Cell(row.desk or "—", quiet=True), width=7),
            Column("opened", "list.opened", lambda row, lang: moment(row.opened_at, lang),
                   value=lambda row: row.opened_at, width=14, kind="time", holds=lambda row: row.opened_at),
            Column("closed", "list.closed", lambda row, lang: moment(row.closed_at, lang), width=14,
                   kind="time", holds=lambda row: row.closed_at),
        ]  # fmt: skip

    def _add_actions(self) -> None:
        kind, actions = self._kind, self._context.actions
        own = [
            act(f"{kind}.continue", self._continue, "F12", ICON[kind], when=self._is_open, right=RIGHT[kind]),
            act(f"{kind}.view", self._view, "F6", "list", when=lambda: self._row is not None),
        ]
        if kind in ORDERED:
            own += [
                act(f"{kind}.print", self._print, "Ctrl+P", "printer", when=self._has_paper),
                act(f"{kind}.pdf", self._save, "Ctrl+S", "save", when=self._has_paper),
            ]
        if kind == "shipments":
            self._parcel = Parcel(self, self._parts, self._context, lambda: self._row, self._noted)
            own += self._parcel.actions()
        actions.add([*self.pane.commands(), *own])
        names = [one.id for one in own]
        self.panel.buttons.addWidget(ButtonRow(actions, names, names[:1]))

    @property
    def _row(self) -> DocumentRow | None:
        """The chosen document, though the panel may still show the one before."""
        document = self.panel.document
        return chosen_row(self.panel.wanted, document.row if document else None, self.pane.row)

    def _noted(self) -> ParcelView | None:
        """What the panel tells of the chosen shipment's parcel, once it has read it."""
        document = self.panel.document
        return document.parcel if document is not None and document.row.id == self.panel.wanted else None

    def _has_paper(self) -> bool:
        return self._row is not None and has_paper(self._kind, self._row.status)

    def _print(self) -> None:
        if self._row is not None:
            self.papers.print(self._kind, self._row.id)

    def _save(self) -> None:
        if self._row is not None:
            self.papers.ask_path(self._kind, self._row.id)

    def _is_open(self) -> bool:
        return self._row is not None and self._row.status == "open"

    def _continue(self) -> None:
        if self._row is not None:
            self._context.go(STATION[self._kind], (self._kind, self._row.id))

    def _view(self) -> None:
        if self._row is not None:
            self.sheet.ask(self._kind, self._row.id)

    def _say_empty(self, state: EmptyState) -> None:
        text, kind = self._context.look.text, self._kind
        key = f"documents.empty_{kind}" if self.pane.tabs.current == "all" else "documents.empty_tab"
        state.set_texts(text(key), text(f"{key}_hint"), icon=ICON[kind])


Build = Callable[[ScreenParts, ScreenContext], DocumentsScreen]

receipts: Build = partial(DocumentsScreen, kind="receipts")
shipments: Build = partial(DocumentsScreen, kind="shipments")
counts: Build = partial(DocumentsScreen, kind="counts")
