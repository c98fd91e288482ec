"""Refusals of sign-in, enrolment, recovery, stations and amounts; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "refusal.other_outlet": (
        "这条记录属于另一个门店，不能在这里修改。",
        "That record belongs to another outlet and cannot be changed here.",
    ),
    "refusal.id_taken": (
        "这条记录已经存在，请再操作一次。",
        "That record exists already; do it once more.",
    ),
    "refusal.not_storable": (
        "内容里有无法保存的字符或数字，请修改后再试。",
        "It holds a character or a number that cannot be stored; change it and try again.",
    ),
    "refusal.nothing_to_carry": (
        "没有待发送的操作，不需要写文件。",
        "Nothing waits to be sent: there is nothing to write.",
    ),
    "refusal.carried_unreadable": (
        "服务器打不开这个文件：它已损坏，或不是由本商户的工作台写下的。什么都没有改变。",
        "The server cannot open this file: it is damaged or no desk of this merchant's. Nothing was changed.",
    ),
    "refusal.carried_foreign": (
        "这个文件属于另一家商户，什么都没有改变。",
        "This file belongs to another merchant. Nothing was changed.",
    ),
    "refusal.carried_unknown_desk": (
        "服务器不认识写这个文件的工作台（{code}），什么都没有改变。",
        "The server does not know the desk that wrote this file ({code}). Nothing was changed.",
    ),
    "refusal.carried_retired": (
        "写这个文件的工作台（{code}）已被停用，它的工作不再接收。",
        "The desk that wrote this file ({code}) was retired; its work is taken no more.",
    ),
    "refusal.no_snapshots": (
        "这台服务器不提供整份数据，将逐页获取。",
        "This server offers no ready copy of its data; rows are fetched page by page.",
    ),
    "refusal.no_seal_key": (
        "服务器上没有这台工作台的公钥，请用新的登记代码重新登记。",
        "The server has no public key of this desk; enrol it again with a new code.",
    ),
    "refusal.outlet_code_ambiguous": (
        "不止一个门店使用编号 {outlet}，请先改掉其中一个。",
        "More than one outlet has the code {outlet}; change one of them first.",
    ),
    "refusal.nobody_signed_in": ("还没有人登录。", "Nobody is signed in."),
    "refusal.sign_in_wrong": (
        "登录名、密码或 PIN 不对。",
        "The sign-in name, password or PIN is wrong.",
    ),
    "refusal.sign_in_failed": (
        "登录名、密码或 PIN 不对，连续输错会被锁定。",
        "The sign-in name, password or PIN is wrong; repeated failures lock it.",
    ),
    "refusal.sign_in_expired": (
        "登录已过期：太久没有经服务器确认。请联网登录一次；如果本机日期不对，请先校准。",
        (
            "The sign-in has expired: the server has not confirmed it for too long. Sign in once with the "
            "server; if this computer's date is wrong, set it first."
        ),
    ),
    "refusal.password_not_set": (
        "这个人还没有设置这种登录方式。",
        "This person has not set up this way of signing in.",
    ),
    "refusal.nothing_picked": (
        "发货单 {number} 还没有拣任何商品，不能完成，会留着。拣不到货时请挂起订单。",
        "Nothing was picked for shipment {number}: it stays open. Goods not found: hold the order.",
    ),
    "refusal.nothing_counted": (
        "{location} 还没有盘到任何商品，账上还有 {n} 项：请扫描，或逐项说明没有了。盘点会留着。",
        Plural(
            "Nothing was counted at {location}, where the book has {n} item: scan it, or say that it is "
            "gone. The count stays open.",
            "Nothing was counted at {location}, where the book has {n} items: scan them, or say of each that "
            "it is gone. The count stays open.",
        ),
    ),
    "refusal.no_such_operation": (
        "找不到编号为 {op_id} 的操作，或它不属于本门店。",
        "There is no operation {op_id}, or it is not this outlet's.",
    ),
    "refusal.no_such_person": ("没有这个人。", "There is no such person."),
    "refusal.desk_has_unsent": (
        (
            "工作台 {desk} 还不能停用，这些只在它上面：未送达的操作 {operations}、未入账的扫描 {scans}、"
            "未交给服务器的买家密钥 {keys}。请联网同步，并在作业台处理等待的扫描。"
        ),
        (
            "Desk {desk} cannot end yet, as these are here alone: operations not sent {operations}, scans "
            "not booked {scans}, buyers' keys not handed over {keys}. Sync, and settle waiting scans at "
            "their stations."
        ),
    ),
    "refusal.desk_left_unsent": (
        (
            "工作台 {desk} 已停用，但其间又有了只在它上面的东西：未送达的操作 {operations}、"
            "未入账的扫描 {scans}、未交给服务器的买家密钥 {keys}。"
            "请保留它的文件夹，处理等待的扫描并再次同步：服务器仍收下已发生的事。"
        ),
        (
            "Desk {desk} is retired, but meanwhile there is something on it alone: operations not sent "
            "{operations}, scans not booked {scans}, buyers' keys not handed over {keys}. Keep its folder, "
            "settle waiting scans and sync again: the server still takes what happened."
        ),
    ),
    "refusal.desk_retired": (
        "工作台 {desk} 当时已停用：已发生的事照收，决定不再执行。请在另一台工作台上决定。",
        "Desk {desk} was retired by then: what happened is taken, decisions are not. Decide elsewhere.",
    ),
    "refusal.outlet_in_use": (
        (
            "门店 {outlet} 还有没办完的事：收货 {receipts}、发货 {shipments}、盘点 {counts}、"
            "采购单 {purchase_orders}、订单 {orders}、待办 {tasks}、有库存的库存键 {stock}。办完后再关闭。"
        ),
        (
            "Outlet {outlet} has work that is not ended: receipts {receipts}, shipments {shipments}, counts "
            "{counts}, purchase orders {purchase_orders}, orders {orders}, tasks {tasks}, stock keys with "
            "stock {stock}. End it, then close."
        ),
    ),
    "refusal.outlet_desks_unsent": (
        "门店 {outlet} 的工作台 {desks} 还有没发送的工作，或从未报告过。请在那里联网同步后再关闭。",
        "At outlet {outlet} these desks have unsent work, or never told of it: {desks}. Sync them first.",
    ),
    "refusal.outlet_has_desks": (
        "门店 {outlet} 又有了工作台 {desks}，请再看一遍后关闭。",
        "Outlet {outlet} has desks that were not looked at: {desks}. Look again, then close.",
    ),
    "refusal.own_outlet_closing": (
        "这台工作台就在门店 {outlet}，请在另一个门店的工作台上关闭它。",
        "This desk is of outlet {outlet} itself; close it at a desk of another outlet.",
    ),
    "refusal.last_outlet": (
        "{outlet} 是最后一个门店，不能关闭。",
        "{outlet} is the last outlet and stays open.",
    ),
    "refusal.outlet_closed": (
        "门店 {outlet} 已关闭，不能登记工作台，也不能为它做决定。请先重新开放。",
        "Outlet {outlet} is closed: no desk can join it, and nothing is decided for it. Open it again first.",
    ),
    "refusal.no_such_merchant": (
        "请用 --merchant 指定商户，服务器上有：{names}。",
        "Name the merchant by --merchant; the server has: {names}.",
    ),
    "refusal.no_outlet_of_code": (
        "没有代码为 {outlet} 的门店。现有的门店：{known}。",
        "There is no outlet with the code {outlet}. There are: {known}.",
    ),
    "refusal.no_such_outlet": ("没有这个门店。", "There is no such outlet."),
    "refusal.unknown_group": ("不认识的数据范围：{group:word}", "Unknown group of data: {group:word}"),
    "refusal.lifetime_out_of_range": (
        "登记代码的有效期要在 1 到 {most} 小时之间。",
        "An enrolment code lasts from 1 to {most} hours.",
    ),
    "refusal.enrolment_unreadable": (
        "登记代码读不出来，请整段复制或重新扫描。",
        "The enrolment code cannot be read; copy it whole, or scan it again.",
    ),
    "refusal.unreadable_key": ("工作台的公钥读不出来。", "The desk's public key cannot be read."),
    "refusal.no_sealed_key": (
        "服务器上没有这台工作台的密钥备份，请用打印的恢复码。",
        "The server keeps no key for this desk; use the printed recovery code.",
    ),
    "refusal.no_warehouse": (
        "这个门店还没有仓库和库位，请先在设置里建立。",
        "This outlet has no warehouse yet; set one up first.",
    ),
    "refusal.unknown_location": ("没有库位 {location}。", "There is no location {location}."),
    "refusal.scans_wait": (
        "还有 {count} 次扫描等待确认，先处理它们。",
        "Scans are waiting to be acknowledged ({count}); settle them first.",
    ),
    "refusal.booked_elsewhere": (
        "另一台工作台已记过这一扫，没有再记。",
        "Another desk has booked this scan; it was not booked again.",
    ),
    "refusal.fault_unseen": (
        "工作台因故障停下，还没有人确认；先确认（Enter 或确认卡），再继续。",
        "The station stopped at a fault that nobody has acknowledged; do that first (Enter or the OK card).",
    ),
    "refusal.unknown_purchase_order": (
        "这台工作台上没有采购单 {number}。",
        "This desk has no purchase order {number}.",
    ),
    "refusal.unknown_order": ("这台工作台上没有订单 {number}。", "This desk has no order {number}."),
    "refusal.document_not_open": (
        "这张单据不在进行中（{status:word}）。",
        "This document is not open ({status:word}).",
    ),
    "refusal.buyer_tail": (
        "买家 {code} 的手机尾号最多 {most} 位数字。",
        "The phone tail of buyer {code} has at most {most} digits.",
    ),
    "refusal.buyer_erased": (
        "买家 {code} 的个人资料已经抹除，无法再打开，也不必再抹除。",
        "The personal data of buyer {code} are erased: they can neither be opened nor erased again.",
    ),
    "refusal.buyer_details": (
        "姓名、电话和地址各不超过 {most} 个字，且不能含控制字符。",
        "Name, telephone and address take at most {most} characters each, and no control characters.",
    ),
    "refusal.buyer_code_taken": ("买家编号 {code} 已存在。", "Buyer code {code} exists already."),
    "refusal.amount_absurd": (
        "金额 {amount:money} 太大（上限 {most:money}）。",
        "An amount of {amount:money} is too large (at most {most:money}).",
    ),
    "refusal.price_absurd": (
        "价格 {price:price} 太大（上限 {most:price}）。",
        "A price of {price:price} is too large (at most {most:price}).",
    ),
    "refusal.cost_absurd": (
        "成本 {cost:price} 太大（上限 {most:price}）。",
        "A cost of {cost:price} is too large (at most {most:price}).",
    ),
    "refusal.channel_missing": ("没有写渠道。", "The channel is missing."),
    "refusal.visitors_negative": (
        "{channel} 的访客数不能为负：{visitors}",
        "The visitors of {channel} cannot be negative: {visitors}",
    ),
}
