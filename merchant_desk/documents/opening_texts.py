"""What became of a row that begins a shop's books: every sentence in Chinese and English."""

from types import MappingProxyType
from typing import Final

Sentences = MappingProxyType[str, tuple[str, str]]

FAULTS: Final[Sentences] = MappingProxyType(
    {
        "quantity_negative": (
            "期初数量“{text}”不能小于零；没有就写 0。",
            'The opening quantity "{text}" is below zero; write 0 where there is nothing.',
        ),
        "unknown_location": (
            "本仓库没有库位“{text}”。请先建立库位，或改正这一格。",
            'The warehouse has no location "{text}". Make it first, or correct the cell.',
        ),
        "lot_missing": (
            "{text} 要管批号，这一行没有批号。",
            "{text} is tracked by lot, and the row names none.",
        ),
        "expiry_missing": (
            "{text} 要管效期，这一行没有到期日。",
            "{text} is tracked by expiry, and the row names none.",
        ),
        "expiry_without_lot": (
            "{text} 的到期日属于批号，这一行没有批号；没有批号时可把到期日写作批号。",
            "The expiry of {text} belongs to a lot, and the row names none; else write the day.",
        ),
        "serial_missing": (
            "{text} 要管序列号，每件一行并写序列号。",
            "{text} is tracked by serial number: one row for each piece, with its number.",
        ),
        "serial_is_one": (
            "一个序列号只有一件，这里写了 {text}。",
            "A serial number is one piece, and the row says {text}.",
        ),
        "stock_twice": (
            "与第 {text} 行是同一商品、库位、批号和状态，不知道以哪一行为准。请合为一行。",
            "Row {text} has the same product, place, lot and status: which one holds? Make them one.",
        ),
        "lot_expiries": (
            "第 {text} 行给同一批号写了另一个到期日。一个批号只有一个到期日，请核对包装。",
            "Row {text} gives this lot another expiry. A lot has one: check the packaging.",
        ),
        "quantity_not_whole": (
            "这个商品按整数计，不能写“{text}”。",
            'This product is counted whole: "{text}" of it cannot be.',
        ),
        "status_not_read": (
            "“{text}”不是库存状态（可售、暂扣、残损、隔离）。",
            '"{text}" is no stock status (sellable, hold, damaged, quarantine).',
        ),
        "counted_here": (
            "这个库位的这种货已经盘点过，以盘点为准，没有改动。",
            "These goods were counted at this place since: what was counted stands.",
        ),
        "unknown_customer": (
            "没有编码为“{text}”的客户。请先导入客户，或改正这一格。",
            'There is no customer "{text}". Import the customers first, or correct the cell.',
        ),
        "price_missing": (
            "{text} 没有售价，这一行也没有写单价。",
            "{text} has no price, and the row names none.",
        ),
        "order_half_sent": (
            "采购单 {text} 有的行已发出、有的行没有。",
            "Some lines of purchase order {text} are sent, others are not.",
        ),
        "order_of_two_times": (
            "订单 {text} 的各行下单时间不同。",
            "The lines of order {text} name different order times.",
        ),
        "party_twice": (
            "与第 {text} 行编码相同而内容不同，不知道以哪一行为准。",
            "Row {text} has the same code and other content: which one holds?",
        ),
    }
)

FAULT_NAMES: Final[Sentences] = MappingProxyType(
    {
        "quantity_negative": ("数量小于零", "Quantity below zero"),
        "unknown_location": ("没有这个库位", "No such location"),
        "lot_missing": ("缺少批号", "Lot missing"),
        "expiry_missing": ("缺少到期日", "Expiry missing"),
        "expiry_without_lot": ("有到期日而无批号", "Expiry without a lot"),
        "serial_missing": ("缺少序列号", "Serial number missing"),
        "serial_is_one": ("一个序列号不止一件", "More than one of a serial number"),
        "stock_twice": ("同一库存写了两行", "The same stock twice"),
        "lot_expiries": ("一个批号两个到期日", "One lot, two expiries"),
        "quantity_not_whole": ("数量不是整数", "Not a whole number"),
        "status_not_read": ("状态不认识", "Not a status"),
        "counted_here": ("已盘点，以盘点为准", "Counted since: the count stands"),
        "unknown_customer": ("没有这个客户", "No such customer"),
        "price_missing": ("没有价格", "No price"),
        "order_half_sent": ("一张采购单发出一半", "An order half sent"),
        "order_of_two_times": ("一张订单两个时间", "One order, two times"),
        "party_twice": ("同一编码两种内容", "One code, other content"),
    }
)

RULES: Final[Sentences] = MappingProxyType(
    {
        "opening_line": ("期初库存", "Opening stock"),
        "open_order_line": ("待发订单行", "Line of an open order"),
        "new_party": ("新增", "New"),
        "repeated_party": ("与前面一行相同", "The same as an earlier row"),
    }
)

NOTES: Final[Sentences] = MappingProxyType(
    {
        "no_price": (
            "商品还没有售价：不能下单",
            "The product has no price yet: it cannot be ordered",
        ),
        "own_price": ("没有写单价：按商品售价", "No price in the row: the product's own"),
        "code_from_name": ("没有编码：以名称为编码", "No code: known by the name"),
        "no_cost": ("没有成本：无法计价", "No cost: it has no value in the books"),
    }
)

FIELD_NAMES: Final[Sentences] = MappingProxyType(
    {
        "location": ("库位", "location"),
        "lot": ("批号", "lot"),
        "expiry": ("到期日", "expiry"),
        "serial": ("序列号", "serial number"),
        "status": ("状态", "status"),
        "code": ("编码", "code"),
        "sent": ("已发给供应商", "sent to the supplier"),
        "party_name": ("名称", "name"),
        "phone": ("电话", "telephone"),
        "address": ("地址", "address"),
        "level": ("等级", "level"),
    }
)
