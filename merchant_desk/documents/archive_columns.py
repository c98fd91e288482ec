"""What each column of an archive means: its unit, where an id leads, and words in both languages.

Said once for all tables in which a column has this name; `SPECIAL` are tables where it means something else.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Unit(StrEnum):
    """What one of a whole number is."""

    QUANTITY = "10^-6 base unit"
    PRICE = "10^-6 major currency unit per base unit"
    AMOUNT = "minor currency unit"
    TIME = "microsecond since 1970-01-01T00:00:00Z"
    DURATION = "microsecond"
    DAY = "calendar day yyyymmdd"
    DAYS = "day"
    FLAG = "0 no, 1 yes"
    RATE = "10^-6 of the price before tax"
    NUMBER = "1"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column says; `unit` of a whole number; `refers` is the table whose row an id names, if one."""

    zh: str
    en: str
    unit: Unit | None = None
    refers: str = ""


def _of(unit: Unit | None, /, **words: tuple[str, str]) -> dict[str, Meaning]:
    return {name: Meaning(zh, en, unit) for name, (zh, en) in words.items()}


def _to(**words: tuple[str, str, str]) -> dict[str, Meaning]:
    return {name: Meaning(zh, en, None, table) for name, (table, zh, en) in words.items()}


COLUMNS: Final = MappingProxyType(
    {
        **_to(
            outlet_id=("outlets", "门店", "outlet"),
            warehouse_id=("warehouses", "仓库", "warehouse"),
            location_id=("locations", "库位", "location"),
            receiving_id=("locations", "收货库位", "location where goods are received"),
            staging_id=("locations", "发货暂存库位", "location where shipments are staged"),
            person_id=(
                "persons",
                "谁做的；等于商户编号时是服务器",
                "who did it; the merchant's id: the server",
            ),
            set_by=("persons", "谁设的", "who decided it"),
            reversed_by=("persons", "最后由谁冲销", "who reversed something of it last"),
            settled_by=("persons", "谁处理的", "who settled it"),
            device_id=("devices", "在哪台设备上", "on which device"),
            closed_device_id=("devices", "在哪台设备上结束", "on which device it was closed"),
            former_id=("devices", "重新登记前的设备", "which device it was before it was enrolled again"),
            sku_id=("skus", "SKU", "SKU"),
            kept_id=("skus", "合并后保留的 SKU", "SKU that was kept"),
            lot_id=("lots", "批次", "lot"),
            supplier_id=("suppliers", "供应商", "supplier"),
            buyer_id=("buyers", "买家", "buyer"),
            carrier_id=("carriers", "承运商", "carrier"),
            tax_id=("taxes", "税种", "tax"),
            ledger_id=("ledger", "库存账的行", "row of the stock ledger"),
            purchase_order_id=("purchase_orders", "采购单", "purchase order"),
            count_id=("counts", "盘点", "count"),
            job_id=("jobs", "所属任务（导入等）", "job that it is a part of"),
            stock_key=("stock_balances", "库存键", "stock key"),
            availability_id=("availability", "可用量的行", "row of the availability"),
            tally_id=("tallies", "单据合计的行", "row of the document's tallies"),
        ),
        **_of(
            None,
            id=("编号（UUID）", "id (UUID)"),
            op_id=("写下这一行的操作", "operation that wrote it"),
            order_id=("所属订单", "order that it belongs to"),
            document_id=("所属单据", "document that it belongs to"),
            line_id=("所属单据行", "line of a document"),
            owner_id=("货主，空为本商户", "whose goods; empty: the merchant's own"),
            reverses_id=("所冲销的行", "row that it reverses"),
            about_id=("所关于的行", "row that it is about"),
            about_table=("所关于的表", "table of the row that it is about"),
            resubmitted_as=("重新提交的操作", "operation that was made of it"),
            scope_id=("为谁而设：商户、门店或人员", "for whom: merchant, outlet or person"),
            code=("代码", "code"),
            name=("名称", "name"),
            currency=("币种（ISO 4217）", "currency (ISO 4217)"),
            kind=("种类", "kind"),
            login=("登录名", "name to sign in by"),
            role=("角色", "role"),
            retired_reason=("停用原因", "why it was retired"),
            verify_key=("核对签名的公钥（十六进制）", "public key of its signatures, hexadecimal"),
            seal_key=("接收密封内容的公钥（十六进制）", "public key to seal to it, hexadecimal"),
            sku=("SKU 代码", "SKU code"),
            name_en=("英文名称", "English name"),
            category=("类别", "category"),
            base_unit=("基本单位", "base unit"),
            gtin=("GTIN-14", "GTIN-14"),
            unit=("包装单位名称", "name of the pack unit"),
            serial=("序列号", "serial"),
            status=("状态", "status"),
            reason=("理由", "reason"),
            number=("单号", "document number"),
            channel=("渠道", "channel"),
            buyer=("订单上显示的买家", "buyer as the order shows him"),
            tail=("电话末位", "end of the telephone number"),
            level=("会员等级", "kind of membership"),
            hold_reason=("暂停原因", "why it is on hold"),
            summary=("内容摘要", "what is in it, in short"),
            note=("备注", "note"),
            rule=("导入时采用的规则", "rule of the import that it came in by"),
            service=("费用项目", "what the charge is for"),
            event=("发生了什么", "what happened"),
            carrier=("承运商", "carrier"),
            tracking_url=("查询网址", "web address to track by"),
            now=("新值", "value after"),
            tracking=("运单号", "tracking number"),
            op_kind=("操作种类", "kind of the operation"),
            facts=("事实（JSON）", "facts (JSON)"),
            fields=("各栏的原值和新值（JSON）", "values before and after, by field (JSON)"),
            resolution=("处理结果", "how it was settled"),
            previous_code=("上一次扫描的代码", "code that was scanned before"),
            station=("作业台", "scan station"),
            source=("来源文件名", "name of the source"),
            file_hash=("文件的 SHA-256", "SHA-256 of the file"),
            plan_hash=("检查结果的 SHA-256", "SHA-256 of the plan"),
            result_hash=("实际结果的 SHA-256", "SHA-256 of the result"),
            key=("设置的名称", "name of the setting"),
            value=("值（JSON）", "value (JSON)"),
            was=("原值（JSON）", "value before (JSON)"),
            sha256=("文件的 SHA-256（十六进制）", "SHA-256 of the file, hexadecimal"),
        ),
        **_of(
            Unit.QUANTITY,
            quantity=("数量", "quantity"),
            on_hand=("现有量", "on hand"),
            reserved=("预占量", "reserved"),
            expected=("应收量", "expected"),
            done=("已完成的数量", "quantity done"),
            counted=("盘到的数量", "quantity counted"),
            book=("账面数", "book quantity"),
            variance=("差异", "variance"),
        ),
        **_of(
            Unit.PRICE,
            price=("售价", "price"),
            cost=("标准成本", "standard cost"),
            unit_price=("单价", "unit price"),
            unit_cost=("单位成本", "unit cost"),
        ),
        **_of(
            Unit.AMOUNT,
            amount=("金额", "amount"),
            goods=("货款", "goods"),
            freight=("运费", "freight"),
            discount=("折扣", "discount"),
            charges=("货物以外的费用", "charges beside goods"),
            total=("合计", "total"),
            refunded=("已退款", "refunded"),
        ),
        **_of(
            Unit.TIME,
            time=("时间", "time"),
            enrolled_at=("登记时间", "when it was enrolled"),
            retired_at=("停用时间", "when it was retired"),
            erased_at=("抹除时间", "when the personal values were erased"),
            placed_at=("下单时间", "when it was placed"),
            changed_at=("更改时间", "when it was changed"),
            due_at=("应发时间", "when it is due"),
            ended_at=("结束时间", "when it ended"),
            opened_at=("开始时间", "when it was opened"),
            closed_at=("结束时间", "when it was closed"),
            reversed_at=("最后一次冲销的时间", "when something of it was reversed last"),
            raised_at=("提出时间", "when it was raised"),
            settled_at=("处理时间", "when it was settled"),
            reported_at=("报告时间", "when it was reported"),
            started_at=("开始时间", "when it began"),
            set_at=("设置时间", "when it was decided"),
            live_at=("启用时间", "when it went live"),
            made_at=("生成时间", "when it was made"),
        ),
        **_of(
            Unit.DURATION,
            time_bound=("时间的误差界限", "how far off the time may be"),
            opened_bound=("开始时间的误差界限", "how far off the time of opening may be"),
            closed_bound=("结束时间的误差界限", "how far off the time of closing may be"),
        ),
        **_of(
            Unit.DAY,
            from_day=("自此日起", "from which day"),
            due_day=("应到日", "day on which it is due"),
            day=("营业日", "business day"),
            expiry=("到期日", "expiry"),
            made=("生产日", "day of production"),
        ),
        **_of(
            Unit.DAYS,
            shelf_life_days=("保质期", "shelf life"),
            min_days_left=("收货时至少剩余的天数", "least days left when it is received"),
        ),
        **_of(
            Unit.FLAG,
            archived=("是否停用", "whether it is archived"),
            costed=("是否有成本", "whether it has a cost"),
            track_lot=("是否管批号", "whether lots are tracked"),
            track_expiry=("是否管效期", "whether expiry is tracked"),
            track_serial=("是否管序列号", "whether serials are tracked"),
            draft=("是否商品草稿", "whether it is a draft product"),
            blind=("是否盲盘", "whether it is a blind count"),
            personal=("是否含买家个人信息", "whether buyers' personal values are in it"),
        ),
        **_of(Unit.RATE, rate=("税率", "rate")),
        **_of(
            Unit.NUMBER,
            rights_version=("权限版本", "rights version"),
            from_version=("自此权限版本起有效", "rights version from which it counts"),
            to_version=("至此权限版本止；空为仍有效", "rights version at which it ended; empty: it counts"),
            former_seq=("重新登记前的最后序号", "last number as the former device"),
            device_seq=("设备的序号", "the device's number of the operation"),
            opened_seq=("开始时的设备序号", "the device's number when it was opened"),
            closed_seq=("结束时的设备序号", "the device's number when it was closed"),
            position=("行号", "position in the document"),
            line_count=("行数", "number of lines"),
            visitors=("访客数", "number of visitors"),
            rows=("行数", "number of rows"),
            written=("写入的行数", "rows written"),
            unchanged=("未变的行数", "rows unchanged"),
            ineffective=("没有作用的行数", "rows without effect"),
            refused=("被拒绝的行数", "rows refused"),
            created=("新建的行数", "rows created"),
            open=("尚未撤回的栏数", "fields that no undo has put back"),
        ),
    }
)

SPECIAL: Final = MappingProxyType(
    {
        ("barcodes", "quantity"): Meaning("一个包装含多少基本单位", "base units in one pack", Unit.QUANTITY),
        ("job_chunks", "number"): Meaning("第几段", "number of the chunk", Unit.NUMBER),
        ("order_lines", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("order_charges", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("order_charges", "quantity"): Meaning("数量", "quantity, 10^-6 of one", Unit.QUANTITY),
        ("order_events", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("reservations", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("reservations", "line_id"): Meaning("销售订单行", "line of the sales order", None, "order_lines"),
        ("shipments", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("refunds", "order_id"): Meaning("销售订单", "sales order", None, "orders"),
        ("purchase_lines", "order_id"): Meaning("采购单", "purchase order", None, "purchase_orders"),
        ("purchase_line_costs", "order_id"): Meaning("采购单", "purchase order", None, "purchase_orders"),
        ("expectations", "line_id"): Meaning(
            "采购单行", "line of the purchase order", None, "purchase_lines"
        ),
        ("settings", "level"): Meaning("层级", "level"),
        ("setting_changes", "level"): Meaning("层级", "level"),
    }
)
"""(table, column) -> what it means there."""

LEFT_OUT: Final = MappingProxyType(
    {
        "code_key": ("code 的比较形式", "`code` as it is compared"),
        "number_key": ("number 的比较形式", "`number` as it is compared"),
        "sku_key": ("sku 的比较形式", "`sku` as it is compared"),
        "sort_key": ("排序用的拼音", "pinyin to sort by"),
        "badge": ("可用来登录", "one signs in by it"),
    }
)
"""Columns that are in no archive, and why."""


def meaning_of(table: str, column: str) -> Meaning | None:
    """Return what a column means, None where nobody has said it yet."""
    return SPECIAL.get((table, column)) or COLUMNS.get(column)
