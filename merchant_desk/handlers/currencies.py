"""Handlers: the currency of the books."""

from merchant_desk.domain.currencies import MONEY, ChangeCurrency, check_currency
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import note_change


@handles(ChangeCurrency)
def change_currency(context: Context, op: ChangeCurrency) -> None:
    """Keep the books in another currency, while nothing in them is money.

    Prices of products stay the figures that they are: they say what is asked, nothing was booked by them.

    Raises:
        Refusal: `unknown_currency`; `money_booked`: figures would mean another money from now on.
    """
    check_currency(op.currency)
    merchant = context.get("merchants", context.envelope.merchant_id)
    was = merchant["currency"]
    if was == op.currency:
        return
    for table in MONEY:
        if rows := context.unit.count(table):
            raise Refusal("money_booked", currency=was, table=table, rows=rows)
    context.unit.update("merchants", merchant["id"], currency=op.currency)
    note_change(context, ("merchants", merchant["id"]), "currency", was, op.currency)
