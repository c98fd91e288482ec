"""Closing the chosen outlet, once its desks were looked at, and opening it again."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from merchant_desk.domain.outlet_closing import CloseOutlet, DeskWork, ReopenOutlet, check_desks_sent
from merchant_desk.models.queries.records import OutletRow
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "organise"
REASONS = ("lease", "moved", "given_up")


class OutletClosing:
    """The two actions and their question; what the server makes of it comes by the feed, or as a task."""

    def __init__(
        self, owner: QWidget, parts: ScreenParts, context: ScreenContext, row: Callable[[], OutletRow | None]
    ) -> None:
        self._desk, self._context, self._row = parts.desk, context, row
        self._doing = Doing(owner, parts, context)

    def actions(self, group: str) -> list[Action]:
        """Return them."""
        return [
            act("outlets.close", self.ask, "F8", "x", when=self._open_elsewhere, right=RIGHT, group=group),
            act("outlets.reopen", self.reopen, "F10", "rotate-ccw", when=self._closed, right=RIGHT,
                group=group),
        ]  # fmt: skip

    def ask(self) -> None:
        """Ask the server for the outlet's desks, then a person for the reason."""
        row = self._row()
        if row is not None:
            self._doing.run(lambda: self._looked_at(row), lambda desks: self._ask_reason(row, desks))

    def reopen(self) -> None:
        """Ask for the outlet to be opened again."""
        row = self._row()
        if row is not None:
            self._doing.do(ReopenOutlet(row.id), told=self._context.look.text("outlets.reopen_asked"))

    def _looked_at(self, row: OutletRow) -> list[DeskWork]:
        desks = self._desk.desks_work(row.id)
        check_desks_sent(row.code, desks)
        return desks

    def _ask_reason(self, row: OutletRow, desks: list[DeskWork]) -> None:
        text, note = self._context.look.text, [self._context.look.text("outlets.close_note")]
        if desks:
            codes = ", ".join(desk.code for desk in desks)
            note.append(text("outlets.close_desks", desks=codes, n=len(desks)))

        def close(reason: str) -> None:
            operation = CloseOutlet(row.id, reason, tuple(desk.id for desk in desks))
            self._doing.do(operation, told=text("outlets.close_asked"))

        self._doing.ask_reason(
            text("outlets.close_title", code=row.code, name=row.name),
            close,
            note="\n\n".join(note),
            suggestions=tuple(text(f"outlets.close_reason.{one}") for one in REASONS),
            danger=True,
            save=text("outlets.close"),
            hint=text("moving.reason_hint"),
        )

    def _open_elsewhere(self) -> bool:
        row = self._row()
        return row is not None and not row.archived and row.id != self._desk.identity.outlet_id

    def _closed(self) -> bool:
        row = self._row()
        return row is not None and bool(row.archived)
