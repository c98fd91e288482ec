"""`merchant-desk outlets`: which there are with their desks, closing one for good, opening it again."""

import argparse
import json
from typing import Any

from merchant_desk.cli.desk_options import acts_of, opened_desk, sign_in
from merchant_desk.cli.people import Told, ask_for
from merchant_desk.desk import Desk
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.organisation import check_reason
from merchant_desk.domain.outlet_closing import CloseOutlet, ReopenOutlet, check_desks_sent
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.people import OutletRow, all_outlets, standing_desks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare = acts_of(parser)

    def act(name: str, text: str) -> argparse.ArgumentParser:
        made = declare(name, text)
        if name != "list":
            made.add_argument("outlet", metavar="CODE", help="its code / 门店编号")
        return made

    act("list", "all outlets with their desks / 全部门店与其工作台")
    close = act("close", "close it for good, with its desks / 关闭门店，并停用其工作台")
    close.add_argument("--reason", required=True, metavar="WHY", help="why; it is kept / 原因，会记录")
    act("reopen", "open a closed one again / 重新开放已关闭的门店")


def run(options: argparse.Namespace) -> int:
    """Do one of them; a refusal is told and ends with 1."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        told, said = ACTS[options.act](desk, options)
    print(json.dumps(told, ensure_ascii=False) if options.json else said)
    return 0


def _list(desk: Desk, _: argparse.Namespace) -> Told:
    rows: list[dict[str, Any]] = []
    for outlet in desk.ask(all_outlets):
        standing = desk.ask(lambda connection, id=outlet.id: standing_desks(connection, id))  # type: ignore[misc]
        codes = [one.code for one in standing]
        rows.append(
            {"code": outlet.code, "name": outlet.name, "closed": bool(outlet.archived), "desks": codes}
        )
    lines = [
        f"{row['code']}  {row['name']}  {'已关闭 / closed' if row['closed'] else '开放 / open'}"
        f"  {' '.join(row['desks']) or '-'}"
        for row in rows
    ]
    return {"outlets": rows}, "\n".join(lines)


def _close(desk: Desk, options: argparse.Namespace) -> Told:
    """Close an outlet, with the desks that have sent all of their work."""
    check_reason(options.reason)
    outlet = _outlet(desk, options.outlet)
    desks = desk.desks_work(outlet.id)
    check_desks_sent(outlet.code, desks)
    told, said = ask_for(desk, CloseOutlet(outlet.id, options.reason, tuple(one.id for one in desks)))
    codes = [one.code for one in desks]
    if codes and told["status"] == "applied":
        said += f"\n停用的工作台 / desks retired with it: {', '.join(codes)}"
    return {**told, "desks": codes}, said


def _reopen(desk: Desk, options: argparse.Namespace) -> Told:
    return ask_for(desk, ReopenOutlet(_outlet(desk, options.outlet).id))


def _outlet(desk: Desk, code: str) -> OutletRow:
    """Return the outlet with this code, a closed one too.

    Raises:
        Refusal: `no_outlet_of_code`.
    """
    known = desk.ask(all_outlets)
    for outlet in known:
        if sku_key(outlet.code) == sku_key(code):
            return outlet
    raise Refusal("no_outlet_of_code", outlet=code, known=", ".join(one.code for one in known))


ACTS = {"list": _list, "close": _close, "reopen": _reopen}
