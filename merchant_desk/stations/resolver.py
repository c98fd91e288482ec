"""From a code to what it means here: structure from the domain, existence from the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from merchant_desk.domain.codes import Classified, classify, sku_key
from merchant_desk.domain.gs1 import Elements
from merchant_desk.domain.house_codes import Command
from merchant_desk.domain.in_store import InStorePattern, InStoreReading
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import patterns_of
from merchant_desk.models.queries.floor import (
    CodeHit,
    DocumentHit,
    LocationView,
    PersonHit,
    documents_by_number,
    location_by_code,
    person_by_badge,
    sku_by_key,
    skus_by_code,
)
from merchant_desk.stations.scans import Product

IN_STORE = patterns_of(Decisions())
"""How scales write their codes where no other setting says so."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything that a code means here. Several products: it is ambiguous, and a person chooses.

    `problems` are damaged elements of a GS1 message, of which the rest was kept.
    """

    classified: Classified
    command: Command | None = None
    products: tuple[Product, ...] = ()
    location: LocationView | None = None
    documents: tuple[DocumentHit, ...] = ()
    person: PersonHit | None = None
    problems: tuple[str, ...] = field(default=())

    @property
    def unknown(self) -> bool:
        """Tell whether nothing here goes by this code."""
        return not (self.command or self.products or self.location or self.documents or self.person)


def resolve(
    connection: Connection,
    text: str,
    aim: str | None,
    today: int,
    patterns: Sequence[InStorePattern] = IN_STORE,
) -> Meaning:
    """Return what a code means on this desk. `today` is the business day, yyyymmdd."""
    read = classify(text, aim, patterns, today)
    if read.command is not None:
        return Meaning(read, command=read.command)
    location = location_by_code(connection, sku_key(read.location or read.raw))
    if read.location is not None:
        return Meaning(read, location=location)
    person = person_by_badge(connection, read.raw) if read.person is not None else None
    if read.person is not None:
        return Meaning(read, person=person)
    documents = tuple(documents_by_number(connection, read.document or read.sku_key))
    message = _trusted(read)
    problems = tuple(f"{p.ai}:{p.code}" for p in message.problems) if message else ()
    return Meaning(read, None, _products(connection, read), location, documents, None, problems)


def _trusted(read: Classified) -> Elements | None:
    """Return the GS1 message if the code can be nothing else: an unsure one gives no lot and no date."""
    return read.elements if read.elements_sure else None


def _products(connection: Connection, read: Classified) -> tuple[Product, ...]:
    message = _trusted(read)
    if message is not None:
        keys = [key for key in (message.gtin, message.content_gtin) if key]
        hits = skus_by_code(connection, read.raw, keys[:1])
        return tuple(_of_message(hit, message) for hit in hits)
    hits = skus_by_code(connection, read.raw, [reading.key for reading in read.gtins])
    if not hits:
        weighed = [_of_scale(connection, reading) for reading in read.in_store]
        found = tuple(product for products in weighed for product in products)
        if found:
            return found
        named = sku_by_key(connection, read.sku_key)
        hits = [named] if named else []
    return tuple(Product(hit, hit.quantity) for hit in hits)


def _of_message(hit: CodeHit, message: Elements) -> Product:
    quantity = hit.quantity * (1 if message.count is None else message.count)
    weight = message.net_weight
    if weight is not None and hit.base_unit.casefold() in ("kg", "公斤", "千克"):
        quantity = weight
    expiry = message.expiry or message.best_before or message.sell_by
    return Product(hit, quantity, message.lot or "", expiry, message.serial or "")


def _of_scale(connection: Connection, reading: InStoreReading) -> list[Product]:
    keys = [reading.base_gtin] if reading.base_gtin else []
    hits = skus_by_code(connection, reading.base_code, keys) or skus_by_code(connection, reading.item, [])
    found = []
    for hit in hits:
        quantity = hit.quantity
        if reading.weight is not None:
            quantity = reading.weight
        elif reading.count is not None:
            quantity = hit.quantity * reading.count
        elif reading.price is not None and hit.price > 0:
            quantity = reading.price * 1_000_000 // hit.price
        found.append(Product(replace(hit, quantity=quantity), quantity))
    return found
