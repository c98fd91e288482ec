"""Asking which product stays when two turn out to be one."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.products import MergeProducts
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.product_forms import products_named
from merchant_desk.ui.screens.products.saving_form import Errors, SavingForm
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext


class MergeForm(SavingForm):
    """Names the product that is kept, by SKU or barcode; the other one goes into it."""

    blamed: ClassVar[Mapping[str, str]] = {
        "no_such_product": "keep",
        "merge_with_itself": "keep",
        "merge_units_differ": "keep",
        "product_archived": "keep",
        "code_ambiguous": "keep",
    }

    def __init__(
        self,
        owner: QWidget,
        parts: ScreenParts,
        context: ScreenContext,
        merged: tuple[UUID, str],
        keep: str = "",
    ) -> None:
        text = context.look.text
        super().__init__(
            owner,
            context,
            text("merge_form.title", name=merged[1]),
            note=text("merge_form.note"),
            save=text("merge_form.save"),
            danger=True,
        )
        self._parts, self._merged = parts, merged
        self.keep = QLineEdit(keep)
        self.add_field("keep", text("merge_form.keep"), self.keep, text("merge_form.keep_hint"))

    def begin(self) -> None:
        """Show the form."""
        self.open()
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)
        self.keep.selectAll()

    def wrong(self) -> Errors:
        """Return what is wrong with what was typed."""
        return {} if self.keep.text().strip() else {"keep": self._look.text("form.required")}

    def work(self) -> Callable[[], Any]:
        """Return what finds the product and merges the other into it."""
        desk, merged, typed = self._parts.desk, self._merged[0], self.keep.text().strip()

        def merge() -> None:
            named = desk.ask(lambda connection: products_named(connection, typed))
            found = [one for one in named if one.sku_id != merged] or named
            if not found:
                raise Refusal("no_such_product", code=typed)
            if len(found) > 1:
                raise Refusal("code_ambiguous", code=typed, count=len(found))
            desk.do(MergeProducts(found[0].sku_id, merged))

        return merge

    def told(self) -> str:
        """Return what is said once it is done."""
        return self._look.text("merge_form.merged", name=self._merged[1])
