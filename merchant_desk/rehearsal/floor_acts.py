"""What people do with goods in their hands: receiving, shipping, counting, and taking it back."""

import json
from collections.abc import Callable
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount, PlaceMovement, ReverseCount
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods, ReverseReceipt
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, PickGoods, ReverseShipment
from merchant_desk.domain.stock import UndoScan
from merchant_desk.rehearsal.office_acts import adjust, order
from merchant_desk.rehearsal.scene import Bodies, Scene

# ---------------------------------------------------------------- stock and receiving


def receive(scene: Scene) -> Bodies:
    """Open a receipt, blind or against an order, scan something in, and perhaps close it."""
    purchase = scene.id("SELECT id FROM purchase_orders WHERE status <> 'draft' ORDER BY id")
    if not scene.chance.happens(60):
        purchase = None
    receipt = scene.chance.new_id()
    bodies: list[object] = [
        OpenReceipt(receipt, scene.number("receipts", "RC"), *scene.place, purchase, scene.merchant.supplier)
    ]
    bodies += [_received(scene, receipt, purchase) for _ in range(scene.chance.dice.randint(1, 3))]
    return [*bodies, CloseReceipt(receipt, scene.outlet.id)] if scene.chance.happens(50) else bodies


def receive_more(scene: Scene) -> Bodies:
    """Scan into any receipt, open or not: hands do not ask."""
    row = scene.one_of("SELECT id, purchase_order_id FROM receipts ORDER BY id")
    if row is None:
        return receive(scene)
    purchase = id_of(row[1]) if row[1] is not None else None
    return [_received(scene, id_of(row[0]), purchase)]


def _received(scene: Scene, receipt: UUID, purchase: UUID | None) -> ReceiveGoods:
    line = None
    sku = scene.sku()
    if purchase is not None:
        row = scene.one_of("SELECT id, sku_id FROM purchase_lines WHERE order_id = ? ORDER BY id", purchase)
        if row is not None:
            line, sku = id_of(row[0]), id_of(row[1])
    dice = scene.chance.dice
    lot, expiry = dice.choice((("", None), ("L1", 20270101), ("L2", 20270201)))
    return ReceiveGoods(
        receipt, *scene.place, scene.shelf(), sku, line, scene.pieces(), MICRO, lot, expiry, "",
        dice.choice(("sellable", "sellable", "damaged")), "R0000001",
    )  # fmt: skip


def close_receipt(scene: Scene) -> Bodies:
    """Close a receipt that is open here."""
    receipt = scene.id("SELECT id FROM receipts WHERE status = 'open' ORDER BY id")
    return [CloseReceipt(receipt, scene.outlet.id)] if receipt else receive(scene)


def _reversal(scene: Scene, table: str, make: Callable[..., object]) -> Bodies:
    document = scene.id(f"SELECT id FROM {table} WHERE status <> 'open' ORDER BY id")  # noqa: S608
    if document is None:
        return adjust(scene)
    sql = "SELECT id FROM ledger WHERE document_id = ? AND reverses_id IS NULL ORDER BY id"
    rows = [id_of(row[0]) for row in scene.desk.rows(sql, document)]
    some = () if scene.chance.happens(50) else tuple(rows[:2])
    return [make(document, scene.outlet.id, some, "错了")]


def reverse_receipt(scene: Scene) -> Bodies:
    """Reverse a closed receipt, whole or some lines."""
    return _reversal(scene, "receipts", ReverseReceipt)


def undo_scan(scene: Scene) -> Bodies:
    """Take the last scan of some open document back."""
    row = scene.one_of(
        "SELECT op_id, document_id FROM ledger WHERE kind IN ('receipt', 'pick') AND device_id = ?"
        " ORDER BY id",
        scene.desk.engine.identity.device_id,
    )
    return [UndoScan(scene.outlet.id, id_of(row[1]), id_of(row[0]))] if row else receive(scene)


# ---------------------------------------------------------------- shipping


def ship(scene: Scene) -> Bodies:
    """Open a shipment for an order and pick something for it."""
    found = scene.id("SELECT id FROM orders WHERE status IN ('accepted', 'picking') ORDER BY id")
    if found is None:
        return order(scene)
    shipment = scene.chance.new_id()
    opened = OpenShipment(shipment, scene.number("shipments", "SH"), found, *scene.place)
    picked = _picked(scene, shipment, found)
    bodies: list[object] = [opened, *picked]
    return (
        [*bodies, CloseShipment(shipment, scene.outlet.id, "顺丰", "SF1")]
        if scene.chance.happens(50)
        else bodies
    )


def pick_more(scene: Scene) -> Bodies:
    """Scan into any shipment, open or not."""
    row = scene.one_of("SELECT id, order_id FROM shipments ORDER BY id")
    return _picked(scene, id_of(row[0]), id_of(row[1])) if row else ship(scene)


def _picked(scene: Scene, shipment: UUID, order_id: UUID) -> list[object]:
    sql = "SELECT id, sku_id, quantity FROM order_lines WHERE order_id = ? ORDER BY id"
    staging = scene.id("SELECT staging_id FROM warehouses WHERE id = ?", scene.outlet.warehouse_id)
    if staging is None:
        raise LookupError("the desk knows its warehouse no more")
    return [
        PickGoods(
            shipment, *scene.place, scene.shelf(), staging, id_of(sku), None, id_of(line),
            min(int(quantity), scene.pieces(3)), MICRO, "", "R0000001",
        )
        for line, sku, quantity in scene.desk.rows(sql, order_id)
    ]  # fmt: skip


def close_shipment(scene: Scene) -> Bodies:
    """Close a shipment that is open here."""
    shipment = scene.id("SELECT id FROM shipments WHERE status = 'open' ORDER BY id")
    return [CloseShipment(shipment, scene.outlet.id, "顺丰", "SF2")] if shipment else ship(scene)


def reverse_shipment(scene: Scene) -> Bodies:
    """Reverse a closed shipment, whole or some lines."""
    return _reversal(scene, "shipments", ReverseShipment)


# ---------------------------------------------------------------- counting


def count(scene: Scene) -> Bodies:
    """Open a count of a shelf and count something."""
    count_id, shelf = scene.chance.new_id(), scene.shelf()
    opened = OpenCount(count_id, scene.number("counts", "CT"), *scene.place, shelf, True)
    return [opened, *(_counted(scene, count_id, shelf) for _ in range(scene.chance.dice.randint(1, 3)))]


def count_more(scene: Scene) -> Bodies:
    """Scan into any count, open or not."""
    row = scene.one_of("SELECT id, location_id FROM counts ORDER BY id")
    return [_counted(scene, id_of(row[0]), id_of(row[1]))] if row else count(scene)


def _counted(scene: Scene, count_id: UUID, shelf: UUID) -> CountGoods:
    lot, expiry = scene.chance.dice.choice((("", None), ("", None), ("L1", 20270101)))
    return CountGoods(
        count_id, *scene.place, shelf, scene.sku(), lot, expiry, scene.pieces(), MICRO, "", "R0000001"
    )


def close_count(scene: Scene) -> Bodies:
    """Close a count, and say of some stock that it is gone."""
    row = scene.one_of("SELECT id, location_id FROM counts WHERE status = 'open' ORDER BY id")
    if row is None:
        return count(scene)
    sql = "SELECT id FROM stock_balances WHERE location_id = ? AND on_hand <> 0 ORDER BY id"
    gone = [id_of(key[0]) for key in scene.desk.rows(sql, id_of(row[1]))]
    some = tuple(gone[:1]) if scene.chance.happens(30) else ()
    return [CloseCount(id_of(row[0]), scene.outlet.id, some, last=True)]


def reverse_count(scene: Scene) -> Bodies:
    """Reverse a closed count."""
    found = scene.id("SELECT id FROM counts WHERE status <> 'open' ORDER BY id")
    return [ReverseCount(found, scene.outlet.id, (), "错了")] if found else count(scene)


def place_movement(scene: Scene) -> Bodies:
    """Answer whether something moved before or after a count."""
    row = scene.one_of(
        "SELECT id, about_id, facts FROM tasks WHERE code = 'moved_before_or_after_count'"
        " AND status = 'open' ORDER BY id"
    )
    if row is None:
        return close_count(scene)
    task, ledger = id_of(row[0]), id_of(row[1])
    line = UUID(json.loads(row[2])["line_id"])
    return [PlaceMovement(task, scene.outlet.id, ledger, line, scene.chance.happens(50))]
