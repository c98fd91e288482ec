"""What columns are called in the files that a shop is set up by: outlets, carriers, taxes, locations..."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OUTLETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "outlet code", "outlet no", "store code", "shop code", "branch code", "门店编号", "门店编码",
            "店铺编码", "店铺编号",
        ),
        "party_name": (
            "outlet name", "store name", "shop name", "branch name", "门店名称", "店铺名称", "分店名称",
        ),
        "zone": ("time zone", "timezone", "zone", "时区", "所在时区"),
        "day_start": (
            "day start", "day begins", "business day begins", "营业日开始", "营业日起点", "营业开始",
        ),
        "warehouse_code": ("warehouse code", "warehouse no", "仓库编号", "仓库编码"),
        "warehouse_name": ("warehouse name", "warehouse", "仓库名称", "仓库"),
    }
)  # fmt: skip
"""Fields of outlets; one with further warehouses has a row for each."""

CARRIERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "carrier code", "carrier no", "courier code", "code", "承运商编码", "承运商编号", "承运商代码",
            "快递编码", "物流编码", "编码", "编号", "代码",
        ),
        "party_name": (
            "carrier name", "carrier", "courier", "courier name", "name", "承运商名称", "承运商", "快递公司",
            "物流公司", "快递", "名称",
        ),
        "tracking_url": (
            "tracking address", "tracking url", "tracking link", "tracking page", "查件网址", "查件地址",
            "追踪网址", "查询网址",
        ),
    }
)  # fmt: skip
"""Fields of carriers."""

TAXES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": ("tax code", "tax no", "code", "税码", "税种编码", "税编码", "编码", "编号", "代码"),
        "party_name": ("tax name", "tax", "name", "税种名称", "税种", "税名", "名称"),
        "tax_rate": ("tax rate", "rate", "percent", "税率", "税率%", "比例"),
        "from_day": (
            "from day", "from", "valid from", "effective from", "from date", "起始日期", "生效日期",
            "开始日期", "从哪天起", "执行日期",
        ),
    }
)  # fmt: skip
"""Fields of taxes; a tax with several rates has a row for each."""

LOCATIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": (
            "location code", "location", "bin code", "bin", "shelf code", "shelf", "库位编码", "库位码",
            "库位", "货位编码", "货位", "储位",
        ),
        "location_kind": (
            "location kind", "location type", "bin type", "use", "kind", "zone", "库位用途", "库位类型",
            "用途", "货位类型", "区域",
        ),
    }
)  # fmt: skip
"""Fields of locations."""

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "login": ("login", "login name", "user name", "username", "sign in name", "登录名", "用户名", "账号"),
        "person_name": (
            "person name", "person", "staff name", "employee", "employee name", "full name", "name",
            "人员姓名", "姓名", "员工姓名", "员工", "人员",
        ),
        "role": ("role", "job", "position", "角色", "岗位", "职务", "职位"),
        "outlet": (
            "outlet", "outlet code", "store", "store code", "shop", "shop code", "branch", "门店", "门店编码",
            "门店编号", "店铺", "店铺编码",
        ),
    }
)  # fmt: skip
"""Fields of people; somebody with several roles has a row for each. There is no field for a password."""
