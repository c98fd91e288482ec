"""What an import of purchase orders asks: suppliers by name, products by code, orders that stand."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_articles import Article
from merchant_desk.models.queries.imports import rows_by

Named = dict[str, tuple[UUID, ...]]


class StandingPurchase(NamedTuple):
    """A purchase order that is here; `goods` are (SKU id as bytes, 10^-6 base units), sorted."""

    order_id: UUID
    supplier_id: UUID
    due_day: int
    goods: list[tuple[bytes, int]]


def suppliers_named(connection: Connection) -> tuple[Named, Named]:
    """Return all suppliers by the key of their code, and by that of their name."""
    by_code: dict[str, list[UUID]] = defaultdict(list)
    by_name: dict[str, list[UUID]] = defaultdict(list)
    for id, code_key, name in connection.exec_driver_sql("SELECT id, code_key, name FROM suppliers"):
        by_code[code_key].append(id_of(id))
        by_name[sku_key(name)].append(id_of(id))
    return _tuples(by_code), _tuples(by_name)


def _tuples(found: dict[str, list[UUID]]) -> Named:
    return {key: tuple(ids) for key, ids in found.items()}


def articles_by_codes(connection: Connection, codes: Iterable[str]) -> dict[str, list[Article]]:
    """Return what barcodes stand for by their text; SKUs that are archived do not count."""
    return _articles(connection, "code", codes)


def articles_by_gtins(connection: Connection, gtins: Iterable[str]) -> dict[str, list[Article]]:
    """Return what barcodes stand for by their GTIN-14."""
    return _articles(connection, "gtin", gtins)


def units_of(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, str]:
    """Return SKUs' base units."""
    found = rows_by(connection, "skus", "id", "id, base_unit", (id.bytes for id in skus))
    return {id_of(id): unit for id, unit in found}


def _articles(connection: Connection, column: str, values: Iterable[str]) -> dict[str, list[Article]]:
    source = "barcodes b JOIN skus s ON s.id = b.sku_id AND s.archived = 0"
    found: dict[str, list[Article]] = defaultdict(list)
    for code, sku_id, quantity in rows_by(
        connection, source, f"b.{column}", f"b.{column}, b.sku_id, b.quantity", values
    ):
        article = Article(id_of(sku_id), quantity)
        if article not in found[code]:
            found[code].append(article)
    return found


def purchases_by_keys(connection: Connection, number_keys: Iterable[str]) -> dict[str, StandingPurchase]:
    """Return purchase orders by the key of their number."""
    wanted = "number_key, id, supplier_id, due_day"
    heads = rows_by(connection, "purchase_orders", "number_key", wanted, number_keys)
    goods: dict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
    source = "purchase_lines l LEFT JOIN sku_merges g ON g.id = l.sku_id"
    columns = "l.order_id, coalesce(g.kept_id, l.sku_id), l.quantity"
    for order_id, sku_id, quantity in rows_by(
        connection, source, "l.order_id", columns, (head[1] for head in heads)
    ):
        goods[bytes(order_id)].append((bytes(sku_id), quantity))
    return {
        key: StandingPurchase(id_of(id), id_of(supplier), day, sorted(goods[bytes(id)]))
        for key, id, supplier, day in heads
    }
