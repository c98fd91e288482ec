"""The form of a product: a new one, one that changes, a draft that is completed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.domain.amounts import MAX_PRICE, MAX_QUANTITY, MICRO
from merchant_desk.domain.codes import fold, gtin14
from merchant_desk.domain.house_codes import is_reserved
from merchant_desk.domain.products import MOST_DAYS, AddProduct, Barcode, ChangeProduct, NewSku
from merchant_desk.models.queries.goods_lists import BarcodeView
from merchant_desk.models.queries.product_forms import ProductView
from merchant_desk.ui.screens.figures import read_micro
from merchant_desk.ui.screens.products.saving_form import Errors, SavingForm
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.form import Field
from merchant_desk.ui.window.screens import ScreenContext

FLAGS: Final = ("track_lot", "track_expiry", "track_serial")
_TEXTS: Final = ("name", "name_en", "sku", "category", "base_unit")
_ROWS: Final = (
    ("name", "name_en"),
    ("sku", "category"),
    ("base_unit", "price"),
    ("barcode",),
    ("pack_code", "pack_quantity"),
    ("min_days_left", "shelf_life_days"),
)
"""Fields that stand beside each other, in the order of the Tab key."""

_HINTED: Final = frozenset({"pack_quantity", "min_days_left", "barcode"})
HEIGHT: Final = 760
"""All fields without scrolling, two of them with an error below."""

CARTON: Final = "箱"


class ProductForm(SavingForm):
    """All that the office says of a product; Enter saves, Esc gives it up.

    Of its barcodes the form shows the first of one base unit and the first of a pack; others are left alone.
    """

    blamed: ClassVar[Mapping[str, str]] = {
        "sku_taken": "sku",
        "sku_missing": "sku",
        "name_missing": "name",
        "unit_missing": "base_unit",
        "days_absurd": "min_days_left",
        "price_absurd": "price",
    }

    def __init__(
        self,
        owner: QWidget,
        parts: ScreenParts,
        context: ScreenContext,
        product: tuple[ProductView, list[BarcodeView]] | None = None,
        *,
        completes: bool = False,
    ) -> None:
        self._verb = "complete" if completes else "change" if product else "new"
        text = context.look.text
        super().__init__(
            owner,
            context,
            text(f"product_form.title_{self._verb}"),
            note=text(f"product_form.note_{self._verb}"),
            save=text(f"product_form.save_{self._verb}"),
        )
        self._parts, self._window = parts, owner.window()
        self._completes = completes
        self._product = product[0] if product else None
        self._unit_code, self._pack = _shown_codes(product[1] if product else [])
        self.editors = {name: QLineEdit() for row in _ROWS for name in row}
        self.flags = {name: QCheckBox(text(f"product_form.{name}")) for name in FLAGS}
        self.setMinimumWidth(640)
        for names in _ROWS[:-1]:
            self._add_row([self._field(name) for name in names])
        self._add_row(list(self.flags.values()))
        self._add_row([self._field(name) for name in _ROWS[-1]])
        self._fill()

    def begin(self) -> None:
        """Show the form as high as the window allows, the keys in its first field."""
        room = self._window.height() - 2 * Space.PAGE
        self.resize(self.width(), min(HEIGHT, room))
        self.open()
        self.editors["name"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.editors["name"].selectAll()

    # -- how it looks ------------------------------------------------------------------------------

    def _field(self, name: str) -> Field:
        text = self._look.text
        hint = text(f"product_form.{name}_hint") if name in _HINTED else ""
        field = Field(text(f"product_form.{name}"), self.editors[name], hint)
        self._fields[name] = field
        return field

    def _add_row(self, widgets: Sequence[QWidget]) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.LARGE)
        for widget in widgets:
            line.addWidget(widget, 1, Qt.AlignmentFlag.AlignTop)
        self.add_widget(row)

    def _fill(self) -> None:
        product, editors = self._product, self.editors
        if product is None:
            editors["base_unit"].setText("件")
            return
        for name in _TEXTS:
            editors[name].setText(str(getattr(product, name)))
        editors["price"].setText(_plain(product.price))
        for name in ("min_days_left", "shelf_life_days"):
            editors[name].setText(str(getattr(product, name) or ""))
        for name, box in self.flags.items():
            box.setChecked(bool(getattr(product, name)))
        if self._unit_code is not None:
            editors["barcode"].setText(self._unit_code.code)
        if self._pack is not None:
            editors["pack_code"].setText(self._pack.code)
            editors["pack_quantity"].setText(_plain(self._pack.quantity))

    # -- what was typed ----------------------------------------------------------------------------

    def _typed(self, name: str) -> str:
        return self.editors[name].text().strip()

    def wrong(self) -> Errors:
        """Return what is wrong with what was typed, field by field."""
        text = self._look.text
        errors = {
            name: text("form.required") for name in ("name", "sku", "base_unit") if not self._typed(name)
        }
        price = read_micro(self._typed("price") or "0")
        if price is None or price > MAX_PRICE:
            errors["price"] = text("product_form.wrong_price")
        for name in ("min_days_left", "shelf_life_days"):
            if self._days(name) is None:
                errors[name] = text("product_form.wrong_days", most=MOST_DAYS)
        for name in ("barcode", "pack_code"):
            if is_reserved(fold(self._typed(name))):
                errors[name] = text("product_form.wrong_code")
        return {**errors, **self._wrong_pack()}

    def _wrong_pack(self) -> Errors:
        text, code, quantity = self._look.text, self._typed("pack_code"), self._typed("pack_quantity")
        if not code and not quantity:
            return {}
        if not code:
            return {"pack_code": text("form.required")}
        if code == self._typed("barcode"):
            return {"pack_code": text("product_form.same_code")}
        read = read_micro(quantity)
        if read is None or not 0 < read <= MAX_QUANTITY:
            return {"pack_quantity": text("product_form.wrong_quantity")}
        return {}

    def _days(self, name: str) -> int | None:
        """Return a number of days, 0 where nothing stands, None where it is none."""
        typed = self._typed(name)
        if not typed:
            return 0
        return int(typed) if typed.isascii() and typed.isdigit() and int(typed) <= MOST_DAYS else None

    def _barcodes(self) -> tuple[Barcode, ...]:
        """Return the codes that the form shows now."""
        codes = []
        if unit := fold(self._typed("barcode")):
            codes.append(Barcode(unit, gtin14(unit), MICRO, self._typed("base_unit")))
        if pack := fold(self._typed("pack_code")):
            name = self._pack.unit if self._pack is not None else CARTON
            codes.append(Barcode(pack, gtin14(pack), read_micro(self._typed("pack_quantity")) or 0, name))
        return tuple(codes)

    # -- what becomes of it ------------------------------------------------------------------------

    def work(self) -> Callable[[], Any]:
        """Return the operation that says what was typed."""
        body = self._added() if self._product is None else self._changed(self._product)
        desk = self._parts.desk
        return lambda: desk.do(body)

    def told(self) -> str:
        """Return what is said once it is saved."""
        return self._look.text(f"product_form.saved_{self._verb}", name=self._typed("name"))

    def _added(self) -> AddProduct:
        flags = self.flags
        return AddProduct(
            NewSku(
                sku_id=self._parts.desk.runtime.new_id(),
                sku=self._typed("sku"),
                name=self._typed("name"),
                name_en=self._typed("name_en"),
                category=self._typed("category"),
                base_unit=self._typed("base_unit"),
                price=read_micro(self._typed("price") or "0") or 0,
                track_lot=flags["track_lot"].isChecked(),
                track_expiry=flags["track_expiry"].isChecked(),
                track_serial=flags["track_serial"].isChecked(),
                shelf_life_days=self._days("shelf_life_days") or 0,
                min_days_left=self._days("min_days_left") or 0,
                barcodes=self._barcodes(),
            )
        )

    def _changed(self, product: ProductView) -> ChangeProduct:
        """Return what differs from what the form began with: what a colleague changed meanwhile stays."""
        typed: dict[str, Any] = {name: self._typed(name) for name in _TEXTS}
        typed.update(price=read_micro(self._typed("price") or "0") or 0)
        typed.update({name: self._days(name) or 0 for name in ("min_days_left", "shelf_life_days")})
        typed.update({name: box.isChecked() for name, box in self.flags.items()})
        changes = {name: value for name, value in typed.items() if value != getattr(product, name)}
        before = [code for code in (self._unit_code, self._pack) if code is not None]
        known = {(code.code, code.quantity) for code in before}
        codes = self._barcodes()
        gained = tuple(code for code in codes if (code.code, code.quantity) not in known)
        dropped = tuple(one.code for one in before if one.code not in {code.code for code in codes})
        return ChangeProduct(product.id, **changes, codes=gained, dropped=dropped, completes=self._completes)


def _shown_codes(codes: Sequence[BarcodeView]) -> tuple[BarcodeView | None, BarcodeView | None]:
    """Return the first code of one base unit and the first of a pack."""
    unit = next((code for code in codes if code.quantity == MICRO), None)
    return unit, next((code for code in codes if code.quantity != MICRO), None)


def _plain(micro: int) -> str:
    """Return 10^-6 units as they are typed."""
    whole, part = divmod(micro, MICRO)
    decimals = f"{part:06d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
