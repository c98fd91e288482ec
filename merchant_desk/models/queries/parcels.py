"""Who has a shipment's parcel, where it is followed, and who takes an outlet's parcels usually."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.carriers import tracking_address
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.settings_known import USUAL_CARRIER
from merchant_desk.models.queries.rows import fetch, fetch_one
from merchant_desk.models.queries.settings import Whose, decisions_of


@dataclass(frozen=True, slots=True)
class CarrierView:
    """A carrier that parcels can go with."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ParcelView:
    """Who has a parcel, as people say it; which carrier that is, the number, where it is followed."""

    carrier: str
    carrier_id: UUID | None
    tracking: str
    tracking_url: str

    @property
    def address(self) -> str:
        """Where the parcel is followed; empty if nowhere."""
        return tracking_address(self.tracking_url, self.tracking)


def parcel_of(connection: Connection, shipment_id: UUID) -> ParcelView | None:
    """Return what is noted of a shipment's parcel, or None if the shipment is not here."""
    sql = (
        "SELECT s.carrier, s.carrier_id, s.tracking, coalesce(c.tracking_url, '') FROM shipments s"
        " LEFT JOIN carriers c ON c.id = s.carrier_id WHERE s.id = ?"
    )
    return fetch_one(connection, ParcelView, sql, [shipment_id])


def carriers(connection: Connection) -> list[CarrierView]:
    """Return the carriers that parcels can go with, by name."""
    sql = "SELECT id, code, name FROM carriers WHERE archived = 0 ORDER BY name"
    return fetch(connection, CarrierView, sql)


def usual_carrier(connection: Connection, outlet_id: UUID) -> CarrierView | None:
    """Return who takes an outlet's parcels unless somebody says another, or None."""
    merchant = connection.exec_driver_sql("SELECT id FROM merchants LIMIT 1").scalar()
    if merchant is None:
        return None
    code = decisions_of(connection, Whose(UUID(bytes=merchant), outlet_id)).value(USUAL_CARRIER)
    sql = "SELECT id, code, name FROM carriers WHERE code_key = ? AND archived = 0"
    return fetch_one(connection, CarrierView, sql, [sku_key(code)]) if code else None
