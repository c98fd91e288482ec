"""A product as the look-up station shows it: figures, places, documents, movements."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.ui.screens.lookup.reading import ProductReading
from merchant_desk.ui.screens.lookup.tables import documents_panel, movements_panel, stock_panel
from merchant_desk.ui.screens.products.product_tax import tax_words
from merchant_desk.ui.screens.stations.words import unit_name
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.panel import Tile

NARROW = 900


class ProductPage(QWidget):
    """Four figures over three tables."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._reading: ProductReading | None = None
        self._coverage = ""
        self.tiles = {name: Tile(look) for name in ("price", "on_hand", "available", "expected")}
        self.stock = stock_panel(look)
        self.documents = documents_panel(look)
        self.moves = movements_panel(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.MEDIUM)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        column.addLayout(row)
        self._tables = QHBoxLayout()
        self._tables.setSpacing(Space.MEDIUM)
        for table in (self.stock, self.documents, self.moves):
            self._tables.addWidget(table, 1)
        column.addLayout(self._tables, 1)
        look.language.follow(self, self._write)

    def show_product(self, reading: ProductReading, coverage: str) -> None:
        """Show a product; `coverage` says as of when its figures can be true."""
        self._reading, self._coverage = reading, coverage
        self.stock.show_rows(reading.stock)
        self.documents.show_rows(reading.documents)
        self.moves.show_rows(reading.moves)
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._tables.setDirection(way)
        self.moves.setHidden(narrow and event.size().height() < NARROW)

    def _write(self) -> None:
        reading, text = self._reading, self._look.text
        if reading is None:
            return
        row = reading.row
        unit = unit_name(row.base_unit, self._look.language)
        price = self._look.language.unit_price(row.price, named=True)
        per = text("lookup.per", unit=unit)
        if reading.tax is not None:
            per = f"{per} · {tax_words(reading.tax, row.price, self._look.language)}"
        self.tiles["price"].set_texts(text("lookup.price"), price, per)
        figures = (
            ("on_hand", row.on_hand, self._coverage),
            ("available", row.available, text("lookup.reserved_note", n=row.reserved)),
            ("expected", row.expected, unit),
        )
        for name, value, note in figures:
            tone = Tone.REFUSED if value < 0 else None
            self.tiles[name].set_texts(text(f"lookup.{name}"), f"{quantity(value)} {unit}", note, tone)
        self.stock.set_note(self._coverage)
