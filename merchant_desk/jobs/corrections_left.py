"""What an undo leaves alone of what an import corrected: fields that somebody has changed since."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.imports_corrections import (
    FieldChange,
    ProductCorrection,
    SupplierCorrection,
    values_of,
)
from merchant_desk.jobs.product_corrections import shown
from merchant_desk.models.queries.imports import product_words
from merchant_desk.models.queries.parties import supplier_words


class LeftAlone(NamedTuple):
    """A record by its code, and a field: what stands there now, and what stood before the import."""

    code: str
    change: FieldChange


def left_alone(
    connection: Connection, products: Iterable[ProductCorrection], suppliers: Iterable[SupplierCorrection]
) -> tuple[LeftAlone, ...]:
    """Return what stands otherwise than the last correction of a job wrote it, and than it was before.

    Args:
        connection: the desk's.
        products: corrections of one job in their order.
        suppliers: likewise.
    """
    left: list[LeftAlone] = []
    fields: dict[UUID, dict[str, ProductCorrection]] = {}
    for product in products:
        for name in values_of(product.now):
            fields.setdefault(product.now.sku_id, {})[name] = product
    words = product_words(connection, fields)
    for id, named in fields.items():
        stands = words.get(id)
        for name, one in named.items() if stands is not None and not stands.merged else ():
            value, before = getattr(stands, name), getattr(one.was, name)
            if stands is not None and value not in (getattr(one.now, name), before):
                left += (LeftAlone(stands.sku, change) for change in shown({name: value}, {name: before}))
    last = {one.now.supplier_id: one for one in suppliers}
    for id, (code, name) in supplier_words(connection, last).items():
        if name not in (last[id].now.name, last[id].was.name):
            left.append(LeftAlone(code, FieldChange("party_name", name, last[id].was.name)))
    return tuple(left)
