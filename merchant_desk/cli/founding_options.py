"""What `serve` asks of whoever founds a merchant, and what is wrong with that, by the option's name."""

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from merchant_desk.cli.server_options import secret_in
from merchant_desk.documents.recovery_sheet import prove_place
from merchant_desk.domain.founding import NewShop, wrong_with
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.server.founding import Founding

PASSWORD = "--manager-password-file"  # noqa: S105 - the name of an option

SHEET = "--recovery-sheet"

FIELDS = {
    "name": "--init",
    "manager": "--manager",
    "password": PASSWORD,
    "currency": "--currency",
    "zone": "--zone",
    "code": "--outlet",
    "outlet": "--outlet-name",
}
"""The option that says a field of `NewShop`."""


def add_founding_arguments(start: Any) -> None:
    """Declare what `--init` wants to know."""
    start.add_argument(
        "--init", metavar="NAME", help="found a merchant if there is none of this name / 建立商户"
    )
    start.add_argument(
        "--another-merchant",
        default="",
        metavar="NAME",
        help="the same name again: it is meant beside the merchants that this server has"
        " / 再写一次同一名称：确实要在已有商户之外另建一个",
    )
    start.add_argument("--currency", default="CNY", help="ISO 4217 / 币种")
    start.add_argument("--manager", default="店长", metavar="NAME", help="the first manager / 首位主管姓名")
    start.add_argument(
        PASSWORD,
        type=Path,
        metavar="FILE",
        help="default: made up and shown once / 主管密码文件（默认自动生成并显示一次）",
    )
    start.add_argument(
        SHEET,
        type=Path,
        metavar="FILE",
        help="write the merchant's recovery paper, to be printed (.html, .txt) / 恢复密钥写入文件以便打印",
    )
    start.add_argument(
        "--outlet", default="01", metavar="CODE", help="code of the first outlet / 首个门店代码"
    )
    start.add_argument("--outlet-name", default="", metavar="NAME", help="its name / 门店名称")
    start.add_argument("--zone", default="Asia/Shanghai", help="its time zone / 时区")


def asked_founding(options: argparse.Namespace) -> tuple[Founding | None, dict[str, Refusal | Fault]]:
    """Return what is to be founded (None: nothing), and what is wrong with it by the option's name."""
    if options.init is None:
        return None, {}
    wrong: dict[str, Refusal | Fault] = {}
    file, password = options.manager_password_file, ""
    if file is not None:
        try:
            password = secret_in(file)
        except Fault as fault:
            wrong[PASSWORD] = fault
    shop = NewShop(
        options.init, options.manager, password, options.currency, options.zone, options.outlet_name,
        code=options.outlet,
    )  # fmt: skip
    for name, refusal in wrong_with(shop).items():
        if name != "password" or file is not None:  # one that is made up is a good one
            wrong.setdefault(FIELDS[name], refusal)
    founding = Founding(
        shop.name, shop.currency, shop.manager, shop.password, shop.code, shop.outlet, shop.zone
    )
    founding = replace(founding, invited=tuple(options.invite), another=options.another_merchant.strip())
    if options.recovery_sheet is not None:
        founding = replace(founding, prove=partial(prove_place, options.recovery_sheet))
    return founding, wrong
