"""Operations over which the server's program breaks, as programs do, until a better one comes."""

from typing import Any
from uuid import UUID

from merchant_desk.domain.counting import CountGoods
from merchant_desk.domain.orders import AcceptOrder, PlaceOrder
from merchant_desk.domain.products import AddProduct, ChangePrice, LearnBarcode
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods
from merchant_desk.domain.shipping import PickGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.handlers.context import Context, Handler, exchange_handler

KINDS = (
    AdjustStock, OpenReceipt, ReceiveGoods, CloseReceipt, PlaceOrder, AcceptOrder, PickGoods, CountGoods,
    AddProduct, ChangePrice, LearnBarcode,
)  # fmt: skip
"""What it may break over: facts and decisions, that others stand on and that nothing stands on."""


class BrokenHandlerError(Exception):
    """What a mistake in a handler raises."""


class Poison:
    """Lets handlers break on the server's side over some operations. Used until `leave`."""

    def __init__(self) -> None:
        self.over: set[UUID] = set()
        self._own: dict[type, Handler] = {}

    def spoil(self, body: object, op_id: UUID) -> bool:
        """Let the server break over an operation; False if its kind is not among them."""
        kind = type(body)
        if kind not in KINDS:
            return False
        self.over.add(op_id)
        if kind not in self._own:
            self._own[kind] = exchange_handler(kind, self._broken)
        return True

    def cure(self) -> bool:
        """Break over nothing any more; tells whether there was something."""
        found = bool(self.over)
        self.over.clear()
        return found

    def leave(self) -> None:
        """Put everything back."""
        for kind, own in self._own.items():
            exchange_handler(kind, own)
        self._own.clear()

    def _broken(self, context: Context, body: Any) -> None:
        if context.envelope.op_id in self.over and context.unit.store.statements["ledger"].on_server:
            raise BrokenHandlerError
        self._own[type(body)](context, body)
