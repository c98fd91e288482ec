"""Who and where: the demo merchant's outlets, shelves and people, with their documented passwords."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from merchant_desk.domain.house_codes import badge_code
from merchant_desk.domain.ids import MERCHANT_WIDE, derived_id
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.server.demo.catalogue import HOUSE_CODE, Article, articles
from merchant_desk.server.demo.dates import ZONE

MERCHANT_ID = derived_id(MERCHANT_WIDE, "demo merchant")
MERCHANT_NAME = "青石供销社"
CURRENCY = "CNY"
MANAGER_LOGIN = "manager"

DEMO_PASSWORD = "qingshi-demo"  # noqa: S105 - printed in the README, for a merchant that does not exist
"""What everybody at the demo merchant signs in with."""


@dataclass(frozen=True)
class DemoOutlet:
    """An outlet with its one warehouse.

    Shelves are aisles x bays x levels, coded A-01-1 and so on; `range_share` is how much of the
    catalogue it keeps, in percent; `shop` is whether people come in and buy.
    """

    code: str
    name: str
    aisles: str
    bays: int
    levels: int
    range_share: int
    shop: bool
    outlet_id: UUID = field(init=False)
    warehouse_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outlet_id", derived_id(MERCHANT_ID, "outlet", self.code))
        object.__setattr__(self, "warehouse_id", derived_id(MERCHANT_ID, "warehouse", self.code))

    @property
    def receiving_id(self) -> UUID:
        """The location where deliveries arrive."""
        return derived_id(self.warehouse_id, "receiving")

    @property
    def staging_id(self) -> UUID:
        """The location where picked goods wait for the carrier."""
        return derived_id(self.warehouse_id, "staging")

    @property
    def shelves(self) -> tuple[str, ...]:
        """The codes of its storage locations, in walking order."""
        return _shelves(self.aisles, self.bays, self.levels)

    def location_id(self, code: str) -> UUID:
        """Return the id of a storage location."""
        return location_id(self.warehouse_id, code)


TOWN = DemoOutlet("CG", "城关门店", "ABCD", 5, 3, 78, shop=True)
VILLAGE = DemoOutlet("BS", "白水乡网点", "AB", 4, 3, 46, shop=True)
RIVER = DemoOutlet("LH", "柳河镇网点", "ABC", 4, 3, 54, shop=True)
CENTRAL = DemoOutlet("ZC", "青石总仓", "ABCDEF", 6, 3, 100, shop=False)
OUTLETS = (TOWN, VILLAGE, RIVER, CENTRAL)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who works for the demo merchant; `outlet` None: everywhere. `badge` is what its code says."""

    login: str
    name: str
    role: str
    outlet: DemoOutlet | None
    badge: str
    pin: str
    password: str = DEMO_PASSWORD

    @property
    def person_id(self) -> UUID:
        """The person's id."""
        return derived_id(MERCHANT_ID, "person", self.login)


def _person(login: str, name: str, role: str, outlet: DemoOutlet | None, card: str, pin: str) -> DemoPerson:
    return DemoPerson(login, name, role, outlet, badge_code(card) if card else "", pin)


MANAGER = _person(MANAGER_LOGIN, "石店长", "manager", None, "", "2580")
PEOPLE = (
    MANAGER,
    _person("cg1", "李春生", "warehouse", TOWN, "1001", "1035"),
    _person("cg2", "赵桂兰", "warehouse", TOWN, "1002", "2046"),
    _person("bs1", "陈水根", "warehouse", VILLAGE, "1003", "3057"),
    _person("bs2", "何秋菊", "warehouse", VILLAGE, "1004", "4068"),
    _person("lh1", "马立冬", "warehouse", RIVER, "1005", "5079"),
    _person("lh2", "孙柳青", "warehouse", RIVER, "1006", "6081"),
    _person("zc1", "郑大江", "warehouse", CENTRAL, "1007", "7092"),
    _person("zc2", "吴满仓", "warehouse", CENTRAL, "1008", "8103"),
    _person("clerk", "林小满", "clerk", None, "1009", "9114"),
    _person("viewer", "高远", "viewer", None, "1010", "1925"),
)


def supplier_id(code: str) -> UUID:
    """Return the id of a supplier."""
    return derived_id(MERCHANT_ID, "supplier", code)


@lru_cache(maxsize=len(OUTLETS))
def assortment(outlet: DemoOutlet) -> tuple[Article, ...]:
    """Return what an outlet keeps; the most wanted first choice of every family is kept everywhere."""
    return tuple(article for article in articles(MERCHANT_ID) if _keeps(outlet, article))


@lru_cache(maxsize=len(OUTLETS))
def homes(outlet: DemoOutlet) -> dict[int, str]:
    """Return the shelf of each article (by its index): the catalogue spread over the shelves in order."""
    kept, shelves = assortment(outlet), outlet.shelves
    return {article.index: shelves[n * len(shelves) // len(kept)] for n, article in enumerate(kept)}


def founding() -> Iterator[object]:
    """Yield the operations that bring merchant, outlets, shelves and people into being."""
    yield FoundMerchant(MERCHANT_NAME, CURRENCY, MANAGER.person_id, MANAGER.name)
    for outlet in OUTLETS:
        yield AddOutlet(outlet.outlet_id, outlet.code, outlet.name, ZONE, 0, outlet.warehouse_id)
        yield AddLocations(outlet.outlet_id, outlet.warehouse_id, "storage", outlet.shelves)
    for person in PEOPLE[1:]:
        yield AddPerson(person.person_id, person.login, person.name, person.badge)
        yield GrantRole(person.person_id, person.role, person.outlet.outlet_id if person.outlet else None)


def worker(body: object) -> UUID | None:
    """Return who did an operation of the story: a document is one worker's of its outlet; else the server.

    The same document is always the same person's.
    """
    names = ("receipt_id", "shipment_id", "count_id")
    documents: list[UUID] = [getattr(body, name) for name in names if hasattr(body, name)]
    outlet_id = getattr(body, "outlet_id", None)
    hands = [one for one in PEOPLE if one.outlet is not None and one.outlet.outlet_id == outlet_id]
    if not documents or not hands:
        return None
    return hands[documents[0].int % len(hands)].person_id


def _keeps(outlet: DemoOutlet, article: Article) -> bool:
    if outlet is CENTRAL:
        return not article.weighed and article.sku != HOUSE_CODE[0]
    if article.demand >= 8:
        return True
    return (article.index * 37 + 11) % 100 < outlet.range_share


@lru_cache(maxsize=len(OUTLETS))
def _shelves(aisles: str, bays: int, levels: int) -> tuple[str, ...]:
    return tuple(
        f"{aisle}-{bay:02}-{level}"
        for aisle in aisles
        for bay in range(1, bays + 1)
        for level in range(1, levels + 1)
    )
