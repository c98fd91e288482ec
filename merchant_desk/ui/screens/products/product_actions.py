"""What the office does with products: new, change, complete, merge."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from merchant_desk.models.queries.goods_lists import BarcodeView
from merchant_desk.models.queries.product_forms import ProductView, product_form
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.products.merge_form import MergeForm
from merchant_desk.ui.screens.products.product_form import ProductForm
from merchant_desk.ui.screens.products.product_tax import ProductTax
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.window.screens import ScreenContext

Found = tuple[ProductView, list[BarcodeView]] | None


class ProductActions(QObject):
    """Opens the forms of products over a screen; what they begin with is read in the background."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._tax = ProductTax(owner, parts, context)

    def commands(self, chosen: Callable[[], tuple[UUID, str] | None]) -> list[Action]:
        """Return the actions of the products screen; `chosen` tells id and status of the chosen product."""

        def when(*states: str) -> Callable[[], bool]:
            return lambda: (found := chosen()) is not None and found[1] in states

        def run(action: Callable[[UUID], None]) -> Callable[[], None]:
            def go() -> None:
                found = chosen()
                if found is not None:
                    action(found[0])

            return go

        return [
            act("products.new", self.add, "Ctrl+N", "plus", right="product"),
            act("products.change", run(self.change), "F2", "pencil", when=when("active"), right="product"),
            act("products.complete", run(self.complete), "F7", "check", when=when("draft"), right="product"),
            act(
                "products.merge", run(self.merge), "F9", "link", when=when("active", "draft"), right="product"
            ),
            act("products.tax", run(self._tax.ask), "F8", "receipt", when=when("active"), right="product"),
        ]

    def add(self) -> None:
        """Ask for a new product."""
        ProductForm(self._owner, self._parts, self._context).begin()

    def change(self, sku_id: UUID) -> None:
        """Change a product."""
        self._read(sku_id, lambda found: self._open(found, completes=False))

    def complete(self, sku_id: UUID, done: Callable[[], None] | None = None) -> None:
        """Complete a draft; `done` hears of it when it is saved."""
        self._read(sku_id, lambda found: self._open(found, completes=True, done=done))

    def merge(self, sku_id: UUID, keep: str = "") -> None:
        """Merge a product into another one; `keep` is proposed as the one that stays."""

        def ask(found: Found) -> None:
            if found is not None:
                row = found[0]
                name = f"{name_of(row.name, row.name_en, self._context.look.language)} · {row.sku}"
                MergeForm(self._owner, self._parts, self._context, (sku_id, name), keep).begin()

        self._read(sku_id, ask)

    def _open(self, found: Found, *, completes: bool, done: Callable[[], None] | None = None) -> None:
        if found is None:
            return
        form = ProductForm(self._owner, self._parts, self._context, found, completes=completes)
        if done is not None:
            form.then = done
        form.begin()

    def _read(self, sku_id: UUID, then: Callable[[Found], None]) -> None:
        desk = self._parts.desk
        self._context.runner.run(
            lambda: desk.ask(lambda connection: product_form(connection, sku_id)), then, owner=self
        )
