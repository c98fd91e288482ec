"""What the look-up station reads of a product or a location, in one snapshot each."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.desk import Desk
from merchant_desk.models.queries.floor import LocationView
from merchant_desk.models.queries.goods_lists import BarcodeView, ProductRow, barcodes_of, product
from merchant_desk.models.queries.lookup import (
    Standing,
    Unfinished,
    unfinished_of,
    what_stands_at,
    where_it_stands,
)
from merchant_desk.models.queries.stock import MovementView, movements
from merchant_desk.models.queries.taxes import BorneTax
from merchant_desk.ui.screens.products.product_tax import read_tax

MOVEMENTS = 30


@dataclass(frozen=True, slots=True)
class ProductReading:
    """All that is known of a product."""

    row: ProductRow
    codes: list[BarcodeView]
    stock: list[Standing]
    documents: list[Unfinished]
    moves: list[MovementView]
    tax: BorneTax | None


@dataclass(frozen=True, slots=True)
class LocationReading:
    """What the book has at a location."""

    location: LocationView
    stock: list[Standing]


def read_product(desk: Desk, sku_id: UUID) -> ProductReading | None:
    """Return what is known of a product, or None if it is not here."""
    today = desk.calendar()
    with desk.read() as connection, connection.begin():
        row = product(connection, sku_id)
        if row is None:
            return None
        return ProductReading(
            row,
            barcodes_of(connection, sku_id),
            where_it_stands(connection, sku_id),
            unfinished_of(connection, sku_id),
            movements(connection, sku_id, MOVEMENTS),
            read_tax(connection, desk.identity, sku_id, today),
        )


def read_location(desk: Desk, location: LocationView) -> LocationReading:
    """Return what stands at a location."""
    return LocationReading(location, desk.ask(lambda connection: what_stands_at(connection, location.id)))
