"""What people do at a desk beside the goods: orders, products, purchases, tasks."""

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.orders import AcceptOrder, CancelOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.organisation import GrantRole, RevokeRole
from merchant_desk.domain.products import (
    AddProduct,
    Barcode,
    ChangePrice,
    ChangeProduct,
    DraftProduct,
    LearnBarcode,
    MergeProducts,
)
from merchant_desk.domain.purchasing import (
    ClosePurchaseOrder,
    PlacePurchaseOrder,
    PurchaseLine,
    SendPurchaseOrder,
)
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.tasks import ReportUnknownCode, SettleTask
from merchant_desk.rehearsal.merchant import new_sku
from merchant_desk.rehearsal.scene import Bodies, Scene


def adjust(scene: Scene) -> Bodies:
    """Find or miss something."""
    quantity = scene.pieces() * scene.chance.dice.choice((1, 1, -1))
    lot = scene.id("SELECT id FROM lots ORDER BY id") if scene.chance.happens(30) else None
    return [AdjustStock(*scene.place, scene.shelf(), scene.sku(), lot, "sellable", quantity, "found", "")]


def order(scene: Scene) -> Bodies:
    """Place an order, and perhaps accept it."""
    order_id = scene.chance.new_id()
    lines = tuple(
        OrderLine(scene.chance.new_id(), scene.sku(), count * MICRO, 5 * MICRO, 500 * count)
        for count in [scene.chance.dice.randint(1, 4) for _ in range(scene.chance.dice.randint(1, 2))]
    )
    new = NewOrder(
        order_id, scene.number("orders", "SO"), "门店", scene.outlet.warehouse_id, None, "尾号 2041",
        "review", scene.desk.clock(), None, 0, 0, lines,
    )  # fmt: skip
    bodies: list[object] = [PlaceOrder(scene.outlet.id, new)]
    return [*bodies, AcceptOrder(order_id, scene.outlet.id)] if scene.chance.happens(60) else bodies


def accept(scene: Scene) -> Bodies:
    """Accept an order, whatever its status is."""
    found = scene.id("SELECT id FROM orders ORDER BY id")
    return [AcceptOrder(found, scene.outlet.id)] if found else order(scene)


def cancel(scene: Scene) -> Bodies:
    """Cancel an order, whatever its status is."""
    found = scene.id("SELECT id FROM orders ORDER BY id")
    return [CancelOrder(found, scene.outlet.id, "不要了")] if found else order(scene)


def add_product(scene: Scene) -> Bodies:
    """Add a product; two desks may choose the same SKU."""
    number = scene.chance.dice.randrange(12)
    return [AddProduct(new_sku(scene.chance.new_id(), f"N-{number}", 100 + number))]


def draft_product(scene: Scene) -> Bodies:
    """Draft a product for something in hand that nobody knows."""
    number = scene.chance.dice.randrange(12)
    item = new_sku(scene.chance.new_id(), f"N-{number}", 100 + number)
    entry = scene.id("SELECT id FROM unknown_codes WHERE status = 'open' ORDER BY id")
    return [DraftProduct(item, scene.outlet.id, entry)]


def report_code(scene: Scene) -> Bodies:
    """Scan something that nobody knows."""
    code = f"952{scene.chance.dice.randrange(20):010d}"
    return [ReportUnknownCode(scene.chance.new_id(), scene.outlet.id, code, None, None, "", "inbound", MICRO)]


def learn_code(scene: Scene) -> Bodies:
    """Teach the desk a code, known or not."""
    row = scene.one_of("SELECT id, code FROM unknown_codes ORDER BY id")
    code = row[1] if row else f"R{scene.chance.dice.randrange(8):07d}"
    entry = id_of(row[0]) if row else None
    return [LearnBarcode(scene.sku(), Barcode(code, None, MICRO, "袋"), scene.outlet.id, entry)]


def change_price(scene: Scene) -> Bodies:
    """Change a price."""
    return [ChangePrice(scene.sku(), scene.pieces(90))]


def rename_product(scene: Scene) -> Bodies:
    """Rename a product."""
    return [ChangeProduct(scene.sku(), name=f"商品 {scene.chance.dice.randrange(1000)}")]


def merge_products(scene: Scene) -> Bodies:
    """Find that two products are one."""
    return [MergeProducts(scene.sku(), scene.sku())]


def purchase(scene: Scene) -> Bodies:
    """Order from a supplier, and send the order off."""
    order_id = scene.chance.new_id()
    lines = tuple(
        PurchaseLine(scene.chance.new_id(), scene.sku(), scene.pieces(20), 3 * MICRO)
        for _ in range(scene.chance.dice.randint(1, 2))
    )
    placed = PlacePurchaseOrder(
        order_id,
        scene.number("purchase_orders", "PO"),
        *scene.place,
        scene.merchant.supplier,
        20251201,
        lines,
    )
    return [placed, SendPurchaseOrder(order_id, scene.outlet.id)]


def close_purchase(scene: Scene) -> Bodies:
    """Close a supplier's order short."""
    found = scene.id("SELECT id FROM purchase_orders ORDER BY id")
    return [ClosePurchaseOrder(found, scene.outlet.id, "缺货")] if found else purchase(scene)


def settle_task(scene: Scene) -> Bodies:
    """Settle a task as somebody who was there would."""
    found = scene.id("SELECT id FROM tasks WHERE status = 'open' ORDER BY id")
    return [SettleTask(found, scene.outlet.id, "accepted", "")] if found else adjust(scene)


def revoke_role(scene: Scene) -> Bodies:
    """Take a role from somebody; at other desks they go on meanwhile."""
    found = scene.id("SELECT id FROM roles WHERE to_version IS NULL AND role <> 'manager' ORDER BY id")
    return [RevokeRole(found)] if found else grant_role(scene)


def grant_role(scene: Scene) -> Bodies:
    """Give a role to somebody of the outlet, who may hold it already."""
    dice = scene.chance.dice
    person = dice.choice((scene.outlet.worker, scene.outlet.worker, scene.outlet.guest))
    return [GrantRole(person, dice.choice(("warehouse", "warehouse", "clerk")), scene.outlet.id)]


def add_shelf(scene: Scene) -> Bodies:
    """Put up a shelf; two desks may put up the same."""
    code = f"B-{scene.chance.dice.randrange(5):02d}"
    return [AddLocations(*scene.place, "storage", (code,))]
