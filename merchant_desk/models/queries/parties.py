"""What an import of suppliers and customers asks: who stands here under a code, and who is in use."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import id_of
from merchant_desk.models.queries.imports import rows_by


class StandingSupplier(NamedTuple):
    """A supplier, in use or archived."""

    id: UUID
    name: str
    archived: bool


def suppliers_by_codes(connection: Connection, codes: Iterable[str]) -> dict[str, StandingSupplier]:
    """Return suppliers by the code as it is asked for."""
    keys = {code: sku_key(code) for code in codes}
    named = rows_by(connection, "suppliers", "code_key", "code_key, id, name, archived", keys.values())
    found = {str(row[0]): StandingSupplier(id_of(row[1]), str(row[2]), bool(row[3])) for row in named}
    return {code: found[key] for code, key in keys.items() if key in found}


def supplier_words(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return code and name of suppliers."""
    found = rows_by(connection, "suppliers", "id", "id, code, name", (id.bytes for id in ids))
    return {id_of(row[0]): (str(row[1]), str(row[2])) for row in found}


def buyer_codes(connection: Connection, codes: Iterable[str]) -> dict[str, UUID]:
    """Return buyers by the code as it is asked for."""
    keys = {code: sku_key(code) for code in codes}
    named = rows_by(connection, "buyers", "code_key", "code_key, id", keys.values())
    found = {str(row[0]): id_of(row[1]) for row in named}
    return {code: found[key] for code, key in keys.items() if key in found}


def suppliers_in_use(connection: Connection) -> set[UUID]:
    """Return the suppliers that purchase orders, receipts or products name; closed orders do not count."""
    sql = (
        "SELECT supplier_id FROM purchase_orders WHERE status <> 'closed'"
        " UNION SELECT supplier_id FROM receipts WHERE supplier_id IS NOT NULL"
        " UNION SELECT supplier_id FROM skus WHERE supplier_id IS NOT NULL AND archived = 0"
    )
    return {id_of(row[0]) for row in connection.exec_driver_sql(sql)}


def buyers_kept(connection: Connection) -> set[UUID]:
    """Return the buyers that stay: orders name them, or this desk alone has their key still."""
    sql = (
        "SELECT buyer_id FROM orders WHERE buyer_id IS NOT NULL AND status <> 'cancelled'"
        " UNION SELECT id FROM buyer_keys WHERE shared = 0"
    )
    return {id_of(row[0]) for row in connection.exec_driver_sql(sql)}
