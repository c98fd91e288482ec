"""What people do in a rehearsal: the day's work, and now and then what is wrong or not theirs to do."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.rehearsal import floor_acts as floor
from merchant_desk.rehearsal import office_acts as office
from merchant_desk.rehearsal.scene import Bodies, Scene

ABSURD = (0, -MICRO, 1, 10**18)
"""Quantities that no hand counted, and one millionth of a piece."""

Act = Callable[[Scene], Bodies]

ACTS: dict[Act, int] = {
    office.adjust: 10,
    floor.receive: 12,
    floor.receive_more: 6,
    floor.close_receipt: 5,
    floor.reverse_receipt: 3,
    floor.undo_scan: 3,
    office.order: 9,
    office.accept: 4,
    office.cancel: 3,
    floor.ship: 7,
    floor.pick_more: 3,
    floor.close_shipment: 4,
    floor.reverse_shipment: 2,
    floor.count: 5,
    floor.count_more: 3,
    floor.close_count: 5,
    floor.reverse_count: 2,
    floor.place_movement: 2,
    office.add_product: 3,
    office.draft_product: 3,
    office.report_code: 3,
    office.learn_code: 3,
    office.change_price: 3,
    office.rename_product: 3,
    office.merge_products: 1,
    office.purchase: 4,
    office.close_purchase: 2,
    office.settle_task: 3,
    office.add_shelf: 2,
    office.revoke_role: 2,
    office.grant_role: 3,
}
"""Each act with its share of the day."""


def draw(scene: Scene) -> tuple[Bodies, UUID]:
    """Return what somebody does next, and who."""
    dice = scene.chance.dice
    (act,) = dice.choices(list(ACTS), list(ACTS.values()))
    bodies = act(scene)
    if scene.chance.happens(6):
        bodies = [_spoilt(scene, body) for body in bodies]
    people = (scene.outlet.worker, scene.merchant.manager, scene.outlet.guest, scene.chance.new_id())
    (person,) = dice.choices(people, (50, 44, 4, 2))
    return bodies, person


def _spoilt(scene: Scene, body: Any) -> object:
    """Return an operation with a mistake in it: a document that nobody knows, an absurd quantity."""
    names = [field.name for field in fields(body)]
    ids = [name for name in names if name.endswith("_id") and name not in ("outlet_id", "warehouse_id")]
    if "quantity" in names and scene.chance.happens(50):
        return replace(body, quantity=scene.chance.dice.choice(ABSURD))
    if not ids:
        return body
    return replace(body, **{scene.chance.dice.choice(ids): scene.chance.new_id()})
