"""The side panel of a document: what it is, who made it where, and every scan in it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.models.queries.document_lists import DocumentRow, ScanRow, document_row, document_scans
from merchant_desk.models.queries.parcels import ParcelView, parcel_of
from merchant_desk.models.queries.reversals import Reversed, last_reversal
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact, FactList
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

TONES = {"open": Tone.ACCENT, "reversed": Tone.REFUSED, "partly_reversed": Tone.WARNING}
MOST_SCANS = 500


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything that the panel shows of one document."""

    row: DocumentRow
    scans: list[ScanRow]
    parcel: ParcelView | None = None
    reversal: Reversed | None = None


def document_chip(status: str, language: Language) -> ChipText:
    """Return a document's state as a chip."""
    return ChipText(language.word(status), TONES.get(status, Tone.OK))


def _columns() -> list[Column[ScanRow]]:
    def what(scan: ScanRow, language: Language) -> Cell:
        mark = ""
        if scan.reverses_id is not None or scan.quantity < 0:
            mark = language.text("documents.takes_back")
        elif scan.reversed:
            mark = language.text("documents.taken_back")
        detail = " · ".join(part for part in (scan.lot, scan.location, mark) if part)
        return Cell(name_of(scan.name, scan.name_en, language), detail=detail, quiet=bool(mark))

    def many(scan: ScanRow, _: Language) -> Cell:
        return Cell(quantity(scan.quantity), tone=Tone.REFUSED if scan.quantity < 0 else None, strong=True)

    def who(scan: ScanRow, language: Language) -> Cell:
        return Cell(
            language.clock(scan.time, seconds=True), detail=f"{scan.person} {scan.desk}".strip(), quiet=True
        )

    return [
        Column("name", "list.product", what),
        Column("quantity", "list.quantity", many, width=6, figures=True),
        Column("who", "list.time", who, width=15),
    ]


class DocumentPanel(Panel):
    """One receipt, shipment or count; `changed` is called when another one is shown."""

    def __init__(
        self, parts: ScreenParts, context: ScreenContext, kind: str, changed: Callable[[], None]
    ) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._kind, self._changed = parts, context, kind, changed
        self._wanted: UUID | None = None
        self.document: DocumentView | None = None
        self._facts = FactList(context.look)
        self.buttons = QVBoxLayout()
        self._heading = label("", "strong")
        self._scans: RowModel[ScanRow] = RowModel(context.look, _columns(), lambda scan: scan.id)
        self._table = RowView(context.look, self._scans)
        self._empty = EmptyState(context.look)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._facts)
        column.addLayout(self.buttons)
        column.addSpacing(Space.HAIR)
        column.addWidget(self._heading)
        column.addWidget(self._table, 1)
        self.body.addWidget(self._inside, 1)
        self.body.addWidget(self._empty)
        context.look.language.follow(self, self._write)

    @property
    def wanted(self) -> UUID | None:
        """The document that is or will be shown."""
        return self._wanted

    def show_document(self, document_id: UUID | None) -> None:
        """Show a document; it is read in the background."""
        self._wanted = document_id
        if document_id is None:
            self._take(None, None)
        else:
            read = partial(self._read, document_id)
            self._context.runner.run(read, partial(self._take, document_id), owner=self)

    def _read(self, document_id: UUID) -> DocumentView | None:
        with self._parts.desk.read() as connection, connection.begin():
            row = document_row(connection, self._kind, document_id)
            if row is None:
                return None
            scans = document_scans(connection, self._kind, document_id, MOST_SCANS)
            parcel = parcel_of(connection, document_id) if self._kind == "shipments" else None
            return DocumentView(row, scans, parcel, last_reversal(connection, self._kind, document_id))

    def _take(self, document_id: UUID | None, document: DocumentView | None) -> None:
        if document_id == self._wanted:
            self.document = document
            self._write()
            self._changed()

    def _write(self) -> None:
        text, document = self._look.text, self.document
        self._inside.setVisible(document is not None)
        self._empty.setVisible(document is None)
        if document is None:
            self.set_title("")
            self._empty.set_texts(text("list.none_chosen"), text("list.none_chosen_hint"), icon="file-text")
            return
        self.set_title(document.row.number)
        self.set_chips([document_chip(document.row.status, self._look.language)])
        facts = [*self._fact_list(document.row), *self._reversal_facts(document.reversal)]
        self._facts.show_facts([*facts, *self._parcel_facts(document.parcel)])
        counted = text("documents.scans_note", n=len(document.scans))
        none = text("documents.no_scans")
        self._heading.setText(f"{text('documents.scans')} · {counted if document.scans else none}")
        self._scans.replace(document.scans)
        self._table.setVisible(bool(document.scans))
        self._table.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _reversal_facts(self, reversal: Reversed | None) -> list[Fact]:
        if reversal is None:
            return []
        text, language, now = self._look.text, self._look.language, self._parts.now()
        at = language.moment(reversal.time, now)
        since = at if reversal.since is None else language.moment(reversal.since, now)
        facts = [Fact(text("documents.reversed"), " · ".join(filter(None, (at, reversal.person))))]
        return facts if since == at else [*facts, Fact(text("documents.reversed_since"), since)]

    def _parcel_facts(self, parcel: ParcelView | None) -> list[Fact]:
        if parcel is None:
            return []
        text = self._look.text
        return [
            Fact(text("shipments.carrier"), parcel.carrier or "—"),
            Fact(text("shipments.tracking"), parcel.tracking or "—"),
        ]

    def _fact_list(self, row: DocumentRow) -> list[Fact]:
        text, language, now = self._look.text, self._look.language, self._parts.now()
        blind = text("documents.blind") if self._kind == "receipts" else "—"
        facts = [Fact(text(f"documents.about_{self._kind}"), row.about or blind)]
        if self._kind != "counts":
            facts.append(Fact(text(f"documents.partner_{self._kind}"), row.partner or "—"))
        who = (row.person, f"{text('list.desk')} {row.desk}" if row.desk else "")
        closed = language.moment(row.closed_at, now) if row.closed_at is not None else "—"
        return [
            *facts,
            Fact(text("documents.pieces"), quantity(row.quantity), strong=True),
            Fact(text("list.person"), " · ".join(filter(None, who)) or "—"),
            Fact(text("list.opened"), language.moment(row.opened_at, now)),
            Fact(text("list.closed"), closed),
        ]
