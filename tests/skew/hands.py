"""Works at a desk as it is told, with whichever version of the program the process finds.

    python hands.py

Each line on standard input is a JSON list, a method of `Hands` and what it is given; each answer is a line.
It uses what a merchant's script may use, as that stood in the former version.
"""

import json
import os
import sys
import time
from contextlib import redirect_stdout
from io import StringIO
from typing import Any
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

import merchant_desk
from merchant_desk import Desk, Fault, Refusal
from merchant_desk.cli.main import main as command_line
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.organisation import AddPerson
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.subjects import KINDS
from merchant_desk.stations.counter import Sheet


class Hands:
    """One person at one desk, with one document under way."""

    desk: Desk
    sheet: Sheet

    def where(self) -> str:
        """Return which program this is."""
        return str(merchant_desk.__file__)

    def enrol(self, folder: str, code: str) -> str:
        """Enrol a demo profile (its key lies open beside it) and return the desk's code."""
        self.desk = Desk.enrol(folder, code, "工作台", demo=True)
        return self.desk.identity.code

    def open(self, folder: str, url: str) -> int:
        """Open a profile; return how many operations wait."""
        self.desk = Desk.open(folder, demo=True, server_url=url)
        return self.waiting()

    def close(self) -> None:
        """Close the desk."""
        self.desk.close()

    def sign_in(self, password: str) -> None:
        """Sign the manager in."""
        self.desk.sign_in("manager", password)

    def invite(self) -> str:
        """Return a code for one more desk of this outlet."""
        return str(self.desk.invite(self.desk.identity.outlet_id).code)

    def add(self, code: str) -> str:
        """Add a product under a unit code and return its id."""
        codes = (Barcode(code, f"0{code}", MICRO, "包"),)
        tea = NewSku(
            uuid7(), f"TEA-{code[-4:]}", "高山茶", "Mountain tea", "饮料", "包", 5 * MICRO,
            False, False, 0, 0, codes,
        )  # fmt: skip
        self.desk.do(AddProduct(tea))
        return tea.sku_id.hex

    def shelf(self, code: str) -> None:
        """Add a shelf to the desk's warehouse."""
        house = self.desk.warehouse()
        self.desk.do(AddLocations(house.outlet_id, house.id, "storage", (code,)))

    def person(self, login: str) -> None:
        """Ask for a person, which only the server makes."""
        self.desk.do(AddPerson(uuid7(), login, "小林", ""))

    def order(self, number: str, sku: str, pieces: int) -> None:
        """Take an order and accept it."""
        house, order_id = self.desk.warehouse(), uuid7()
        line = OrderLine(uuid7(), UUID(sku), pieces * MICRO, 5 * MICRO, 500 * pieces)
        new = NewOrder(
            order_id, number, "门店", house.id, None, "尾号 2041", "review", time.time_ns() // 1_000, None,
            0, 0, (line,),
        )  # fmt: skip
        self.desk.do(PlaceOrder(house.outlet_id, new))
        self.desk.do(AcceptOrder(order_id, house.outlet_id))

    def receive(self) -> str:
        """Begin a blind receipt."""
        self.sheet = self.desk.receive()
        return self.sheet.number

    def ship(self, order: str) -> str:
        """Begin an order's shipment, or go on with it."""
        self.sheet = self.desk.ship(order)
        return self.sheet.number

    def count(self, shelf: str) -> str:
        """Begin a count."""
        self.sheet = self.desk.count(shelf)
        return self.sheet.number

    def scan(self, code: str, times: int = 1) -> None:
        """Scan a code; each must be saved."""
        for _ in range(times):
            result = self.sheet.scan(code)
            if result.op_id is None:
                raise AssertionError(result)

    def stray(self, code: str) -> None:
        """Scan a code that nobody knows and keep it for whoever does."""
        if self.sheet.scan(code).ask:
            self.sheet.acknowledge(accept=True)

    def lose(self, sku: str, pieces: int) -> None:
        """Report pieces gone from where goods arrive, more than the book has there if need be."""
        house = self.desk.warehouse()
        self.desk.do(
            AdjustStock(
                house.outlet_id, house.id, house.receiving_id, UUID(sku), None, "sellable",
                -pieces * MICRO, "breakage", "",
            )
        )  # fmt: skip

    def finish(self) -> None:
        """Close the document."""
        self.sheet.finish()

    def sync(self) -> int:
        """Exchange everything; return how many operations wait."""
        return self.desk.sync().waiting

    def waiting(self) -> int:
        """Return how many operations wait."""
        return self.desk.status.waiting

    def stock(self, sku: str) -> int:
        """Return what the book has of a product, whole pieces."""
        return sum(row.on_hand for row in self.desk.stock(UUID(sku))) // MICRO

    def tasks(self) -> list[str]:
        """Return what waits for a person."""
        return sorted(task.code for task in self.desk.tasks())

    def know(self, password: str) -> None:
        """Keep the manager's password for commands."""
        os.environ["MERCHANT_DESK_PASSWORD"] = password

    def command(self, *words: str) -> tuple[int, str]:
        """Carry out a command line, the desk being closed; return its code and what it said."""
        said = StringIO()
        with redirect_stdout(said):
            code = command_line(list(words))
        return code, said.getvalue()

    def kinds(self) -> dict[str, int]:
        """Return the kinds of operations that this program knows, with their versions."""
        return {name: kind.version for name, kind in KINDS.items()}

    def people(self) -> list[str]:
        """Return the logins that this desk knows."""
        question = "SELECT login FROM persons ORDER BY login"
        return self.desk.ask(lambda c: list(c.exec_driver_sql(question).scalars()))


def main() -> None:
    """Do one thing after another until standard input ends."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    hands = Hands()
    try:
        for line in sys.stdin:
            what, *given = json.loads(line)
            told: dict[str, Any]
            try:
                told = {"answer": getattr(hands, what)(*given)}
            except (Fault, Refusal) as met:
                zh, en = (
                    met.sentence(one) if isinstance(met, Fault) else str(met) for one in ("zh_CN", "en")
                )
                told = {"fault": met.code, "zh": zh, "en": en}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
    finally:
        if hasattr(hands, "desk"):
            hands.desk.close()


if __name__ == "__main__":
    main()
