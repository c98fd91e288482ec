"""What Ctrl+K finds besides commands: products, orders and documents, by any part of their text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from merchant_desk.desk import Desk
from merchant_desk.models.queries.document_lists import DOCUMENT_LISTS
from merchant_desk.models.queries.goods_lists import PRODUCTS, ProductRow
from merchant_desk.models.queries.lists import Filter, Listing, Window, exact_ids, window
from merchant_desk.models.queries.order_lists import ORDERS, PURCHASES
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.window.command_palette import Hit, SearchSource

MOST = 4
"""Hits of one kind in the palette; the lists show all of them."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a kind of record is listed, and how one is told in a line."""

    screen: str
    icon: str
    listing: Listing[Any]
    sort: str
    title: Callable[[Any, Language], str]
    detail: Callable[[Any], str]
    right: str = ""


def _name(row: ProductRow, language: Language) -> str:
    return name_of(row.name, row.name_en, language)


def _number(row: Any, _: Language) -> str:
    return str(row.number)


_SOURCES = (
    _Source("products", "package", PRODUCTS, "name", _name, lambda row: row.sku),
    _Source("orders", "shopping-cart", ORDERS, "placed", _number, lambda row: row.buyer),
    _Source("purchasing", "truck", PURCHASES, "placed", _number, lambda row: row.supplier),
    _Source(
        "receipts",
        "package-plus",
        DOCUMENT_LISTS["receipts"],
        "opened",
        _number,
        lambda row: row.about or row.partner,
    ),
    _Source(
        "shipments",
        "package-check",
        DOCUMENT_LISTS["shipments"],
        "opened",
        _number,
        lambda row: row.about,
    ),
    _Source(
        "counts",
        "clipboard-check",
        DOCUMENT_LISTS["counts"],
        "opened",
        _number,
        lambda row: row.about,
    ),
)


def record_sources(
    desk: Desk, look: Look, go: Callable[[str, object], None], permitted: Callable[[str], bool]
) -> Sequence[SearchSource]:
    """Return what the window's search asks, one source a kind. `go(screen, id)` shows a record."""

    def find(source: _Source, typed: str) -> list[Hit]:
        if not permitted(source.right):
            return []
        with desk.read() as connection, connection.begin():
            part = Window(source.sort, descending=source.sort != "name", limit=MOST)
            rows = window(connection, source.listing, Filter(typed=typed), part)
            exact = exact_ids(connection, source.listing, typed)
        kind = look.text(f"screen.{source.screen}")
        return [
            Hit(
                source.title(row, look.language),
                partial(go, source.screen, row.id),
                f"{source.detail(row)} · {kind}",
                source.icon,
                exact=row.id in exact,
            )
            for row in rows
        ]

    return [partial(find, source) for source in _SOURCES]
