"""Goods of a product that an undo of its import archived, moved by a desk that had not heard of it."""

import re
from typing import Final

from merchant_desk.domain.codes import sku_key
from merchant_desk.handlers.context import Context
from merchant_desk.models.columns import Row

_MARK: Final = re.compile(r"~\d+$")
"""What `natural_keys.freed` adds to a code that is given up."""


def bring_back(context: Context, row: Row) -> None:
    """Let a product stand again of which a movement left goods, and say so.

    An undo leaves what is in use. Whether the goods were moved before the undo came or after it is a matter
    of slow lines: both end alike, and no stock lies under a product that is on no list. Its barcodes went
    with the undo.

    Args:
        context: the movement's operation.
        row: the movement, as it was written to the ledger.
    """
    unit, sku_id = context.unit, row["sku_id"]
    sku = unit.peek("skus", sku_id)
    if sku is None or not sku["archived"] or sku["job_id"] is None:
        return
    balance = unit.peek("stock_balances", row["stock_key"])
    if balance is None or not balance["on_hand"]:
        return
    code, named = _MARK.sub("", sku["sku"]), {}
    if unit.find("skus", sku_key=sku_key(code)):
        code = sku["sku"]
    else:
        named = {"sku": code, "sku_key": sku_key(code)}
    unit.update("skus", sku_id, archived=0, **named)
    context.flag("undone_in_use", row["outlet_id"], ("skus", sku_id), code=code)
