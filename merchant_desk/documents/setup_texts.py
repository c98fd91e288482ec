"""What became of a row that a shop is set up by: every sentence in Chinese and English."""

from types import MappingProxyType
from typing import Final

Sentences = MappingProxyType[str, tuple[str, str]]

FAULTS: Final[Sentences] = MappingProxyType(
    {
        "tracking_url_not_read": (
            "“{text}”不是查件网址：要以 http 或 https 开头，并在域名之后写一次 {{tracking}}。",
            "“{text}” is no tracking address: http or https, with {{tracking}} once behind the host.",
        ),
        "rate_not_read": (
            "“{text}”不是税率。请写 13 或 6.5（最多四位小数）；不到 1 的要带百分号：0.5%。",
            "“{text}” is no tax rate. Write 13 or 6.5, four decimals at most; below one with its sign: 0.5%.",
        ),
        "location_code_not_read": (
            "库位码“{text}”印不上标签：只能用英文字母、数字和符号，没有空格，最多 24 个。",
            "No label can say “{text}”: plain letters, digits and signs, no blanks, at most 24.",
        ),
        "location_kind_not_read": (
            "“{text}”不是库位用途（存放位、收货位、集货位、在途）。",
            "“{text}” is no kind of location (storage, receiving, staging, in transit).",
        ),
        "login_not_read": (
            "登录名“{text}”无法使用：不能有空格，也不能太长。",
            "Nobody could sign in as “{text}”: no blanks, and not so long.",
        ),
        "person_left": (
            "“{text}”已经离开（停用）。如要回来，请先在人员页面恢复。",
            "“{text}” has left. Whoever is back is brought back on the screen of people first.",
        ),
        "role_not_read": (
            "“{text}”不是角色（店长、仓管、店员、查看）。",
            "“{text}” is no role (manager, warehouse, clerk, viewer).",
        ),
        "unknown_outlet": (
            "没有编码为“{text}”的门店。所有门店请写“全部”。",
            "There is no outlet “{text}”. For all of them write “all”.",
        ),
        "unknown_tax": (
            "没有税码为“{text}”的税。请先建立或导入税率，或改正这一格。",
            "There is no tax “{text}”. Add or import it first, or correct the cell.",
        ),
        "line_twice": (
            "与第 {text} 行是同一商品而进价不同，不知道以哪一行为准。",
            "Row {text} is the same product at another cost: which one holds?",
        ),
    }
)

FAULT_NAMES: Final[Sentences] = MappingProxyType(
    {
        "tracking_url_not_read": ("不是查件网址", "Not a tracking address"),
        "rate_not_read": ("不是税率", "Not a tax rate"),
        "location_code_not_read": ("库位码印不上标签", "Location code no label can say"),
        "location_kind_not_read": ("不是库位用途", "Not a kind of location"),
        "login_not_read": ("登录名无法使用", "Login that cannot be used"),
        "person_left": ("已经离开的人", "Somebody who has left"),
        "role_not_read": ("不是角色", "Not a role"),
        "unknown_outlet": ("没有这个门店", "No such outlet"),
        "unknown_tax": ("没有这个税", "No such tax"),
        "line_twice": ("同一商品两种进价", "One product, two costs"),
    }
)

FIELD_NAMES: Final[Sentences] = MappingProxyType(
    {
        "tracking_url": ("查件网址", "tracking address"),
        "tax": ("税码", "tax code"),
        "tax_rate": ("税率", "tax rate"),
        "from_day": ("起始日期", "from day"),
        "location_kind": ("用途", "kind"),
        "login": ("登录名", "login"),
        "person_name": ("姓名", "name"),
        "role": ("角色", "role"),
        "outlet": ("门店", "outlet"),
    }
)
