"""What became of a row that a shop is set up by: every sentence in Chinese and English."""

from types import MappingProxyType
from typing import Final

Sentences = MappingProxyType[str, tuple[str, str]]

FAULTS: Final[Sentences] = MappingProxyType(
    {
        "tracking_url_not_read": (
            "“{text}”不是查件网址：要以 http 或 https 开头，并在域名之后写一次 {{tracking}}。",
            '"{text}" is no tracking address: http or https, with {{tracking}} once behind the host.',
        ),
        "rate_not_read": (
            "“{text}”不是税率。请写 13 或 6.5（最多四位小数）；不到 1 的要带百分号：0.5%。",
            '"{text}" is no tax rate. Write 13 or 6.5, four decimals at most; below one with its sign: 0.5%.',
        ),
        "location_code_not_read": (
            "库位码“{text}”印不上标签：只能用英文字母、数字和符号，没有空格，最多 24 个。",
            'No label can say "{text}": plain letters, digits and signs, no blanks, at most 24.',
        ),
        "location_kind_not_read": (
            "“{text}”不是库位用途（存放位、收货位、集货位、在途）。",
            '"{text}" is no kind of location (storage, receiving, staging, in transit).',
        ),
        "login_not_read": (
            "登录名“{text}”无法使用：不能有空格，也不能太长。",
            'Nobody could sign in as "{text}": no blanks, and not so long.',
        ),
        "person_left": (
            "“{text}”已经离开（停用）。如要回来，请先在人员页面恢复。",
            '"{text}" has left. Whoever is back is brought back on the screen of people first.',
        ),
        "role_not_read": (
            "“{text}”不是角色（店长、仓管、店员、查看）。",
            '"{text}" is no role (manager, warehouse, clerk, viewer).',
        ),
        "outlet_code_not_read": (
            "“{text}”不能作编号：1 到 16 个字母、数字或符号，没有空格和汉字。",
            '"{text}" is no code: 1 to 16 plain letters, digits and signs, no blanks.',
        ),
        "zone_not_read": (
            "不认识的时区：“{text}”。请写 IANA 名称，如 Asia/Shanghai。",
            'Unknown time zone "{text}". Write an IANA name, such as Asia/Shanghai.',
        ),
        "day_start_not_read": (
            "“{text}”不是一天中的时刻（HH:MM）。",
            '"{text}" is no time of day (HH:MM).',
        ),
        "warehouse_code_taken": (
            "编号“{text}”已是别的门店或仓库的（已有的，或本文件前面的行）。",
            'Another outlet or warehouse has the code "{text}", here or in a row before.',
        ),
        "outlet_closed": (
            "门店“{text}”已关闭。要加仓库，请先在“门店”页面重新开放。",
            'The outlet "{text}" is closed. Open it again before it gets another warehouse.',
        ),
        "location_elsewhere": (
            "库位码“{text}”已用在本店另一个仓库：一个标签只能指一个地方。",
            'Another warehouse of this outlet has a location "{text}": a label means one place.',
        ),
        "unknown_outlet": (
            "没有编码为“{text}”的门店。所有门店请写“全部”。",
            'There is no outlet "{text}". For all of them write "all".',
        ),
        "unknown_tax": (
            "没有税码为“{text}”的税。请先建立或导入税率，或改正这一格。",
            'There is no tax "{text}". Add or import it first, or correct the cell.',
        ),
        "stock_on_hand": (
            "“{text}”还有库存，不能改“{field}”：整行没有更正。请先清零库存，或去掉这一格。",
            '"{text}" has stock on hand: {field} stays, and with it the row. Take the stock off first.',
        ),
        "product_archived": (
            "商品“{text}”已停用，不能更正。",
            'The product "{text}" is archived and cannot be corrected.',
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
        "outlet_code_not_read": ("不能作编号", "Not a code"),
        "zone_not_read": ("不是时区", "Not a time zone"),
        "day_start_not_read": ("不是时刻", "Not a time of day"),
        "warehouse_code_taken": ("编号已被占用", "Code taken"),
        "outlet_closed": ("门店已关闭", "Outlet is closed"),
        "location_elsewhere": ("库位码已用在另一仓库", "Location code of another warehouse"),
        "unknown_outlet": ("没有这个门店", "No such outlet"),
        "unknown_tax": ("没有这个税", "No such tax"),
        "stock_on_hand": ("有库存，不能改批号、序列号或单位", "Stock on hand: lot, serial and unit stay"),
        "product_archived": ("商品已停用", "Product is archived"),
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
        "zone": ("时区", "time zone"),
        "day_start": ("营业日开始", "day start"),
        "warehouse_code": ("仓库编号", "warehouse code"),
        "warehouse_name": ("仓库名称", "warehouse name"),
    }
)
