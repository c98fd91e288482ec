"""What Ctrl+K finds besides commands: products, orders and documents, by any part of their text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from merchant_desk.desk import Desk
from merchant_desk.models.queries.document_lists import DOCUMENT_LISTS
from merchant_desk.models.queries.goods_lists import PRODUCTS
from merchant_desk.models.queries.lists import Filter, Listing, Window, window
from merchant_desk.models.queries.order_lists import ORDERS, PURCHASES
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
    title: Callable[[Any], str]
    detail: Callable[[Any], str]
    right: str = ""


_SOURCES = (
    _Source("products", "package", PRODUCTS, "name", lambda row: row.name, lambda row: row.sku),
    _Source("orders", "shopping-cart", ORDERS, "placed", lambda row: row.number, lambda row: row.buyer),
    _Source("purchasing", "truck", PURCHASES, "placed", lambda row: row.number, lambda row: row.supplier),
    _Source(
        "receipts",
        "package-plus",
        DOCUMENT_LISTS["receipts"],
        "opened",
        lambda row: row.number,
        lambda row: row.about or row.partner,
    ),
    _Source(
        "shipments",
        "package-check",
        DOCUMENT_LISTS["shipments"],
        "opened",
        lambda row: row.number,
        lambda row: row.about,
    ),
    _Source(
        "counts",
        "clipboard-check",
        DOCUMENT_LISTS["counts"],
        "opened",
        lambda row: row.number,
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
        kind = look.text(f"screen.{source.screen}")
        return [
            Hit(
                source.title(row),
                partial(go, source.screen, row.id),
                f"{source.detail(row)} · {kind}",
                source.icon,
            )
            for row in rows
        ]

    return [partial(find, source) for source in _SOURCES]
