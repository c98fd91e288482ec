"""What whoever founds a shop says of it, and what is wrong with that."""

from collections.abc import Callable
from dataclasses import dataclass, field

from merchant_desk.domain.currencies import check_currency
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import check_outlet_code
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import ZONE
from merchant_desk.domain.sign_in import check_new_password

MANAGER_LOGIN = "manager"
"""The login that `FoundMerchant` gives to the first manager."""

FIRST_OUTLET = "01"
"""The code of the first outlet."""


@dataclass(frozen=True, slots=True)
class NewShop:
    """A merchant with one outlet and its first manager; an outlet without a name is called as the shop.

    `reachable` is whether other computers may reach the server that keeps it, beside this one; `code` is the
    outlet's.
    """

    name: str
    manager: str
    password: str = field(repr=False)
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    outlet: str = ""
    reachable: bool = False
    code: str = FIRST_OUTLET


def wrong_with(shop: NewShop) -> dict[str, Refusal]:
    """Return what is wrong, by the name of the field; empty if nothing is."""
    checks: dict[str, Callable[[], object]] = {
        "name": lambda: check_name(shop.name),
        "manager": lambda: check_name(shop.manager),
        "password": lambda: check_new_password(shop.password, MANAGER_LOGIN),
        "currency": lambda: check_currency(shop.currency),
        "zone": lambda: ZONE.kind.judged(shop.zone),
        "code": lambda: check_outlet_code(shop.code),
        "outlet": lambda: check_name(shop.outlet) if shop.outlet else None,
    }
    wrong: dict[str, Refusal] = {}
    for name, check in checks.items():
        try:
            check()
        except Refusal as refusal:
            wrong[name] = refusal
    return wrong
