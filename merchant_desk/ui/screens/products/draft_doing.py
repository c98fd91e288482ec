"""What the office can do about a task that tells of a draft product: complete it, or merge it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QWidget

from merchant_desk.domain.tasks import SettleTask
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.products.product_actions import ProductActions
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext

CLASH = "sku_taken_by_draft"
ABOUT_DRAFTS = (CLASH, "code_left_out")


@dataclass(frozen=True, slots=True)
class DraftAction:
    """One thing to do; `key` names its text."""

    key: str
    run: Callable[[], None]


class DraftDoing:
    """Makes those actions for one screen."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        self._parts = parts
        self._doing = Doing(owner, parts, context)
        self._office = ProductActions(owner, parts, context)

    def actions(
        self, task_id: UUID, outlet_id: UUID, code: str, about_id: UUID | None, sku: str
    ) -> list[DraftAction]:
        """Return what this person can do about a task.

        Args:
            task_id: the task.
            outlet_id: its outlet.
            code: what it tells.
            about_id: the draft.
            sku: the SKU that both products want.
        """
        if code not in ABOUT_DRAFTS or about_id is None or not self._parts.permitted("product"):
            return []
        settled = SettleTask(task_id, outlet_id, "corrected", "")

        def complete() -> None:
            self._office.complete(about_id, lambda: self._doing.do(settled))

        made = [DraftAction("task.complete", complete)]
        if code == CLASH:
            made.insert(0, DraftAction("task.merge", lambda: self._office.merge(about_id, sku)))
        return made
