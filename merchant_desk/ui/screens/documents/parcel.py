"""A shipment's parcel: who has it under which number, noted by key, and followed in the browser."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.domain.carriers import check_tracking
from merchant_desk.domain.shipping import NoteParcel
from merchant_desk.models.queries.document_lists import DocumentRow
from merchant_desk.models.queries.parcels import CarrierView, ParcelView, carriers, parcel_of
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.records.record_form import FormField, FormWords, RecordForm
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext


@dataclass(frozen=True, slots=True)
class _Start:
    parcel: ParcelView
    carriers: list[CarrierView]


class Parcel(QObject):
    """The actions of a shipment's parcel; `row` tells which is chosen, `parcel` what is noted of it."""

    def __init__(
        self,
        owner: QWidget,
        parts: ScreenParts,
        context: ScreenContext,
        row: Callable[[], DocumentRow | None],
        parcel: Callable[[], ParcelView | None],
    ) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._row, self._parcel = row, parcel

    def actions(self) -> list[Action]:
        """Noting who has it, and following it."""
        return [
            act("shipments.parcel", self._note, "F7", "package", when=lambda: self._row() is not None,
                right="ship"),
            act("shipments.track", self._follow, "F9", "map-pin", when=lambda: bool(self._address())),
        ]  # fmt: skip

    def _address(self) -> str:
        parcel = self._parcel()
        return parcel.address if parcel is not None else ""

    def _follow(self) -> None:
        QDesktopServices.openUrl(QUrl(self._address()))

    def _note(self) -> None:
        row = self._row()
        if row is None:
            return

        def work() -> _Start | None:
            with self._parts.desk.read() as connection, connection.begin():
                parcel = parcel_of(connection, row.id)
                return None if parcel is None else _Start(parcel, carriers(connection))

        def ask(start: _Start | None) -> None:
            if start is not None:
                self._ask(row, start)

        self._context.runner.run(work, ask, owner=self)

    def _ask(self, row: DocumentRow, start: _Start) -> None:
        text, carrier, tracking = self._context.look.text, QComboBox(), QLineEdit(start.parcel.tracking)
        carrier.setEditable(True)
        carrier.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        carrier.addItems([one.name for one in start.carriers])
        carrier.setCurrentText(start.parcel.carrier)
        known = {one.name: one.id for one in start.carriers}
        if start.parcel.carrier_id is not None:
            known.setdefault(start.parcel.carrier, start.parcel.carrier_id)

        def bodies() -> tuple[object, ...]:
            named = carrier.currentText().strip()
            id: UUID | None = known.get(named)
            return (NoteParcel(row.id, row.outlet_id, id, named, tracking.text().strip()),)

        words = FormWords(text("shipments.parcel_title", number=row.number), text("shipments.parcel_told"))
        fields = (
            FormField("carrier", text("shipments.carrier"), carrier, text("shipments.carrier_hint")),
            FormField("tracking", text("shipments.tracking"), tracking,
                      check=lambda: check_tracking(tracking.text().strip())),
        )  # fmt: skip
        RecordForm(self._owner, self._parts.desk, self._context, words, fields, bodies, {}).ask()
