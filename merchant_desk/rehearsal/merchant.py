"""The merchant of a rehearsal: outlets, people with and without rights, goods with and without lots."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.server.house import House

OUTLETS = ("CG", "NX", "BS")
SHELVES = ("A-01", "A-02", "A-03")
GOODS = 6
OPENING = 20


@dataclass(frozen=True, slots=True)
class Outlet:
    """A shop; `worker` may do what a warehouse does there, `guest` may do nothing."""

    id: UUID
    warehouse_id: UUID
    shelves: tuple[UUID, ...]
    worker: UUID
    guest: UUID


@dataclass(frozen=True, slots=True)
class Merchant:
    """What was founded; `manager` may do everything everywhere."""

    id: UUID
    manager: UUID
    outlets: tuple[Outlet, ...]
    goods: tuple[UUID, ...]
    supplier: UUID


def found(house: House, chance: Chance) -> Merchant:
    """Found a merchant on an empty server: three outlets, six products, opening stock on some shelves."""
    merchant_id, manager, supplier = chance.new_id(), chance.new_id(), chance.new_id()
    house.do(merchant_id, FoundMerchant("青石供销社", "CNY", manager, "店长"))
    outlets = tuple(_outlet(house, chance, merchant_id, code) for code in OUTLETS)
    goods = tuple(chance.new_id() for _ in range(GOODS))
    house.do(
        merchant_id,
        AddSupplier(supplier, "S1", "鲁北粮油批发"),
        *(AddProduct(new_sku(sku_id, f"G-{n}", n, lots=n < 2)) for n, sku_id in enumerate(goods)),
    )
    for outlet in outlets:
        for sku_id in goods[2:4]:
            house.do(
                merchant_id,
                AdjustStock(
                    outlet.id, outlet.warehouse_id, outlet.shelves[0], sku_id, None, "sellable",
                    OPENING * MICRO, "opening", "",
                ),
            )  # fmt: skip
    return Merchant(merchant_id, manager, outlets, goods, supplier)


def new_sku(sku_id: UUID, sku: str, number: int, *, lots: bool = False) -> NewSku:
    """Return a product with a code by piece."""
    codes = (Barcode(f"R{number:07d}", None, MICRO, "袋"),)
    return NewSku(
        sku_id, sku, f"商品 {sku}", f"Goods {sku}", "粮油", "袋", 5 * MICRO, lots, lots, 0, 0, codes
    )


def _outlet(house: House, chance: Chance, merchant_id: UUID, code: str) -> Outlet:
    outlet, warehouse, worker, guest = (chance.new_id() for _ in range(4))
    house.do(
        merchant_id,
        AddOutlet(outlet, code, f"{code} 门店", "Asia/Shanghai", 0, warehouse),
        AddPerson(worker, f"worker-{code}", f"仓管 {code}", f"P:1{OUTLETS.index(code):03d}"),
        AddPerson(guest, f"guest-{code}", f"临时 {code}", f"P:2{OUTLETS.index(code):03d}"),
        GrantRole(worker, "warehouse", outlet),
        AddLocations(outlet, warehouse, "storage", SHELVES),
    )
    shelves = tuple(location_id(warehouse, shelf) for shelf in SHELVES)
    return Outlet(outlet, warehouse, shelves, worker, guest)
