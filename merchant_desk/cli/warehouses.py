"""What `merchant-desk shop` does with warehouses: list, add, rename, close, reopen, choose this desk's."""

import argparse
from collections.abc import Callable
from typing import Any

from merchant_desk.cli.people import Told, ask_for
from merchant_desk.desk import Desk
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.domain.warehouses import AddWarehouse, CloseWarehouse, RenameWarehouse, ReopenWarehouse
from merchant_desk.models.queries.records import OUTLETS, OutletRow, WarehouseRow, records, warehouses_in

Declare = Callable[[str, str], argparse.ArgumentParser]


def add_warehouse_arguments(declare: Declare) -> None:
    """Declare the acts on warehouses."""
    declare("warehouses", "all outlets' warehouses / 各门店的仓库")
    add = declare("add-warehouse", "one more warehouse of an outlet / 门店再加一个仓库")
    add.add_argument("outlet", metavar="OUTLET", help="the outlet's code / 门店编号")
    rename = declare("rename-warehouse", "call one something else / 仓库改名")
    close = declare("close-warehouse", "use one no more, when it is empty / 关闭仓库")
    reopen = declare("reopen-warehouse", "open a closed one again / 重新开放仓库")
    work_in = declare("work-in", "the warehouse that this desk works in / 本机在哪个仓库工作")
    for act in (add, rename, close, reopen, work_in):
        act.add_argument("code", metavar="CODE", help="the warehouse's code / 仓库编号")
    for act in (add, rename):
        act.add_argument("name", metavar="NAME", help="as people call it / 名称")
    close.add_argument("--reason", required=True, metavar="WHY", help="why; it is kept / 原因，会记录")


def _list(desk: Desk, _: argparse.Namespace) -> Told:
    rows: list[dict[str, Any]] = []
    chosen = desk.settings.value(WAREHOUSE)
    only = len(desk.warehouses()) == 1
    for outlet, one in _all(desk):
        is_home = outlet.id == desk.identity.outlet_id and not one.archived
        here = is_home and (only or sku_key(one.code) == sku_key(chosen))
        rows.append(
            {
                "outlet": outlet.code,
                "code": one.code,
                "name": one.name,
                "closed": bool(one.archived),
                "here": here,
                "locations": one.locations if outlet.id == desk.identity.outlet_id else None,
            }
        )
    lines = [
        f"{row['outlet']}  {row['code']}  {row['name']}"
        + ("  已关闭 / closed" if row["closed"] else "")
        + ("  本机 / this desk" if row["here"] else "")
        for row in rows
    ]
    return {"warehouses": rows}, "\n".join(lines)


def _add(desk: Desk, options: argparse.Namespace) -> Told:
    outlets = desk.ask(lambda connection: records(connection, OUTLETS))
    for outlet in outlets:
        if outlet.code_key == sku_key(options.outlet):
            return ask_for(desk, AddWarehouse(outlet.id, desk.runtime.new_id(), options.code, options.name))
    raise Refusal("no_outlet_of_code", outlet=options.outlet, known=", ".join(one.code for one in outlets))


def _rename(desk: Desk, options: argparse.Namespace) -> Told:
    one = _found(desk, options.code)
    return ask_for(desk, RenameWarehouse(one.outlet_id, one.id, options.name))


def _close(desk: Desk, options: argparse.Namespace) -> Told:
    one = _found(desk, options.code)
    return ask_for(desk, CloseWarehouse(one.outlet_id, one.id, options.reason))


def _reopen(desk: Desk, options: argparse.Namespace) -> Told:
    one = _found(desk, options.code)
    return ask_for(desk, ReopenWarehouse(one.outlet_id, one.id))


def _work_in(desk: Desk, options: argparse.Namespace) -> Told:
    """Choose one of this desk's outlet; it counts here alone."""
    known = desk.warehouses()
    for one in known:
        if sku_key(one.code) == sku_key(options.code):
            desk.settings.decide(WAREHOUSE, Level.DESK, one.code, desk.person.id)
            said = f"本机现在在 {one.code} {one.name} 工作。 / This desk works in {one.code} {one.name} now."
            return {"status": "applied", "warehouse": one.code}, said
    raise Refusal("no_warehouse_of_code", code=options.code, known=", ".join(one.code for one in known))


def _all(desk: Desk) -> list[tuple[OutletRow, WarehouseRow]]:
    """Return all warehouses, closed ones too, with their outlets."""
    found: list[tuple[OutletRow, WarehouseRow]] = []
    with desk.read() as connection, connection.begin():
        for outlet in records(connection, OUTLETS):
            found += [(outlet, one) for one in warehouses_in(connection, outlet.id)]
    return found


def _found(desk: Desk, code: str) -> WarehouseRow:
    """Return the warehouse with this code. Raises Refusal (`no_such_record`)."""
    for _, one in _all(desk):
        if sku_key(one.code) == sku_key(code):
            return one
    raise Refusal("no_such_record", code=code)


WAREHOUSE_ACTS: dict[str, Callable[[Desk, argparse.Namespace], Told]] = {
    "warehouses": _list,
    "add-warehouse": _add,
    "rename-warehouse": _rename,
    "close-warehouse": _close,
    "reopen-warehouse": _reopen,
    "work-in": _work_in,
}
