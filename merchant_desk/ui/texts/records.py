"""Texts of a shop's own records: outlets, suppliers, carriers, taxes, currency; what was refused and done."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

_REFUSALS: Texts = {
    "refusal.record_code_unreadable": (
        "编号要有 1 到 {most} 个字符，首尾没有空格。",
        "A code has 1 to {most} characters, without blanks at either end.",
    ),
    "refusal.outlet_code_unreadable": (
        "门店编号要有 1 到 {most} 个字母、数字或符号，没有空格：库位标签以它开头。",
        "An outlet's code has 1 to {most} letters, digits or signs (ASCII), no blanks: labels begin with it.",
    ),
    "refusal.supplier_archived": (
        "供应商“{name}”已停用；先恢复，才能下采购单。",
        "Supplier {name} is archived; bring it back before ordering there.",
    ),
    "refusal.carrier_code_taken": ("承运商编号 {code} 已存在。", "Carrier code {code} exists already."),
    "refusal.tax_code_taken": ("税种编号 {code} 已存在。", "Tax code {code} exists already."),
    "refusal.tracking_url_unreadable": (
        "查件网址读不懂：要以 https:// 或 http:// 开头，没有空格。",
        "The tracking address cannot be read: it begins with https:// or http:// and has no blanks.",
    ),
    "refusal.tracking_url_place": (
        "查件网址里要写一次 {place}，表示运单号放在哪里；它在域名后面。",
        "The tracking address has {place} once, behind the host: there the parcel's number goes.",
    ),
    "refusal.tracking_unreadable": (
        "运单号最多 {most} 个字符，不含控制字符。",
        "A tracking number has at most {most} characters and no control characters.",
    ),
    "refusal.tax_rate_absurd": (
        "税率要在 0% 到 100% 之间，最多四位小数。",
        "A tax rate is between 0% and 100%, with four decimals at most.",
    ),
    "refusal.tax_rate_stands": (
        "税种 {code} 从 {day:date} 起已是 {rate:rate}，没有改动。确要更正，请选“更正”（命令行 --correct）。",
        (
            "Tax {code} is {rate:rate} from {day:date} already; nothing was changed. To put another in its "
            "place, tick Correct (at the command line: --correct)."
        ),
    ),
    "refusal.no_such_record": ("没有编号为 {code} 的记录。", "Nothing has the code {code}."),
    "refusal.day_unreadable": (
        "没有 {day:date} 这一天，请写成 2026-11-22 的样子。",
        "There is no such day as {day:date}; write it like 2026-11-22.",
    ),
    "refusal.too_many_products": (
        "一次可给 1 到 {most} 个商品设税种，这里有 {products} 个。",
        "A tax is given to 1 to {most} products at once; here: {products}.",
    ),
    "refusal.unknown_currency": (
        "{currency} 不是 ISO 4217 的货币代码，如 CNY、USD。",
        "{currency} is no currency code of ISO 4217, such as CNY or USD.",
    ),
    "refusal.money_booked": (
        "账上已有 {currency} 的金额，本位币不能再改。",
        "There is money in the books in {currency} already: their currency cannot change any more.",
    ),
    "refusal.money_unsent": (
        "工作台 {desks} 有没发送的工作，或已十分钟没有联系，可能还有金额没入账。请在那里同步后马上再试。",
        "Desks {desks} have unsent work or were silent for ten minutes. Sync them, then ask again at once.",
    ),
}

_OPERATIONS: Texts = {
    "operation.rename_outlet": ("门店改名", "renamed an outlet"),
    "operation.rename_supplier": ("供应商改名", "renamed a supplier"),
    "operation.archive_supplier": ("停用供应商", "archived a supplier"),
    "operation.restore_supplier": ("恢复供应商", "brought a supplier back"),
    "operation.add_carrier": ("新增承运商", "added a carrier"),
    "operation.change_carrier": ("修改承运商", "changed a carrier"),
    "operation.archive_carrier": ("停用承运商", "archived a carrier"),
    "operation.restore_carrier": ("恢复承运商", "brought a carrier back"),
    "operation.note_parcel": ("登记运单", "noted a parcel"),
    "operation.add_tax": ("新增税种", "added a tax"),
    "operation.rename_tax": ("税种改名", "renamed a tax"),
    "operation.set_tax_rate": ("设定税率", "set a tax rate"),
    "operation.archive_tax": ("停用税种", "archived a tax"),
    "operation.restore_tax": ("恢复税种", "brought a tax back"),
    "operation.set_product_tax": ("设定商品税种", "set a product's tax"),
    "operation.change_currency": ("更改本位币", "changed the currency"),
}

_LISTS: Texts = {
    "records.code": ("编号", "Code"),
    "records.name": ("名称", "Name"),
    "records.find": ("编号或名称", "Code or name"),
    "records.tab_used": ("在用", "In use"),
    "records.tab_archived": ("已停用", "Archived"),
    "records.history": ("更改记录", "What was changed"),
    "records.server": ("服务器", "the server"),
    "records.event.added": ("新增：{now}", "added as {now}"),
    "records.event.renamed": ("改名：{was} → {now}", "renamed: {was} → {now}"),
    "records.event.archived": ("停用", "archived"),
    "records.event.restored": ("恢复使用", "in use again"),
    "records.none_archived": ("没有停用的", "None is archived"),
    "records.none_archived_hint": (
        "停用的会列在这里，随时可以恢复使用。",
        "What is archived is listed here and can be used again at any time.",
    ),
    "records.not_found": ("没有找到", "Nothing found"),
    "records.not_found_hint": (
        "检查输入，或按 Ctrl+N 新增。",
        "Check what was typed, or add it by Ctrl+N.",
    ),
}

_SUPPLIERS: Texts = {
    "screen.suppliers": ("供应商", "Suppliers"),
    "suppliers.add": ("新增供应商", "Add a supplier"),
    "suppliers.add_note": (
        "很多供应商？用“导入”一次读入表格。编号以后不变，名称可以改。",
        "Many of them? Import brings a spreadsheet in at once. The code stays; the name may change.",
    ),
    "suppliers.added": ("供应商已新增。", "The supplier is added."),
    "suppliers.change": ("改名", "Rename"),
    "suppliers.change_title": ("供应商 {code} 改名", "Rename supplier {code}"),
    "suppliers.changed": ("已改名。", "Renamed."),
    "suppliers.order": ("向其采购", "Order there"),
    "suppliers.archive": ("停用", "Archive"),
    "suppliers.archived_one": (
        "“{name}”已停用；在途的采购单照常收货。",
        "{name} is archived; what is on its way still comes.",
    ),
    "suppliers.restore": ("恢复使用", "Use again"),
    "suppliers.restored_one": ("“{name}”已恢复使用。", "{name} is in use again."),
    "suppliers.orders": ("采购单", "Orders"),
    "suppliers.waiting": ("待收", "To come"),
    "suppliers.last": ("最近下单", "Last order"),
    "suppliers.empty": ("还没有供应商", "No suppliers yet"),
    "suppliers.empty_hint": (
        "按 Ctrl+N 新增；第一张采购单里直接写名称也可以。",
        "Press Ctrl+N to add one, or name it in the first purchase order.",
    ),
}

_CARRIERS: Texts = {
    "screen.carriers": ("承运商", "Carriers"),
    "carriers.add": ("新增承运商", "Add a carrier"),
    "carriers.add_note": (
        "替我们送包裹的快递、物流或班车。编号以后不变，其余可以改。",
        "Whoever takes our parcels: post, courier, bus. The code stays; the rest may change.",
    ),
    "carriers.added": ("承运商已新增。", "The carrier is added."),
    "carriers.change": ("修改", "Change"),
    "carriers.change_title": ("修改承运商 {code}", "Change carrier {code}"),
    "carriers.changed": ("已修改。", "Changed."),
    "carriers.usual": ("设为本店常用", "Usual one here"),
    "carriers.is_usual": ("本店常用", "usual here"),
    "carriers.usual_told": (
        "本店发货默认用“{name}”；发货单上随时可改。",
        "Parcels of this outlet go with {name} unless another one is named.",
    ),
    "carriers.archive": ("停用", "Archive"),
    "carriers.archived_one": (
        "“{name}”已停用；以前的发货单不变。",
        "{name} is archived; earlier shipments keep it.",
    ),
    "carriers.restore": ("恢复使用", "Use again"),
    "carriers.restored_one": ("“{name}”已恢复使用。", "{name} is in use again."),
    "carriers.parcels": ("包裹", "Parcels"),
    "carriers.address": ("查件网址", "Tracking address"),
    "carriers.no_address": ("不能网上查件", "cannot be followed"),
    "carriers.address_hint": (
        "没有就留空；{place} 表示运单号放在哪里。",
        "Leave it empty if there is none; {place} is where the parcel's number goes.",
    ),
    "carriers.example": ("查件示例", "For parcel 123456789"),
    "carriers.event.tracking_url": ("查件网址：{was} → {now}", "tracking address: {was} → {now}"),
    "shipments.parcel": ("承运商与运单", "Carrier and number"),
    "shipments.parcel_title": ("发货单 {number} 的包裹", "Parcel of shipment {number}"),
    "shipments.parcel_told": ("包裹信息已保存。", "What is known of the parcel is saved."),
    "shipments.track": ("网上查件", "Follow the parcel"),
    "shipments.carrier": ("承运商", "Carrier"),
    "shipments.carrier_hint": (
        "选一家，或写下名称（如顾客自提）",
        "Choose one, or write who has it (such as the customer)",
    ),
    "shipments.tracking": ("运单号", "Tracking number"),
    "carriers.empty": ("还没有承运商", "No carriers yet"),
    "carriers.empty_hint": (
        "按 Ctrl+N 新增；发货时就能选，运单号一点就能查。",
        "Press Ctrl+N to add one: shipments name it, and a parcel is followed by one key.",
    ),
}

_TAXES: Texts = {
    "screen.taxes": ("税与本位币", "Tax and currency"),
    "taxes.add": ("新增税种", "Add a tax"),
    "taxes.add_note": (
        "税率从某一天起有效，以后调整再加一个日期，旧价格照旧税率算。",
        "A rate holds from a day. When it changes, add another day: what was before keeps its rate.",
    ),
    "taxes.added": ("税种已新增。", "The tax is added."),
    "taxes.change": ("改名", "Rename"),
    "taxes.change_title": ("税种 {code} 改名", "Rename tax {code}"),
    "taxes.changed": ("已改名。", "Renamed."),
    "taxes.rate": ("新税率", "New rate"),
    "taxes.rate_title": ("“{name}”的新税率", "New rate of {name}"),
    "taxes.rate_note": (
        "从这一天起用新税率；同一天再设一次，以最后一次为准。",
        "From this day on the new rate holds; said again for the same day, the last one counts.",
    ),
    "taxes.rate_told": ("税率已设定。", "The rate is set."),
    "taxes.rate_field": ("税率（%）", "Rate (%)"),
    "taxes.rate_hint": ("如 13、6.5，最多四位小数", "such as 13 or 6.5, with four decimals at most"),
    "taxes.correct": ("更正当天已有的税率", "Correct: in place of that day's rate"),
    "taxes.correct_field": ("那天已有税率时", "If that day has a rate"),
    "taxes.day_field": ("从哪天起", "From"),
    "taxes.usual": ("设为常用", "Usual tax"),
    "taxes.is_usual": ("常用", "usual"),
    "taxes.usual_told": (
        "没有另设税种的商品都按“{name}”。",
        "Products without a tax of their own bear {name}.",
    ),
    "taxes.assign": ("用于商品", "Give to products"),
    "taxes.assign_title": ("哪类商品按“{name}”？", "Which products bear {name}?"),
    "taxes.assign_note": (
        "这一类在售商品都改按这个税种；单个商品可在“商品”页面改。",
        "All products of the category that are sold; a single one is changed on the Products screen.",
    ),
    "taxes.category": ("类别", "Category"),
    "taxes.category_of": ("{name}（{n} 个商品）", "{name} ({n:product|products})"),
    "taxes.no_category": ("未分类", "without a category"),
    "taxes.no_products": ("还没有商品。", "There are no products yet."),
    "taxes.assigned": (
        "{n} 个商品现在按“{name}”。",
        Plural("{n} product bears {name} now.", "{n} products bear {name} now."),
    ),
    "taxes.archive": ("停用", "Archive"),
    "taxes.archived_one": (
        "“{name}”已停用；已设的商品不变。",
        "{name} is archived; products that have it keep it.",
    ),
    "taxes.restore": ("恢复使用", "Use again"),
    "taxes.restored_one": ("“{name}”已恢复使用。", "{name} is in use again."),
    "taxes.rate_now": ("现行税率", "Rate now"),
    "taxes.later": ("以后", "Later"),
    "taxes.then": ("{day} 起 {rate}", "{rate} from {day}"),
    "taxes.products": ("另设商品", "By choice"),
    "taxes.rates": ("各期税率", "Rates"),
    "taxes.from": ("{day} 起", "from {day}"),
    "taxes.books": ("账目与售价", "Books and prices"),
    "taxes.currency_of_books": ("本位币", "Currency"),
    "taxes.prices": ("售价", "Prices"),
    "taxes.included": ("含税", "include tax"),
    "taxes.on_top": ("不含税", "tax comes on top"),
    "taxes.event.rate": ("{day} 起 {rate}", "{rate} from {day}"),
    "taxes.currency": ("本位币", "Currency"),
    "taxes.currency_title": ("账目的本位币", "The currency of the books"),
    "taxes.currency_note": (
        "建店时定下。账上有了金额就不能再改；由服务器判断。",
        "Fixed when the shop was founded; with money in the books it cannot change. The server judges.",
    ),
    "taxes.currency_field": ("货币代码", "Currency code"),
    "taxes.currency_hint": ("ISO 4217，如 CNY、HKD、USD", "ISO 4217, such as CNY, HKD, USD"),
    "taxes.currency_save": ("申请更改", "Ask for it"),
    "taxes.currency_told": (
        "已向服务器申请改为 {currency}；不能改时会出现在待办里。",
        "The server is asked for {currency}; if it cannot be, a task says so.",
    ),
    "taxes.empty": ("还没有税种", "No taxes yet"),
    "taxes.empty_hint": (
        "按 Ctrl+N 新增，如“增值税 13%”，再设为常用。不征税就不用设。",
        "Press Ctrl+N to add one, such as VAT 13%, and make it the usual one. Who bears no tax needs none.",
    ),
    "taxes.tax": ("税种", "Tax"),
    "taxes.none": ("不计税", "none"),
    "taxes.of_which": ("{rate}，价内 {tax}", "{rate}, {tax} of the price"),
    "taxes.plus": ("{rate}，另加 {tax}", "{rate}, {tax} on top"),
    "taxes.in_goods": ("商品价内税 {rate}", "tax in the goods, {rate}"),
    "taxes.as_usual": ("按常用（{tax}）", "the usual one ({tax})"),
    "taxes.product_title": ("商品的税种", "Tax of the product"),
    "taxes.product_told": ("税种已设定。", "The tax is set."),
    "products.tax": ("税种", "Tax"),
}

_OUTLETS: Texts = {
    "screen.outlets": ("门店", "Outlets"),
    "outlets.add": ("新增门店", "Add an outlet"),
    "outlets.add_note": (
        "门店连同仓库、收货区和发货区一起建好；由服务器办理，以免编号重复。",
        "With its warehouse, a receiving and a shipping area; by the server, so that no code is given twice.",
    ),
    "outlets.code_hint": (
        "字母或数字，库位标签以它开头；以后不变",
        "letters or digits: labels of locations begin with it; it stays",
    ),
    "outlets.requested_told": (
        "已申请；服务器办好后出现在列表里，办不成会出现在待办里。",
        "Asked for: it is listed once the server has made it; if it cannot, a task says why.",
    ),
    "outlets.requested": (
        "有 {n} 项申请在等服务器",
        Plural("{n} request waits for the server", "{n} requests wait for the server"),
    ),
    "outlets.change": ("改名", "Rename"),
    "outlets.change_title": ("门店 {code} 改名", "Rename outlet {code}"),
    "outlets.change_told": (
        "已申请；服务器办好后各处都用新名称。",
        "Asked for: once the server has done it, the new name stands everywhere.",
    ),
    "outlets.here": ("本机所在", "this desk's"),
    "outlets.warehouse": ("仓库", "Warehouse"),
    "outlets.desks": ("工作台", "Desks"),
    "outlets.people": ("本店人员", "Own people"),
    "outlets.may_work": ("可在此工作的人员", "Who may work here"),
    "outlets.more": ("另有 {n} 个", "{n} more"),
    "outlets.people_there": ("人员与工作台", "People and desks"),
    "outlets.day": ("时区与营业日", "Zone and day"),
    "outlets.shelves": ("库位", "Locations"),
    "outlets.lacks": ("还缺什么", "What it lacks"),
    "outlets.lacks_nothing": ("可以开工", "Nothing: work can begin"),
    "outlets.lacks.desk": (
        "没有工作台：用 F7 发登记代码",
        "No desk: F7 leads to an enrolment code",
    ),
    "outlets.lacks.people": (
        "没有人能在此工作：用 F7 授予角色",
        "Nobody may work there: F7 leads to roles",
    ),
    "outlets.lacks.shelves": (
        "没有存货的库位：用 F6 添加",
        "No locations to keep goods at: F6 leads there",
    ),
    "outlets.empty": ("没有门店", "No outlets"),
    "outlets.empty_hint": ("按 Ctrl+N 新增。", "Press Ctrl+N to add one."),
}

_SETUP: Texts = {
    "asked.record_code": ("编号", "Code"),
    "asked.tracking_url": ("查件网址", "Tracking address"),
    "asked.currency": ("货币代码", "Currency code"),
    "setup.step.taxes": ("税", "Taxes"),
    "setup.step.taxes.detail": (
        "接订单前：售价里有多少税；不征税可略过",
        "For taking orders: how much of a price is tax; who bears none needs none",
    ),
    "setup.step.carriers": ("承运商", "Carriers"),
    "setup.step.carriers.detail": (
        "发货时：谁送包裹，运单在哪里查；自己送可略过",
        "For shipping: who takes parcels and where they are followed; not for your own round",
    ),
    "setup.do.taxes": ("添加税种", "Add a tax"),
    "setup.other.taxes": ("查看本位币", "See the currency"),
    "setup.do.carriers": ("添加承运商", "Add a carrier"),
}

TEXTS: Texts = {
    **_SETUP,
    **_REFUSALS,
    **_OPERATIONS,
    **_LISTS,
    **_SUPPLIERS,
    **_CARRIERS,
    **_TAXES,
    **_OUTLETS,
}
