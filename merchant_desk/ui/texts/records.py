"""Texts of a shop's own records: outlets, suppliers, carriers, taxes, currency; what was refused and done."""

from merchant_desk.ui.texts.catalogue import Texts

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
    "refusal.carrier_archived": (
        "承运商“{name}”已停用；先恢复或换一家。",
        "Carrier {name} is archived; bring it back or choose another.",
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
    "refusal.day_unreadable": (
        "没有 {day} 这一天，请写成 2026-11-22 的样子。",
        "There is no such day as {day}; write it like 2026-11-22.",
    ),
    "refusal.too_many_products": (
        "一次可给 1 到 {most} 个商品设税种，这里有 {products} 个。",
        "A tax is given to 1 to {most} products at once; here are {products}.",
    ),
    "refusal.unknown_currency": (
        "{currency} 不是 ISO 4217 的货币代码，如 CNY、USD。",
        "{currency} is no currency code of ISO 4217, such as CNY or USD.",
    ),
    "refusal.money_booked": (
        "账上已有 {currency} 的金额，本位币不能再改。",
        "There is money in the books in {currency} already: their currency cannot change any more.",
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

TEXTS: Texts = {**_REFUSALS, **_OPERATIONS}
