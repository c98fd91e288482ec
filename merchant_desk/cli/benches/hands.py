"""A person with a scanner at a measured desk: a real window in a process of its own, real keys."""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from merchant_desk.cli.benches.stage import Stage
from merchant_desk.cli.shift.actors import Actor
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.organisation import GrantRole
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.server.demo.catalogue import is_plain
from merchant_desk.server.demo.structure import PEOPLE, TOWN, assortment, supplier_id

WORKER = PEOPLE[1]
ORDER = "PO-2699-9001"
LINES = 60
ORDERED = 100_000 * MICRO


def prepare_order(scene: Stage, role: str = "") -> list[str]:
    """Enrol the desk that scans, order goods that its server knows; returns their codes.

    Args:
        scene: where it stands.
        role: what its person is given beside what the demo gives, at the whole merchant.
    """
    desk = scene.desk()
    plain = [article for article in assortment(TOWN) if is_plain(article)][:LINES]
    new_id = desk.runtime.new_id
    order_id = new_id()
    lines = tuple(PurchaseLine(new_id(), article.sku_id, ORDERED, article.cost) for article in plain)
    supplier = supplier_id(plain[0].supplier)
    desk.do(
        PlacePurchaseOrder(
            order_id, ORDER, TOWN.outlet_id, TOWN.warehouse_id, supplier, desk.calendar(), lines
        )
    )
    desk.do(SendPurchaseOrder(order_id, TOWN.outlet_id))
    if role:
        desk.do(GrantRole(WORKER.person_id, role, None))
    desk.sign_in(WORKER.login, WORKER.password)
    desk.sign_in(WORKER.login, pin=WORKER.pin)
    desk.sync()
    desk.close()
    return [article.code for article in plain]


class Hands:
    """A person with a scanner before a window, who opens the order and scans piece by piece."""

    def __init__(self, folder: Path, url: str, codes: Sequence[str]) -> None:
        self.window = Actor("scan", folder, url, folder, [])
        self._codes = codes
        self._dice = random.Random(7)  # noqa: S311 - figures must be the same each time, nothing is secret
        try:
            self._begin()
        except BaseException:
            self.window.end()
            raise

    def _begin(self) -> None:
        window = self.window
        window.settle()
        window.scan(WORKER.badge)
        window.settle()
        window.order("type", text=WORKER.pin)
        window.press("Return")
        window.wait_for("sign in", lambda state: bool(state.get("person")), 20)
        if not window.settle().get("document"):  # a station opens again what it worked on last
            window.scan(ORDER)
            window.wait_for("document", lambda state: bool(state.get("document")), 20)
        self.scan(10)
        window.settle()

    def scan(self, count: int) -> None:
        """Scan so many pieces, about ten a second."""
        for _ in range(count):
            self.window.scan(self._dice.choice(self._codes))
            time.sleep(self._dice.uniform(0.04, 0.1))

    def measured(self, work: Callable[[], None]) -> dict[str, Any]:
        """Return what the window measured of the scans in `work`."""
        self.window.order("measure")
        before = self.window.scans
        work()
        time.sleep(0.3)
        state = self.window.order("state")
        made = self.window.scans - before
        if state["scans"] != made or state["waiting"]:
            raise ValueError(f"{made} scans, {state['scans']} measured, {state['last_result']}")
        return state
