"""Files to import, and what a desk or server holds afterwards, read by plain SQL."""

import gzip
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Engine

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.presets import ONLINE_RETAIL, OPEN_FOOD_FACTS
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from tests.helpers.shop import Shop

Result = TypeVar("Result")

RETAIL = "online_retail_2010-12_2011-12.csv.gz"
FOOD = "off_2019-06_code_name.csv.gz"
ORDER_HEADING = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
PRODUCTS = OPEN_FOOD_FACTS
ORDERS = msgspec.structs.replace(
    ONLINE_RETAIL, options=msgspec.structs.replace(ONLINE_RETAIL.options, currency="CNY")
)
"""The preset for a merchant who keeps books in CNY: amounts are taken as they stand."""


def product_file(folder: Path, *rows: tuple[str, str], name: str = "goods.csv") -> Path:
    """Write codes and names."""
    path = folder / name
    lines = ["code,product_name", *(f"{code},{title}" for code, title in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def order_file(folder: Path, *lines: str, name: str = "orders.csv") -> Path:
    """Write order lines as the preset has them."""
    path = folder / name
    path.write_text("\n".join([ORDER_HEADING, *lines]) + "\n", encoding="utf-8")
    return path


def line(number: str, code: str, quantity: int, price: str, customer: str = "17850", **more: str) -> str:
    """Return one order line of 1 December 2010."""
    text = {"description": f"THING {code}", "at": "2010-12-01 08:26:00", "country": "France", **more}
    return (
        f"{number},{code},{text['description']},{quantity},{text['at']},{price},{customer},{text['country']}"
    )


def job(desk: Desk, path: Path, mapping: Mapping, choices: Choices | None = None) -> ImportJob:
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, choices or Choices("retail"))


def bring_in(desk: Desk, path: Path, mapping: Mapping, choices: Choices | None = None) -> Account:
    return job(desk, path, mapping, choices).run()


def on_desk(desk: Desk, sql: str, *values: Any) -> list[Any]:
    """Return the rows of a query on a desk; of one column, its values."""
    return desk.ask(lambda connection: _fetched(connection.exec_driver_sql(sql, values).all()))


def on_server(engine: Engine, sql: str) -> list[Any]:
    """Return the rows of a query on the server; of one column, its values."""
    with engine.connect() as connection, connection.begin():
        return _fetched(connection.exec_driver_sql(sql).all())


def _fetched(rows: Sequence[Any]) -> list[Any]:
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def feed_rows(shop: Shop) -> int:
    """Return how many rows the server's feed has."""
    count: int = on_server(shop.world.server.engine, "SELECT count(*) FROM feed")[0]
    return count


def slice_of(data: Path, name: str, folder: Path, keep: Callable[[Sequence[str]], int]) -> Path:
    """Cut the first lines off a real file; `keep` says how many of its lines, the heading included."""
    with gzip.open(data / name, "rt", encoding="utf-8", newline="") as stream:
        lines = stream.readlines()
    path = folder / name.removesuffix(".gz")
    with path.open("w", encoding="utf-8", newline="") as sink:
        sink.writelines(islice(lines, keep(lines)))
    return path
