"""Locations come into being once, whoever makes them, and end only when nothing stands there."""

from typing import Any
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import MOST_AT_ONCE, AddLocations, ArchiveLocation, location_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import AdjustStock
from tests.helpers.floor import (
    BEER,
    OTHER_OUTLET,
    OTHER_WAREHOUSE,
    OUTLET,
    RECEIVING,
    SHELF,
    STAGING,
    WAREHOUSE,
    Floor,
    named,
)


def more(*codes: str) -> AddLocations:
    return AddLocations(OUTLET, WAREHOUSE, "storage", codes)


def location(floor: Floor, id: UUID) -> dict[str, Any]:
    (found,) = floor.rows("locations", id=id)
    return found


def adjusted(quantity: int) -> AdjustStock:
    return AdjustStock(OUTLET, WAREHOUSE, SHELF, BEER, None, "sellable", quantity * MICRO, "found", "")


def test_codes_that_are_there_stay_as_they_are(floor: Floor) -> None:
    before = location(floor, SHELF)
    floor.do(more("a-01", "A-09"))
    assert location(floor, SHELF) == before
    made = location(floor, location_id(WAREHOUSE, "a-09"))
    assert (made["code"], made["kind"], made["archived"]) == ("A-09", "storage", 0)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (AddLocations(OUTLET, WAREHOUSE, "moon", ("A-09",)), "unknown_location_kind"),
        (AddLocations(OUTLET, OTHER_WAREHOUSE, "storage", ("A-09",)), "other_outlet"),
        (AddLocations(OUTLET, named("none"), "storage", ("A-09",)), "not_here"),
        (more("A 09"), "location_code_unreadable"),
        (more(*(f"A-{n}" for n in range(MOST_AT_ONCE + 1))), "too_many_locations"),
        (ArchiveLocation(OUTLET, named("none")), "not_here"),
        (ArchiveLocation(OTHER_OUTLET, SHELF), "other_outlet"),
        (ArchiveLocation(OUTLET, RECEIVING), "location_of_warehouse"),
        (ArchiveLocation(OUTLET, STAGING), "location_of_warehouse"),
    ],
)
def test_what_is_refused(floor: Floor, operation: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        floor.do(operation)
    assert refused.value.code == code


def test_a_location_ends_when_it_is_empty_and_comes_back_when_it_is_added_again(floor: Floor) -> None:
    floor.do(adjusted(3))
    with pytest.raises(Refusal, match="location_not_empty"):
        floor.do(ArchiveLocation(OUTLET, SHELF))
    floor.do(adjusted(-3))
    floor.do(ArchiveLocation(OUTLET, SHELF))
    floor.do(ArchiveLocation(OUTLET, SHELF))
    assert location(floor, SHELF)["archived"] == 1
    floor.do(more("A-01"))
    assert location(floor, SHELF)["archived"] == 0


def test_what_is_put_away_at_an_archived_place_is_kept_all_the_same(floor: Floor) -> None:
    """A desk that was offline did not know: goods that hands moved are a fact."""
    floor.do(ArchiveLocation(OUTLET, SHELF))
    floor.do(adjusted(2))
    assert floor.on_hand(BEER) == 2
