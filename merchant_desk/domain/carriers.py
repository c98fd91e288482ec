"""Carriers: who takes parcels to customers, and where a parcel is followed."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

PLACE = "{tracking}"
"""What stands in a tracking address where the parcel's number belongs."""

MOST_ADDRESS = 500
MOST_TRACKING = 64
"""Characters."""


@operation("add_carrier", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class AddCarrier:
    """Decision: somebody who takes our parcels; refused by name when the code is taken.

    `tracking_url` is a web address with `{tracking}` where the parcel's number belongs, or empty.
    """

    carrier_id: UUID
    code: str
    name: str
    tracking_url: str


@operation("change_carrier", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class ChangeCarrier:
    """Decision: a carrier's name or tracking address is another one; the code stays."""

    carrier_id: UUID
    name: str
    tracking_url: str


@operation("archive_carrier", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class ArchiveCarrier:
    """Decision: no more parcels go there; those that went keep it."""

    carrier_id: UUID


@operation("restore_carrier", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class RestoreCarrier:
    """Decision: parcels go there again."""

    carrier_id: UUID


def check_tracking_url(pattern: str) -> None:
    """Refuse an address at which no parcel could be found; empty is none.

    Raises:
        Refusal: `tracking_url_unreadable`: not http or https, without a host, with blanks, or too long;
            `tracking_url_place`: the parcel's number has not exactly one place, behind the host.
    """
    if not pattern:
        return
    try:
        parts = urlsplit(pattern)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise Refusal("tracking_url_unreadable", url=pattern) from None
    clean = pattern.isprintable() and len(pattern.split()) == 1 and len(pattern) <= MOST_ADDRESS
    if not clean or parts.scheme not in ("http", "https") or not host.strip(".") or parts.username:
        raise Refusal("tracking_url_unreadable", url=pattern)
    behind = f"{parts.path}?{parts.query}#{parts.fragment}"
    if behind.count(PLACE) != 1 or pattern.count("{") != 1 or pattern.count("}") != 1:
        raise Refusal("tracking_url_place", place=PLACE)


def check_tracking(tracking: str) -> None:
    """Refuse a parcel's number that is too long or has control characters (`tracking_unreadable`)."""
    if len(tracking) > MOST_TRACKING or not tracking.isprintable():
        raise Refusal("tracking_unreadable", most=MOST_TRACKING)


def tracking_address(pattern: str, tracking: str) -> str:
    """Return where a parcel is followed, or nothing where there is no address or no number."""
    return pattern.replace(PLACE, quote(tracking, safe="")) if pattern and tracking else ""
