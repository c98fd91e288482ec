"""Texts of an outlet's warehouses: adding, closing, choosing the one that a desk works in."""

from merchant_desk.ui.texts.catalogue import Texts

_SAID: Texts = {
    "operation.import_outlets": ("导入门店", "imported outlets"),
    "operation.add_warehouse": ("新增仓库", "added a warehouse"),
    "operation.rename_warehouse": ("仓库改名", "renamed a warehouse"),
    "operation.close_warehouse": ("关闭仓库", "closed a warehouse"),
    "operation.reopen_warehouse": ("重新开放仓库", "opened a warehouse again"),
    "setting.desk.warehouse": ("本机所在仓库", "Warehouse of this desk"),
    "setting.desk.warehouse.why": (
        "门店有几个仓库时，本机在哪一个里工作（仓库编号）；在工位或“门店”页面选定。",
        "Where the outlet has several: the code of this desk's; chosen at a station or at Outlets.",
    ),
    "task.title.warehouse_after_closing": (
        "仓库 {warehouse} 关闭后仍有记录",
        "Work in warehouse {warehouse} after it was closed",
    ),
    "task.text.warehouse_after_closing": (
        "「{op_kind}」记在已关闭的仓库 {name}；已如实记录，那里可能还有货。请核对，需要时重新开放它。",
        '"{op_kind}" counts in {name}, which is closed; it stands. Goods may be there: look, or reopen it.',
    ),
}

_REFUSED: Texts = {
    "refusal.warehouse_code_taken": (
        "已有仓库或门店用编号 {code}。",
        "A warehouse or an outlet has the code {code} already.",
    ),
    "refusal.last_warehouse": (
        "{warehouse} 是这个门店唯一开放的仓库；要全部停用，请关闭门店。",
        "{warehouse} is the only open warehouse of its outlet; to end all of it, close the outlet.",
    ),
    "refusal.warehouse_in_use": (
        (
            "仓库 {warehouse} 还有没办完的事：收货 {receipts}、发货 {shipments}、盘点 {counts}、"
            "采购单 {purchase_orders}、订单 {orders}、有库存的库存键 {stock}。办完后再关闭。"
        ),
        (
            "Warehouse {warehouse} has work that is not ended: receipts {receipts}, shipments {shipments}, "
            "counts {counts}, purchase orders {purchase_orders}, orders {orders}, stock keys with stock "
            "{stock}. End it, then close."
        ),
    ),
    "refusal.warehouse_codes_taken": (
        "仓库 {warehouse} 的 {n} 个库位码现在用在 {others}：{codes}。请先停用其中一边的库位，再重新开放。",
        (
            "{n:location code|location codes} of warehouse {warehouse} went to {others} meanwhile: {codes}. "
            "Archive the locations on either side first."
        ),
    ),
    "refusal.warehouse_closed": ("仓库 {warehouse} 已关闭。", "Warehouse {warehouse} is closed."),
    "refusal.no_warehouse_of_code": (
        "这里没有编号为 {code} 的开放仓库。现有：{known}。",
        "There is no open warehouse {code} here. There are: {known}.",
    ),
    "refusal.warehouse_not_chosen": (
        "这个门店有几个仓库（{warehouses}）：请先选定本机在哪一个里工作。",
        "This outlet has several warehouses ({warehouses}): first choose the one that this desk works in.",
    ),
    "refusal.order_of_other_warehouse": (
        "{number} 属于仓库 {warehouse}，本机在 {here}。请到那边办理，或换本机的仓库。",
        "{number} belongs to warehouse {warehouse}; this desk works in {here}. Go there, or switch it.",
    ),
    "refusal.location_of_other_warehouse": (
        "库位 {location} 在仓库 {warehouse}，本机在 {here}。",
        "Location {location} is in warehouse {warehouse}, this desk works in {here}.",
    ),
    "refusal.location_of_closed_warehouse": (
        "库位 {location} 属于已关闭的仓库 {warehouse}。",
        "Location {location} belongs to the warehouse {warehouse}, which is closed.",
    ),
    "refusal.location_code_elsewhere": (
        "库位码 {code} 已用在仓库 {warehouse}：同一门店里一个标签只能指一个地方。",
        "Warehouse {warehouse} has a location {code}: in one outlet a label means one place.",
    ),
}

_OUTLETS: Texts = {
    "outlets.warehouses": ("仓库", "Warehouses"),
    "outlets.warehouse_line": ("{name} · {n} 个库位", "{name} · {n:location|locations}"),
    "outlets.warehouse_closed": ("{name} · 已关闭", "{name} · closed"),
    "outlets.warehouse_here": (
        "{name} · 本机在此 · {n} 个库位",
        "{name} · this desk's · {n:location|locations}",
    ),
    "outlets.and_others": ("{name}，另有 {n} 个", "{name} + {n}"),
    "outlets.add_warehouse": ("加仓库", "Add warehouse"),
    "outlets.add_warehouse_title": ("门店 {code} 加一个仓库", "One more warehouse of {code}"),
    "outlets.add_warehouse_note": (
        "连同收货区和发货区一起建好。库存、订单、盘点按仓库分开；每台工作台选一个仓库工作。",
        "With its receiving and shipping area. Stock, orders and counts stay apart; a desk works in one.",
    ),
    "outlets.warehouse_code": ("仓库编号", "Warehouse code"),
    "outlets.rename_warehouse": ("仓库改名", "Rename warehouse"),
    "outlets.close_warehouse": ("关闭仓库", "Close warehouse"),
    "outlets.close_warehouse_note": (
        "要先没有库存、也没有没办完的单据；历史都保留，以后可以重新开放。",
        "It has to be empty of stock and open documents first; what happened stays, and it can be reopened.",
    ),
    "outlets.reopen_warehouse": ("重开仓库", "Reopen warehouse"),
    "outlets.no_such_warehouse": ("没有这样的仓库。", "There is no such warehouse."),
    "outlets.reason": ("原因", "Reason"),
    "outlets.work_in": ("选本机仓库", "Choose this desk's"),
    "outlets.work_in_note": (
        "收货、拣货、盘点、采购、导入都在这个仓库里进行；已打开的单据仍在原来的仓库。",
        "Receipts, picks, counts, purchases and imports are there; open documents stay in theirs.",
    ),
    "outlets.work_in_told": ("本机现在在 {name} 工作。", "This desk works in {name} now."),
    "lookup.location_closed": ("仓库 {warehouse} 已关闭", "Warehouse {warehouse} is closed"),
    "station.warehouse": ("选仓库", "Warehouse"),
    "station.in_warehouse": ("仓库：{name}", "Warehouse: {name}"),
    "station.no_warehouse_chosen": ("未选定（F11）", "not chosen (F11)"),
    "locations.warehouse": ("仓库", "Warehouse"),
}

TEXTS: Texts = {**_SAID, **_REFUSED, **_OUTLETS}
